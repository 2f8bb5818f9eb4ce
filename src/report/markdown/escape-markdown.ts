import { cutText, INVISIBLE, visible } from '../terminal/escape-terminal.ts'

/** Characters that Markdown, HTML or a table could read as their own, anywhere in a line. */
const SPECIAL = /[!"#$&'()*+<=>@[\\\]^_`{|}~]/g
/** Blanks that HTML would fold together or drop. */
const FOLDED_BLANK = /^ | $|(?<= ) /g

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`
}

/**
 * What comes after an entity is read again by filters that run on the finished HTML (mentions, issue numbers, mail
 * addresses, emoji); an empty comment splits the text they look at.
 */
const SPLIT = '<!-- -->'

/** Writes one special character: as an entity, and split from what follows where a later filter would join them. */
function neutral(character: string): string {
  return character === '@' || character === '#' ? entity(character) + SPLIT : entity(character)
}

/**
 * Makes text appear in GitHub Markdown exactly as typed: no markup, HTML, table cell, link, mention, issue number,
 * emoji or workflow command. Invisible characters become visible as on a terminal, so the result is one line.
 *
 * @param limit - The longest text shown whole, in UTF-16 units before escaping.
 */
export function escapeMarkdown(text: string, limit = 600): string {
  return cutText(text, limit)
    .replace(INVISIBLE, visible)
    .replace(SPECIAL, neutral)
    .replace(FOLDED_BLANK, '&nbsp;')
    .replace(/:(?=[\w+-]*:|\/\/)/g, `&#58;${SPLIT}`)
    .replace(/(www)\./gi, `$1&#46;${SPLIT}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1&#45;${SPLIT}`)
    .replace(/^[-:]/, entity)
    .replace(/^(\d+)\./, '$1&#46;')
}
