import type { Quota } from '../posture/methods.ts'
import { fromEpochMs, type Instant, toEpochMs } from '../schema/instant.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Kept clear of a window's edge: the service counts by its own clock, after the way there. */
const MARGIN_MS = 100

/** A request that was sent, or is going to be, on one path. */
export interface Submission {
  readonly path: string
  /** By our clock. */
  readonly at: Instant
}

interface Bucket {
  /** When requests of the last hour were answered, ascending, in ms. */
  times: number[]
  /** Requests that are out, and places kept for requests that will follow: they count as if sent now. */
  open: number
  /** Not before this time, because the service said so. */
  heldUntil: number
}

/**
 * Sliding windows over each API path of one application in one tenant (docs/service.md#quota-scope).
 *
 * A request counts from when it leaves, and from its answer on for a minute and an hour: it cannot have reached the
 * service later than that, so the service's own windows are never fuller than these.
 */
export class QuotaWindows {
  readonly #quotaOf: (path: string) => Quota
  readonly #buckets = new Map<string, Bucket>()

  /** @param earlier - Submissions of the last hour, by this run or any other of the tenant. */
  constructor(quotaOf: (path: string) => Quota, earlier: readonly Submission[]) {
    this.#quotaOf = quotaOf
    for (const { path, at } of earlier) this.#bucket(path).times.push(toEpochMs(at))
    for (const bucket of this.#buckets.values()) bucket.times.sort((a, b) => a - b)
  }

  /**
   * When one more request may be sent on a path: `now` or later; null while only an answer can make room.
   *
   * @param kept - How many places were taken for this request already.
   */
  readyAt(path: string, now: Instant, kept = 0): Instant | null {
    const at = toEpochMs(now)
    const bucket = this.#bucket(path)
    forget(bucket, at)
    const open = bucket.open - kept
    const ready = earliest(bucket.times, open, this.#quotaOf(path), Math.max(at, bucket.heldUntil))
    if (ready === null) return null
    return ready === at ? now : fromEpochMs(ready)
  }

  /** Counts a request that leaves now, or a place kept for one that will. */
  take(path: string): void {
    this.#bucket(path).open += 1
  }

  /** Gives back what {@link take} counted: nothing was sent or accepted. */
  giveBack(path: string): void {
    this.#bucket(path).open -= 1
  }

  /** Counts an answered request from now on. */
  settle(path: string, now: Instant): void {
    const bucket = this.#bucket(path)
    bucket.open -= 1
    bucket.times.push(toEpochMs(now))
  }

  /** Holds a path back: the service asked for it. */
  hold(path: string, now: Instant, ms: number): void {
    const bucket = this.#bucket(path)
    bucket.heldUntil = Math.max(bucket.heldUntil, toEpochMs(now) + ms)
  }

  /** Milliseconds until the last of `counts` requests per path can leave, if nothing else is sent. */
  msFor(counts: ReadonlyMap<string, number>, now: Instant): number {
    const start = toEpochMs(now)
    let latest = start
    for (const [path, count] of counts) {
      const bucket = this.#bucket(path)
      const times = [...bucket.times]
      let at = Math.max(start, bucket.heldUntil)
      for (let sent = 0; sent < count; sent += 1) {
        at = earliest(times, 0, this.#quotaOf(path), at) ?? at
        times.push(at)
      }
      latest = Math.max(latest, at)
    }
    return latest - start
  }

  #bucket(path: string): Bucket {
    const known = this.#buckets.get(path)
    if (known !== undefined) return known
    const fresh: Bucket = { times: [], open: 0, heldUntil: 0 }
    this.#buckets.set(path, fresh)
    return fresh
  }
}

/** Drops what no window holds any more. */
function forget(bucket: Bucket, now: number): void {
  const kept = bucket.times.findIndex(time => time > now - HOUR_MS - MARGIN_MS)
  if (kept !== 0) bucket.times.splice(0, kept < 0 ? bucket.times.length : kept)
}

function earliest(times: readonly number[], open: number, quota: Quota, from: number): number | null {
  const minute = roomAt(times, open, quota.perMinute, MINUTE_MS, from)
  const hour = roomAt(times, open, quota.perHour, HOUR_MS, from)
  return minute === null || hour === null ? null : Math.max(minute, hour)
}

/** When a window of `length` ms with `limit` places has room for one more. */
function roomAt(
  times: readonly number[],
  open: number,
  limit: number,
  length: number,
  from: number,
): number | null {
  if (open >= limit) return null
  // Of the latest requests, only as many as leave one place free may still be inside the window.
  const blocking = times[times.length - (limit - open)]
  return blocking === undefined ? from : Math.max(from, blocking + length + MARGIN_MS)
}
