import { CANCEL_QUOTA, methodOf, type Quota } from '../../posture/methods.ts'
import type { Change, Estimate } from '../document/document.ts'

/**
 * Seconds that `count` requests to one path take under its two windows: full hours for every full hour's worth,
 * then the rest at the rate of the minute (docs/service.md#quota).
 */
export function quotaSeconds(count: number, quota: Quota): number {
  if (count === 0) return 0
  const fullHours = Math.floor((count - 1) / quota.perHour)
  return Math.ceil(fullHours * 3600 + ((count - fullHours * quota.perHour) * 60) / quota.perMinute)
}

/** Estimates how long the requests of a plan take to submit; paths have quotas of their own, so the longest counts. */
export function estimateOf(changes: readonly Change[]): Estimate {
  const counts = new Map<string, number>()
  for (const { type } of changes.flatMap(change => change.requests))
    counts.set(type, (counts.get(type) ?? 0) + 1)
  const seconds = [...counts].map(([type, count]) =>
    quotaSeconds(count, methodOf(type)?.quota ?? CANCEL_QUOTA),
  )
  return {
    requests: [...counts.values()].reduce((sum, count) => sum + count, 0),
    submitSeconds: Math.max(0, ...seconds),
    quota: { perMinute: CANCEL_QUOTA.perMinute, perHour: CANCEL_QUOTA.perHour },
  }
}
