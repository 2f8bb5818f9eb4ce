/** Edits between two texts, where swapping two neighbours is one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const edits = [cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + (isSame ? 0 : 1)]
      row.push(Math.min(...edits, isSwap ? cell(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY))
    }
    beforeLast = last
    last = row
  }
  return cell(last, b.length)
}

function cell(row: readonly number[], index: number): number {
  return row[index] as number
}

/** Letters and digits in lower case, so that `dns_name` and `DNSName` are as near to `dnsName` as can be. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/**
 * Finds what somebody most likely meant.
 *
 * @returns The candidate with the fewest edits, the first of several; undefined where none is near (a third of its letters).
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > 64) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const edits = distance(bare(text), bare(candidate))
    if (edits < bestDistance && edits <= Math.max(1, Math.ceil(candidate.length / 3))) {
      best = candidate
      bestDistance = edits
    }
  }
  return best
}
