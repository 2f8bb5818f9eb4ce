import { INVISIBLE } from '../terminal/escape-terminal.ts'

/** Writes each UTF-16 unit as JSON escapes it. */
function jsonEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) =>
    character.charCodeAt(index).toString(16).padStart(4, '0'),
  )
    .map(digits => `\\u${digits}`)
    .join('')
}

/**
 * Writes a document as JSON: two blanks of indent, a newline at the end. Keys stand as the document has them.
 *
 * What a terminal or a CI log could act on is written as JSON escapes, so reading the text gives the very same value.
 */
export function serializeDocument(value: unknown): string {
  return escapeJson(JSON.stringify(value, null, 2))
}

/** Writes a document as {@link serializeDocument} does, in one line. */
export function serializeLine(value: unknown): string {
  return escapeJson(JSON.stringify(value))
}

function escapeJson(json: string): string {
  const text = json
    .replace(INVISIBLE, character => (character === '\n' ? character : jsonEscape(character)))
    .replace(/##(?=(?:vso|teamcity)?\[)/gi, '\\u0023#')
  return `${text}\n`
}
