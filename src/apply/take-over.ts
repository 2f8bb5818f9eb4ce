import { shortPlanId } from '../plan/document/marker-of.ts'
import { addMs, formatInstant, type Instant } from '../schema/instant.ts'
import { explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import { RENEW_MS } from './lease-keeper.ts'
import type { FormerHolder } from './ports.ts'
import type { ApplyResult } from './result.ts'

/** Tells whose lease was taken over. */
export function takeOverNote(former: FormerHolder): ApplyResult['diagnostics'][number] {
  const { owner, planId, renewedAt } = former
  const what = `The lease was taken over from ${owner}${planId === null ? '' : ` (plan ${shortPlanId(planId)})`}, which last renewed it at ${formatInstant(renewedAt)} and never gave it back.`
  return { severity: 'warning', code: 'lease-taken-over', message: explain('lease-taken-over', what) }
}

/** What the journal keeps of it. */
export function takeOverEntry({
  owner,
  planId,
  runId,
  renewedAt,
}: FormerHolder): Readonly<Record<string, unknown>> {
  return { owner, planId, runId, renewedAt: formatInstant(renewedAt) }
}

/**
 * From when on lists have all that a former holder submitted: it may have gone on until it should have renewed the
 * lease again, and what it sent last may be listed late.
 */
export function listedFrom({ renewedAt }: FormerHolder, now: Instant, lookupMs: number): Instant {
  const last = earliestOf([now, addMs(renewedAt, RENEW_MS)]) ?? now
  return addMs(last, lookupMs)
}
