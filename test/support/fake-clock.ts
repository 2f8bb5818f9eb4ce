import type { Clock } from '../../src/apply/ports.ts'
import { addMs, type Instant, msBetween, parseInstant } from '../../src/schema/instant.ts'

interface Sleeper {
  readonly due: Instant
  readonly wake: () => void
}

/** How many turns of the event loop {@link FakeClock.settle} gives to promises, streams and `setImmediate`; promises alone need one. */
const TURNS = 6

/**
 * A hand-driven clock: time stands still until a test moves it, and moves only as far as the test says.
 *
 * ```ts
 * const clock = new FakeClock('2026-11-20T10:00:00Z')
 * const run = applyPlan(plan, { clock, … })
 * await clock.advance(60 * MINUTE)      // every sleeper due in that hour wakes, in order
 * const result = await clock.drive(run) // or: jump from sleeper to sleeper until the run ends
 * ```
 */
export class FakeClock implements Clock {
  readonly #start: Instant
  #now: Instant
  #wallAheadMs = 0
  #sleepers: Sleeper[] = []
  /** Lengths in ms of all sleeps asked for, in order. */
  readonly slept: number[] = []

  readonly #turns: number

  constructor(start = '2026-11-20T10:00:00Z', turns = TURNS) {
    const now = parseInstant(start)
    if (now === undefined) throw new Error(`FakeClock: ${start} is no instant`)
    this.#start = now
    this.#now = now
    this.#turns = turns
  }

  now(): Instant {
    return addMs(this.#now, this.#wallAheadMs)
  }

  /** What the wall's clock would show had nobody set it. */
  steady(): Instant {
    return this.#now
  }

  monotonicMs(): number {
    return msBetween(this.#start, this.#now)
  }

  /**
   * Sets the wall clock forward or back by `ms`, and nothing else: no sleeper wakes for it. So it looks as well when a
   * machine was suspended, forward.
   */
  setWall(ms: number): void {
    this.#wallAheadMs += ms
  }

  /**
   * Lets `ms` pass while the process is stopped: nobody wakes before it goes on, and then all who are due do.
   */
  stop(ms: number): void {
    this.#now = addMs(this.#now, ms)
  }

  /** How many sleepers wait now. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Milliseconds until the next sleeper is due; undefined where nobody sleeps. */
  get nextDueMs(): number | undefined {
    const next = this.#next()
    return next === undefined ? undefined : msBetween(this.#now, next.due)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms)
    if (signal?.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const end = (): void => {
        signal?.removeEventListener('abort', end)
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        resolve()
      }
      const sleeper: Sleeper = { due: addMs(this.#now, Math.max(0, Math.ceil(ms))), wake: end }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', end)
    })
  }

  /** Moves time by `ms`, waking every sleeper that falls due at its own time, also those who fall asleep meanwhile. */
  async advance(ms: number): Promise<void> {
    await this.settle()
    const end = addMs(this.#now, ms)
    for (let next = this.#next(); next !== undefined && next.due <= end; next = this.#next()) {
      await this.#wake(next)
    }
    this.#now = end
    await this.settle()
  }

  /**
   * Jumps from sleeper to sleeper until the promise settles, and gives its value.
   *
   * Throws where the promise waits for something other than the clock, or beyond `limitMs` of fake time.
   */
  async drive<T>(promise: Promise<T>, limitMs = 365 * 86_400_000): Promise<T> {
    let settled = false
    const mark = (): void => {
      settled = true
    }
    promise.then(mark, mark)
    const end = addMs(this.#now, limitMs)
    await this.settle()
    for (let idle = 0; !settled; ) {
      const next = this.#next()
      if (next === undefined) {
        if (idle++ > 200) throw new Error('FakeClock.drive: nobody sleeps and the promise does not settle')
        await this.settle()
        continue
      }
      idle = 0
      if (next.due > end) throw new Error(`FakeClock.drive: still running after ${limitMs} ms`)
      await this.#wake(next)
    }
    return promise
  }

  /** Lets promises, streams and `setImmediate` run without moving time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < this.#turns; turn += 1) await new Promise(resolve => setImmediate(resolve))
  }

  #next(): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of this.#sleepers) {
      if (first === undefined || sleeper.due < first.due) first = sleeper
    }
    return first
  }

  async #wake(sleeper: Sleeper): Promise<void> {
    if (sleeper.due > this.#now) this.#now = sleeper.due
    sleeper.wake()
    await this.settle()
  }
}
