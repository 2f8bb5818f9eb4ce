/**
 * Makes JSON one line for every reader: U+2028 and U+2029 are written as escapes, which leaves the value as it is.
 *
 * JSON allows both inside a text, and `JSON.stringify` leaves them, but `node:readline` and others end a line there
 * (findings/jsonl-line-separator.sh).
 */
export function oneLine(json: string): string {
  return json.replace(/[\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16)}`)
}
