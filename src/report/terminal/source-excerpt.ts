import stringWidth from 'string-width'
import type { Diagnostic, Place } from '../../schema/diagnostic.ts'
import { escapeTerminal, withoutLogCommands } from './escape-terminal.ts'

/** Long enough for any line that is read at all; the schema cuts longer ones. */
const LINE_LIMIT = 100_000

/** Escapes a part of a source line, its tabs as two blanks, so that the carets can be placed by width. */
function shownSource(text: string): string {
  return escapeTerminal(text.replaceAll('\t', '  '), LINE_LIMIT)
}

function takeStart(text: string, room: number): string {
  let taken = ''
  for (const character of text) {
    if (stringWidth(taken + character) > room) break
    taken += character
  }
  return taken
}

function takeEnd(text: string, room: number): string {
  let taken = ''
  for (const character of [...text].reverse()) {
    if (stringWidth(character + taken) > room) break
    taken = character + taken
  }
  return taken
}

/**
 * Cuts a diagnostic's source line to what fits around its marked part.
 *
 * @param room - Columns for the line, at least 20.
 * @returns The line, escaped, and the blanks and carets that go under it.
 */
export function excerptSource(
  { sourceLine = '', length = 1, caret }: Diagnostic,
  place: Place,
  room: number,
): { readonly line: string; readonly carets: string } {
  const start = caret ?? place.column - 1
  const half = Math.floor(room / 2)
  const before = shownSource(sourceLine.slice(0, start))
  const head = stringWidth(before) > half ? `...${takeEnd(before, half - 3)}` : before
  const marked = takeStart(shownSource(sourceLine.slice(start, start + length)), room - stringWidth(head))
  const rest = shownSource(sourceLine.slice(start + length))
  return {
    line: withoutLogCommands(head + marked + takeStart(rest, room - stringWidth(head + marked))),
    carets: ' '.repeat(stringWidth(head)) + '^'.repeat(Math.max(1, stringWidth(marked))),
  }
}
