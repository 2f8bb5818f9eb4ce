/** One command that a document shows, and what it says that the command prints. */
export interface Shown {
  readonly command: string
  /** What is shown, in pieces between which lines are left out. */
  readonly pieces: readonly string[]
}

/** Makes two runs comparable: what depends on the clock or on chance becomes a word, and all white space one blank. */
export function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z)?/g, 'TIME')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/sha256:[0-9a-f]{64}/g, 'DIGEST')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Finds every console block of a Markdown document, in order. A line of … leaves something out. */
export function shownIn(document: string): readonly Shown[] {
  return [...document.matchAll(/^```console\n\$ (.+)\n([\s\S]*?)^```$/gm)].map(
    ([, command = '', output = '']) => ({
      command,
      pieces: output
        .split(/^…$/m)
        .map(steady)
        .filter(piece => piece !== ''),
    }),
  )
}

/** The pieces that do not stand in the output, one after the other. */
export function missingPieces(output: string, pieces: readonly string[]): readonly string[] {
  const steadied = steady(output)
  let from = 0
  return pieces.filter(piece => {
    const found = steadied.indexOf(piece, from)
    from = found === -1 ? from : found + piece.length
    return found === -1
  })
}
