import { shortPlanId } from '../plan/document/marker-of.ts'
import { addMs, formatInstant, type Instant } from '../schema/instant.ts'
import { explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import type { FormerHolder, Settling } from './ports.ts'
import type { ApplyResult } from './result.ts'
import type { RunClock } from './run-clock.ts'

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

/** From when on lists have all that a former holder submitted, by the clock of the run: what it sent last may be listed late. */
export function listedFrom({ silentFrom }: FormerHolder, clock: RunClock, lookupMs: number): Instant {
  return addMs(clock.ofWall(silentFrom), lookupMs)
}

/** The same of a holder that gave the lease back: by then at the latest, if the clock was not set back since. */
export function settledBy({ until }: Settling, clock: RunClock, lookupMs: number): Instant {
  const latest = addMs(clock.now(), lookupMs)
  return earliestOf([clock.ofWall(until), latest]) ?? latest
}
