import stringWidth from 'string-width'
import { visible } from './escape-terminal.ts'
import { paint, type Tone } from './paint.ts'
import { type Style, usableWidth } from './style.ts'

/** A run of text in one tone. The text is already safe to print. */
export interface Span {
  readonly text: string
  readonly tone?: Tone
}

/** One logical line: what stands at its left, and text that flows to the right of it. */
export interface Row {
  /** Printed once, never broken: the symbol column and the label. */
  readonly lead?: readonly Span[]
  /** Begins every further line; as many blanks as the lead is wide where absent. */
  readonly hang?: Span
  readonly body: readonly Span[]
}

type Word = readonly Span[]

/** A character and what sits on it: the units that a long word may be cut between. Joiners are escaped before. */
const CLUSTER = /[^\p{M}\p{Emoji_Modifier}][\p{M}\p{Emoji_Modifier}]*|[\p{M}\p{Emoji_Modifier}]/gu

/** Makes a span; shorter than the literal where many are built. */
export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text } : { text, tone }
}

/** Columns that spans take on a terminal. */
export function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + stringWidth(text), 0)
}

/** Splits at single spaces, so that a run of spaces survives; a word may be glued together from several spans. */
function splitWords(body: readonly Span[]): readonly Word[] {
  const words: Span[][] = [[]]
  for (const { text, tone } of body) {
    text.split(' ').forEach((part, index) => {
      if (index > 0) words.push([])
      if (part !== '') words.at(-1)?.push(span(part, tone))
    })
  }
  return words
}

/**
 * Cuts a word that is wider than a whole line into pieces that fit, between {@link CLUSTER}s. A piece begins a line,
 * where two colons would read as a CI command: they are broken up.
 */
function breakWord(word: Word, room: number): readonly Word[] {
  const lines: Span[][] = [[]]
  let used = 0
  for (const { text, tone } of word) {
    let piece = ''
    for (const [cluster] of text.replace(/:(?=:)/g, visible).matchAll(CLUSTER)) {
      const wide = stringWidth(cluster)
      if (used + wide > room) {
        lines.at(-1)?.push(span(piece, tone))
        lines.push([])
        piece = ''
        used = 0
      }
      piece += cluster
      used += wide
    }
    lines.at(-1)?.push(span(piece, tone))
  }
  return lines
}

/** Fills lines with words, greedily; the first line has `firstRoom` columns, every other `room`. */
function fill(words: readonly Word[], firstRoom: number, room: number): readonly (readonly Span[])[] {
  const lines: Span[][] = []
  const least = Math.min(firstRoom, room)
  let used = 0
  const pieces = words.flatMap(each => {
    const parts = widthOf(each) > least ? breakWord(each, least) : [each]
    // What goes on with a word begins a line: behind a blank it would read as the next one.
    return parts.map((word, index) => ({ word, goesOn: index > 0 }))
  })
  for (const { word, goesOn } of pieces) {
    const wide = widthOf(word)
    const line = lines.at(-1)
    if (line === undefined || goesOn || used + 1 + wide > (lines.length === 1 ? firstRoom : room)) {
      lines.push([...word])
      used = wide
    } else {
      line.push(span(' ', line.at(-1)?.tone === word[0]?.tone ? word[0]?.tone : undefined), ...word)
      used += 1 + wide
    }
  }
  return lines
}

/** Breaks text into lines of at most `room` columns, between words where it can; one empty line for none. */
export function wrapSpans(body: readonly Span[], room: number): readonly (readonly Span[])[] {
  return fill(splitWords(body), room, room)
}

/** Paints spans, neighbours of one tone together. */
export function paintLine(spans: readonly Span[], style: Style): string {
  let text = ''
  let pending = ''
  let tone: Tone | undefined
  for (const each of spans) {
    if (each.tone !== tone) {
      text += paint(pending, tone, style)
      pending = ''
      tone = each.tone
    }
    pending += each.text
  }
  return text + paint(pending.trimEnd(), tone, style)
}

/**
 * Lays out one row in the columns of the style: the lead stands first and whole, the body flows beside it.
 *
 * @returns One or more lines joined by a newline, none at the end.
 */
export function layOut(row: Row, style: Style): string {
  const lead = row.lead ?? []
  const leadWidth = widthOf(lead)
  const hang = row.hang ?? span(' '.repeat(leadWidth))
  const roomBeside = (taken: number): number => Math.max(8, usableWidth(style) - taken)
  return fill(splitWords(row.body), roomBeside(leadWidth), roomBeside(hang.text.length))
    .map((line, index) => paintLine([...(index === 0 ? lead : [hang]), ...line], style))
    .join('\n')
}
