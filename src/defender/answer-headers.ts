import { fromEpochMs, type Instant, msBetween } from '../schema/instant.ts'
import type { HttpResponse } from './transport.ts'

/** The answer's `Date`, the service's clock to the second; undefined where it is missing or unreadable. */
export function dateOf(response: HttpResponse): Instant | undefined {
  const ms = Date.parse(response.headers['date'] ?? '')
  return Number.isNaN(ms) ? undefined : fromEpochMs(ms)
}

/**
 * Milliseconds that `Retry-After` asks to wait, at least a second: seconds or a date, a date being taken against the
 * answer's own `Date`. Undefined where the header is missing or unreadable.
 */
export function retryAfterMs(response: HttpResponse, now: Instant): number | undefined {
  const text = response.headers['retry-after']?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Math.max(1000, Number(text) * 1000)
  const until = Date.parse(text)
  if (text === '' || Number.isNaN(until)) return undefined
  return Math.max(1000, msBetween(dateOf(response) ?? now, fromEpochMs(until)))
}
