import { fromEpochMs, type Instant, toEpochMs } from '../schema/instant.ts'
import type { Random } from './random.ts'

const TICKS_PER_MS = 10_000

/** The instant of a millisecond and a number of 100 ns ticks after it. */
export function instantAt(ms: number, ticks: number): Instant {
  const whole = fromEpochMs(Math.floor(ms) + Math.floor(ticks / TICKS_PER_MS))
  return `${whole.slice(0, 23)}${String(((ticks % TICKS_PER_MS) + TICKS_PER_MS) % TICKS_PER_MS).padStart(4, '0')}Z` as Instant
}

/** The instant `ticks` units of 100 ns later, earlier when negative. */
export function addTicks(instant: Instant, ticks: number): Instant {
  return instantAt(toEpochMs(instant), Number(instant.slice(23, 27)) + ticks)
}

/** Hands out time stamps as the service does: 100 ns fine, and never the same one twice. */
export interface Stamper {
  /** A stamp within the millisecond `ms`, or just after the last one where that is later. */
  stamp(ms: number): Instant
}

/** Makes a stamper whose sub-millisecond digits come from `random`. */
export function createStamper(random: Random): Stamper {
  let last = instantAt(0, 0)
  return {
    stamp(ms) {
      const wanted = instantAt(ms, random.below(TICKS_PER_MS))
      last = wanted > last ? wanted : addTicks(last, 1 + random.below(20))
      return last
    },
  }
}
