import type { Instant } from '../schema/instant.ts'

/** The earliest of some times; null, which stands for never, where there is none. */
export function earliestOf(times: readonly (Instant | null)[]): Instant | null {
  return times.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
}
