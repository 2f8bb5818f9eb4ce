/** A list of the service as bytes, rows in order: a page is a piece of it that nobody copies. */
export interface ListBytes {
  readonly rows: number
  /** Where each row's key stands in the order; for actions its creation. */
  readonly keys: readonly string[]
  page(skip: number, top: number): Buffer
}

/** Writes rows one behind the other, ordered by a key. */
export function listBytes(
  rows: Iterable<readonly [key: string, text: string]>,
  ordered: readonly number[],
): ListBytes {
  const unordered = [...rows]
  const texts = ordered.map(index => unordered[index] ?? ['', ''])
  const lengths = texts.map(([, text]) => Buffer.byteLength(text) + 1)
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0))
  const starts = new Float64Array(texts.length + 1)
  let at = 0
  texts.forEach(([, text], index) => {
    starts[index] = at
    at += bytes.write(`${text},`, at)
  })
  starts[texts.length] = at
  return {
    rows: texts.length,
    keys: texts.map(([key]) => key),
    page(skip, top) {
      const first = Math.min(skip, texts.length)
      const last = Math.min(skip + top, texts.length)
      if (first === last) return Buffer.alloc(0)
      return bytes.subarray(starts[first] ?? 0, (starts[last] ?? 0) - 1)
    },
  }
}

/** The first place at which a sorted list of keys is not below a key. */
export function placeOf(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
