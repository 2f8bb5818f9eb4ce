/** A word as a shell takes it: as it is where it is plain, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w./\\:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
