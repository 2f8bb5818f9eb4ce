import { parseDuration } from '../../schema/duration.ts'
import { addMs, formatInstant, type Instant, parseInstant } from '../../schema/instant.ts'
import type { Freshness } from '../../schema/policy.ts'

/** Joins two wishes: the later `since` and the shorter `within`, so that both hold. */
export function joinFreshness(a: Freshness, b: Freshness): Freshness {
  const since = a.since !== undefined && (b.since === undefined || a.since > b.since) ? a.since : b.since
  const within =
    a.within !== undefined && (b.within === undefined || a.within.ms < b.within.ms) ? a.within : b.within
  return { ...(since === undefined ? {} : { since }), ...(within === undefined ? {} : { within }) }
}

/** The earliest creation that satisfies a wish at `now`; undefined where any time does. */
export function earliestOf(freshness: Freshness, now: Instant): Instant | undefined {
  const rolling = freshness.within === undefined ? undefined : addMs(now, -freshness.within.ms)
  if (freshness.since === undefined) return rolling
  return rolling === undefined || freshness.since > rolling ? freshness.since : rolling
}

/** Writes a wish as it stands in a plan: ` since 2026-11-20 within 7d`; nothing in it depends on the clock. */
export function formatFreshness(freshness: Freshness): string {
  const since =
    freshness.since === undefined ? '' : ` since ${formatInstant(freshness.since).replace('T00:00:00Z', '')}`
  return freshness.within === undefined ? since : `${since} within ${freshness.within.text}`
}

/** Reads back what {@link formatFreshness} wrote at the end of a text. */
export function parseFreshness(text: string): Freshness {
  const since = parseInstant(/ since (\S+)/.exec(text)?.[1] ?? '')
  const within = parseDuration(/ within (\S+)/.exec(text)?.[1] ?? '')
  return { ...(since === undefined ? {} : { since }), ...(within === undefined ? {} : { within }) }
}
