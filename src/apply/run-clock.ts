import { addMs, type Instant, msBetween } from '../schema/instant.ts'
import type { Clock } from './ports.ts'

/** When something was, by both clocks. */
export interface Moment {
  /** By the clock of the run. */
  readonly at: Instant
  /** How far the wall's clock was ahead of that of the run; negative where it was behind. */
  readonly wallAheadMs: number
}

/**
 * Time as one run counts it: from the wall's time at its start on by the clock that nobody can set.
 *
 * No wait, window, lease or deadline of a run moves when the wall's clock is set (docs/contract.md#monotonic-clock).
 * What others read, such as the stamps of the journal, is told by {@link wall}.
 */
export class RunClock {
  readonly #clock: Clock
  readonly #startedAt: Instant
  readonly #startMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#startMs = clock.monotonicMs()
  }

  /** The time of the run; the wall's at its start. */
  now(): Instant {
    return addMs(this.#startedAt, this.#clock.monotonicMs() - this.#startMs)
  }

  /** The wall's time, for stamps that others read. */
  wall(): Instant {
    return this.#clock.now()
  }

  /** A time of the wall's clock, by that of the run. */
  ofWall(at: Instant): Instant {
    return addMs(at, -this.moment().wallAheadMs)
  }

  /** A time of the run, by the wall's clock. */
  toWall(at: Instant): Instant {
    return addMs(at, this.moment().wallAheadMs)
  }

  /** Now, by both clocks. */
  moment(): Moment {
    const at = this.now()
    return { at, wallAheadMs: msBetween(at, this.wall()) }
  }

  /**
   * Whether a moment is at most `ms` ago by both clocks: the one stands still while a machine is suspended, the other
   * may have been set. Where they disagree nothing is known to be recent.
   */
  isWithin({ at, wallAheadMs }: Moment, ms: number): boolean {
    const now = this.moment()
    const ageMs = msBetween(at, now.at)
    return ageMs <= ms && Math.abs(ageMs + now.wallAheadMs - wallAheadMs) <= ms
  }

  /** Resolves after `ms`, or at once when the signal aborts (never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal)
  }
}
