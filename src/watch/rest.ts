import { addMs, type Instant, msBetween } from '../schema/instant.ts'

/** A look is never followed by another at once: whatever is due, lists need a moment to move. */
const SHORTEST_MS = 5000
const SECOND_MS = 1000

/**
 * How long a watcher rests after a look: until the earlier of its own interval and the next instant at which a look would
 * come to something else, rounded up to the second, at least five seconds (docs/contract.md#watch).
 *
 * @param now - By the service's clock.
 * @param lookedAt - When the last look was taken, by the same clock.
 * @returns Milliseconds.
 */
export function restMs(now: Instant, lookedAt: Instant, everyMs: number, nextLookAt: Instant | null): number {
  const regular = addMs(lookedAt, everyMs)
  const due = nextLookAt !== null && nextLookAt < regular ? nextLookAt : regular
  const whole = Math.ceil(msBetween(now, due) / SECOND_MS) * SECOND_MS
  return Math.max(SHORTEST_MS, whole)
}
