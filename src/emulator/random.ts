/** A reproducible source of numbers and identifiers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, at least 0 and below `limit`. */
  below(limit: number): number
  /** Lower-case hex digits. */
  hex(digits: number): string
  /** A lower-case GUID of version 4. */
  guid(): string
}

/** Makes a generator from a seed (mulberry32: 32 bits of state, enough for identifiers in a test). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const hexWord = (): string => word().toString(16).padStart(8, '0')
  return {
    next: () => word() / 0x1_0000_0000,
    below: limit => Math.floor((word() / 0x1_0000_0000) * limit),
    hex(digits) {
      let text = ''
      while (text.length < digits) text += hexWord()
      return text.slice(0, digits)
    },
    guid() {
      const [a, b, c, d] = [hexWord(), hexWord(), hexWord(), hexWord()]
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
    },
  }
}
