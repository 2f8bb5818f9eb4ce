import type { EvidenceLens } from '../../posture/evidence.ts'
import type { MachineHistory } from '../../posture/history.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import type { Claim, RunClaim } from '../claim/claim.ts'
import { STUCK_DRIFT_MS } from './evaluation.ts'
import { SILENT_MS } from './limits.ts'
import { stuckMs } from './stuck.ts'

type Settings = Pick<Configuration, 'effects' | 'retry' | 'contested' | 'apply'>

/**
 * The instants around which something about one machine can change by time alone, {@link silencePoint} apart: one for
 * every rule that holds a time against the clock. Each is the last instant of the one side or the first of the other. More of them than matter cost
 * a look at one machine each; one too few would let a look come too late.
 */
export function clockPoints(
  machine: Machine,
  history: MachineHistory,
  claims: readonly Claim[],
  evidence: EvidenceLens | undefined,
  settings: Settings,
  now: Instant,
): readonly Instant[] {
  const from = addMs(now, -reachMs(settings))
  // A lift that waits may ask more of a run than its own claim does.
  const isRaised = claims.some(claim => claim.contributors.some(({ policy }) => policy.liftAfter.length > 0))
  return [
    ...history.flatMap(action => (isPast(action, from) ? [] : actionPoints(action, settings))),
    ...claims.flatMap(claim => claimPoints(claim, history, settings, now, isRaised)),
    ...(evidence === undefined
      ? []
      : (evidence.of.get(machine.id) ?? []).map(({ at }) => addMs(at, evidence.freshMs))),
  ]
}

/**
 * When a machine counts as silent, which only warns where something is sent to it or in flight to it
 * (docs/contract.md#next-look); none for one that was never seen.
 */
export function silencePoint({ lastSeen }: Machine): readonly Instant[] {
  return lastSeen === null ? [] : [addMs(lastSeen, SILENT_MS)]
}

/** How long after its last update an action that has ended can still alter anything by time alone, at most. */
function reachMs({ effects, retry, contested }: Settings): number {
  const { lasts, renewWithin, longFree } = effects.isolated
  const ended = (lasts?.ms ?? 0) + Math.max(renewWithin.ms, longFree.ms)
  return Math.max(retry.within.ms, contested.within.ms, ended)
}

function isPast(action: MachineAction, from: Instant): boolean {
  return action.lastUpdateDateTimeUtc < from && hasEnded(action)
}

function actionPoints(action: MachineAction, settings: Settings): readonly Instant[] {
  const { creationDateTimeUtc: created, lastUpdateDateTimeUtc: updated } = action
  if (!hasEnded(action)) return [addMs(created, stuckMs(action)), addMs(created, STUCK_DRIFT_MS)]
  return [
    addMs(updated, settings.contested.within.ms),
    addMs(updated, settings.retry.within.ms),
    ...isolationPoints(action, settings),
  ]
}

/** When an isolation ends by itself, and how long after an end it is renewed, or imposed without being asked for. */
function isolationPoints(action: MachineAction, { effects }: Settings): readonly Instant[] {
  const { isolated } = HOLD_PAIRS
  const { lasts, renewWithin, longFree, renewBefore } = effects.isolated
  if (lasts === undefined || (action.type !== isolated.impose && action.type !== isolated.lift)) return []
  const { lastUpdateDateTimeUtc: updated } = action
  const after = (end: Instant): readonly Instant[] => [addMs(end, renewWithin.ms), addMs(end, longFree.ms)]
  // A lift of the service, or a try to renew, is an instant to count from itself.
  if (action.type === isolated.lift || !hasSucceeded(action)) return after(updated)
  const until = addMs(updated, lasts.ms)
  const early = renewBefore === undefined ? [] : [addMs(until, -renewBefore.ms)]
  return [until, ...early, ...after(until)]
}

function claimPoints(
  claim: Claim,
  history: MachineHistory,
  { apply }: Settings,
  now: Instant,
  isRaised: boolean,
): readonly Instant[] {
  if (claim.kind === 'run') {
    const { since, within } = claim.wish
    if (within === undefined) return since === undefined ? [] : [since]
    const from = laterOf(addMs(now, -within.ms), isRaised ? undefined : newestSatisfying(claim, history))
    const rolling = history
      .filter(({ type, creationDateTimeUtc }) => type === claim.facet.type && creationDateTimeUtc >= from)
      .map(({ creationDateTimeUtc }) => addMs(creationDateTimeUtc, within.ms))
    return since === undefined ? rolling : [since, ...rolling]
  }
  return claim.contributors.flatMap(({ policy: { expires } }) =>
    expires === undefined ? [] : [addMs(expires, -apply.timeout.ms)],
  )
}

/** The creation of the newest run that is all that a claim asks for: as long as it counts, older ones do not matter. */
function newestSatisfying({ facet, wish }: RunClaim, history: MachineHistory): Instant | undefined {
  let newest: Instant | undefined
  for (const action of history) {
    if (action.type !== facet.type || !hasSucceeded(action)) continue
    if (!facet.isAbout(action, wish) || !facet.isStrongEnough(action, wish)) continue
    newest = laterOf(action.creationDateTimeUtc, newest)
  }
  return newest
}

function laterOf(a: Instant, b: Instant | undefined): Instant {
  return b === undefined || b < a ? a : b
}
