import type { RunPosture } from '../../posture/fold-run.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { RunFacet, RunWish } from '../claim/run-facets.ts'
import type { Decision } from './decision.ts'
import { earliestOf, formatFreshness } from './freshness.ts'
import { isStuck, stuckMessage } from './stuck.ts'

/** Says whether a succeeded or pending action is recent and strong enough for a wish. */
function counts(facet: RunFacet, wish: RunWish, now: Instant): (action: MachineAction) => boolean {
  const earliest = earliestOf(wish, now)
  return action =>
    facet.isAbout(action, wish) &&
    facet.isStrongEnough(action, wish) &&
    (earliest === undefined || action.creationDateTimeUtc >= earliest)
}

/** Says whether a run was done as the wish asks. */
export function isSatisfied(facet: RunFacet, wish: RunWish, posture: RunPosture, now: Instant): boolean {
  return posture.succeeded.some(counts(facet, wish, now))
}

/** Says whether a run that is not satisfied now was, and only time went by: a rolling `within` alone asks again. */
export function isDue(facet: RunFacet, wish: RunWish, posture: RunPosture, now: Instant): boolean {
  if (wish.within === undefined) return false
  const { within: _rolling, ...fixed } = wish
  return isSatisfied(facet, fixed, posture, now)
}

/** What was done last, for `before`: the word and its creation time, or `never`. */
export function describeDone(facet: RunFacet, posture: RunPosture): string {
  const latest = posture.succeeded.at(-1)
  return latest === undefined
    ? 'never'
    : `${facet.doneWord(latest)} ${formatInstant(latest.creationDateTimeUtc)}`
}

/** What is wanted, for `after`. */
export function describeWish(facet: RunFacet, wish: RunWish): string {
  return facet.wordOf(wish) + formatFreshness(wish)
}

/**
 * Chooses what to do about one event facet of one machine (docs/contract.md#run-decisions).
 *
 * Satisfied is unchanged; an action in flight that would satisfy it is awaited; one of the same type that would not is
 * waited for before this one is sent, since the service does one of a type at a time on a machine.
 */
export function decideRun(
  facet: RunFacet,
  wish: RunWish,
  posture: RunPosture,
  now: Instant,
  resubmit: boolean,
): Decision {
  const enough = counts(facet, wish, now)
  const awaited = posture.inFlight.filter(enough)
  const satisfied = posture.succeeded.some(enough)
  if (satisfied && (!resubmit || awaited.length > 0)) return { kind: 'unchanged', notes: [] }
  if (wish.since !== undefined && wish.since > now) return { kind: 'unchanged', notes: [] }
  if (awaited.length > 0) return { kind: 'in-flight', awaited }
  return {
    kind: 'change',
    operations: ['run'],
    requests: [{ type: facet.type, body: facet.bodyOf(wish) }],
    before: describeDone(facet, posture),
    after: describeWish(facet, wish),
    reason: reasonOf(satisfied, isDue(facet, wish, posture, now)),
    warnings: facet.oneWay ? [{ code: 'one-way', message: 'nothing in the service can undo this.' }] : [],
    waitsForInFlight: posture.inFlight.length > 0,
  }
}

/**
 * Blocks what would wait for an action that is in flight for longer than the service tries.
 *
 * @param observedAt - The time up to which the history tells: the age of what is in flight counts until then.
 */
export function unlessStuck(
  decision: Decision,
  facet: RunFacet,
  wish: RunWish,
  posture: RunPosture,
  observedAt: Instant,
): Decision {
  const waits = decision.kind === 'in-flight' || (decision.kind === 'change' && decision.waitsForInFlight)
  const stuck = waits ? posture.inFlight.find(action => isStuck(action, observedAt)) : undefined
  if (stuck === undefined) return decision
  return {
    kind: 'blocked',
    code: 'stuck-in-flight',
    message: stuckMessage(stuck),
    wouldBe: ['run'],
    before: describeDone(facet, posture),
    after: describeWish(facet, wish),
  }
}

function reasonOf(satisfied: boolean, due: boolean): string {
  if (satisfied) return 'resubmitted'
  return due ? 'due' : 'not-run'
}
