import { shortPlanId } from '../plan/document/marker-of.ts'
import { addMs, formatInstant, type Instant } from '../schema/instant.ts'
import { explain } from './codes.ts'
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

/** From when on lists have all that a former holder submitted: what it sent last may be listed late. */
export function listedFrom({ silentFrom }: FormerHolder, lookupMs: number): Instant {
  return addMs(silentFrom, lookupMs)
}
