/**
 * What a reader cannot see, or what moves what they see: controls (C0, C1), format characters (bidi, zero width, tags,
 * BOM), lone surrogates, private use, line separators, blanks other than the space, and marks that pile up or would
 * sit on our own text.
 */
export const INVISIBLE: RegExp =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|^\p{M}|(?<=\p{M}{3})\p{M}/gu

/** Log lines that a CI system would take for a command of its own: Azure Pipelines, GitHub Actions v1, TeamCity. */
const LOG_COMMAND = /##(?=(?:vso|teamcity)?\[)/gi
/** A GitHub Actions command is a line that begins with two colons, blanks before them ignored. */
const LINE_COMMAND = /(^| )::/g

/** The longest text that is shown whole, in UTF-16 units. */
export const TEXT_LIMIT = 2000

/** Writes one character as `\u{202e}`. */
export function visible(character: string): string {
  return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
}

/** Cuts a text to `limit` UTF-16 units and says how many are left out; never splits a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  const head = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')
  return `${head}... (+${text.length - head.length} characters)`
}

/** Takes the meaning for a CI log from a line that was put together from texts that are safe each by itself. */
export function withoutLogCommands(line: string): string {
  return line.replace(LOG_COMMAND, '\\u{23}#')
}

/**
 * Makes text from the service, a policy or a file name safe to print: one line, nothing hidden, nothing that drives a
 * terminal or a CI log. Printable text is left as it is.
 *
 * @param limit - The longest text shown whole, in UTF-16 units.
 */
export function escapeTerminal(text: string, limit: number = TEXT_LIMIT): string {
  return withoutLogCommands(cutText(text, limit).replace(INVISIBLE, visible)).replace(
    LINE_COMMAND,
    '$1\\u{3a}:',
  )
}
