/** A length of time as it was written (`7d`, `12h`, `90m`, `30s`) and in milliseconds. */
export interface Duration {
  readonly text: string
  readonly ms: number
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const PATTERN = /^(\d{1,9})(s|m|h|d|w)$/

/** Reads a whole number with one unit: `s m h d w`. Returns undefined for anything else. */
export function parseDuration(text: string): Duration | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  return { text, ms: Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] }
}

/** Writes milliseconds for people in at most two units, rounded up to the second: `3d 2h`, `7s`; a negative time is `0s`. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.ceil(ms / 1000))
  const parts: string[] = []
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`)
  }
  return parts.length > 0 ? parts.join(' ') : '0s'
}
