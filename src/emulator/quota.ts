import type { Quota } from '../posture/methods.ts'
import { Refusal } from './exchange.ts'
import type { QuotaSettings } from './settings.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** The calls of one application to one path, oldest first, none older than an hour. */
interface Bucket {
  calls: number[]
}

function within(calls: readonly number[], fromMs: number): number {
  let count = 0
  for (let index = calls.length - 1; index >= 0 && (calls[index] as number) > fromMs; index -= 1) count += 1
  return count
}

/** Counts calls per path and application in sliding windows of a minute and an hour (docs/service.md#quota-scope). */
export class Quotas {
  readonly #settings: QuotaSettings | undefined
  readonly #buckets: Map<string, Bucket> = new Map()

  constructor(settings: QuotaSettings | undefined) {
    this.#settings = settings
  }

  /**
   * Counts one call; refused calls are not counted.
   *
   * @param path - The bucket, such as `POST /machines/{id}/isolate`.
   * @throws Refusal with status 429 where a window is full.
   */
  count(appId: string, path: string, documented: Quota, nowMs: number): void {
    const settings = this.#settings
    if (settings === undefined) return
    const own = settings.paths.get(path.toLowerCase()) ?? settings.all
    const key = `${appId} ${path}`
    const bucket = this.#buckets.get(key) ?? { calls: [] }
    this.#buckets.set(key, bucket)
    if ((bucket.calls[0] ?? nowMs) <= nowMs - HOUR_MS)
      bucket.calls = bucket.calls.filter(at => at > nowMs - HOUR_MS)
    this.#check(bucket, own.perMinute ?? documented.perMinute, MINUTE_MS, '00:01:00', nowMs)
    this.#check(bucket, own.perHour ?? documented.perHour, HOUR_MS, '01:00:00', nowMs)
    bucket.calls.push(nowMs)
  }

  #check({ calls }: Bucket, limit: number, windowMs: number, window: string, nowMs: number): void {
    const count = within(calls, nowMs - windowMs)
    if (count < limit) return
    const freedMs = (calls[calls.length - limit] ?? nowMs) + windowMs - nowMs
    throw this.refusal(`API calls quota exceeded! maximum allowed ${limit} per ${window}`, freedMs)
  }

  /** A 429 in the recorded words, with `Retry-After` unless the scenario leaves it out. */
  refusal(message: string, retryAfterMs: number): Refusal {
    const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)))
    const headers: Record<string, string> =
      this.#settings?.retryAfter === false ? {} : { 'retry-after': seconds }
    return new Refusal(429, this.#settings?.code ?? '429', message, headers)
  }
}
