import { foldHold, holdBasis } from '../../posture/fold-hold.ts'
import { foldRun, runBasis } from '../../posture/fold-run.ts'
import { indexHistory, type MachineHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS, type HoldLevel, type HoldName } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, ownNames, parseMarker } from '../../posture/marker.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { runFacet } from '../claim/run-facets.ts'
import type { Change, PlannedRequest } from '../document/document.ts'
import { shortPlanId } from '../document/marker-of.ts'
import { lensFor } from '../select/plan-lens.ts'
import { attribute } from './attribution.ts'
import { decideHold, isStronger, satisfiesLevel } from './decide-hold.ts'
import { decideRun } from './decide-run.ts'
import type { Decision, DraftRequest } from './decision.ts'
import { parseFreshness } from './freshness.ts'

/** What a change is looked at again with: the fresh history of its machine. */
export interface RecheckContext {
  readonly configuration: Configuration
  readonly planId: string
  /** Of the plan's renewals, where it has any. */
  readonly renewalsId?: string | undefined
  readonly now: Instant
  /** All actions of the machine in the look-back, any order. */
  readonly actions: readonly MachineAction[]
  /** Of everything that was read, its time aside; absent where these actions are all. */
  readonly lens?: HoldLens
}

/** What holds are folded with at a second look. */
function lensAt({ lens, actions, configuration, now }: RecheckContext): HoldLens {
  return lens === undefined ? lensFor({ actions }, configuration, now) : { ...lens, now }
}

/** What a second look says about a planned change. */
export type Recheck =
  /** What it rests on stands still: send it. */
  | { readonly kind: 'unmoved' }
  /** The declared state holds already, without an action of this plan. */
  | { readonly kind: 'satisfied'; readonly actionId: string | null }
  /** An action that this plan did not send leads to the goal and is in flight: await it, submit nothing. */
  | { readonly kind: 'in-flight'; readonly action: MachineAction }
  /** Something else: the change must not be sent. `message` says what moved, and who moved it. */
  | {
      readonly kind: 'moved'
      readonly message: string
      /** It is refused alone and makes no plan stale: its hold ended by itself since, or it is a renewal. */
      readonly alone?: true
    }

interface SecondLook {
  readonly decision: Decision
  readonly basis: readonly string[]
  /** The latest success. */
  readonly latest: MachineAction | null
  /** The types whose actions can move the change. */
  readonly types: readonly string[]
  /** When the hold ended by itself; null where it did not. */
  readonly lapsedAt: Instant | null
}

/**
 * Looks again at a planned change: the same tables over the fresh history, compared with what was planned.
 *
 * Actions of this plan never count as moved (docs/contract.md#resume): they are left out, and what this plan cancelled counts
 * as in flight still.
 */
export function recheckChange(change: Change, context: RecheckContext): Recheck {
  const history = indexHistory(withoutPlan(context)).of(change.machine.id)
  if (!isHold(change) && change.operations.every(operation => operation === 'cancel')) {
    return lookAtCancels(change, history)
  }
  const look = isHold(change) ? lookAtHold(change, history, context) : lookAtRun(change, history, context.now)
  const { decision, basis, latest, types } = look
  if (decision.kind === 'unchanged') {
    // What this plan has lifted since then has to be put back, whoever had imposed it in between.
    return holdsNow(change, context)
      ? { kind: 'satisfied', actionId: latest?.id ?? null }
      : { kind: 'unmoved' }
  }
  const [awaited] = decision.kind === 'in-flight' ? decision.awaited : []
  if (awaited !== undefined) return { kind: 'in-flight', action: awaited }
  if (decision.kind === 'blocked')
    return { kind: 'moved', message: decision.message, ...aloneIf(change.renews !== undefined) }
  if (decision.kind === 'change' && isSame(change, decision, basis)) return { kind: 'unmoved' }
  if (look.lapsedAt !== null && change.before !== 'none') {
    const message = `the hold ended by itself at ${formatInstant(look.lapsedAt)}; plan again.`
    return { kind: 'moved', message, alone: true }
  }
  return {
    kind: 'moved',
    message: movedMessage(
      change,
      history.filter(action => types.includes(action.type)),
    ),
    ...aloneIf(change.renews !== undefined),
  }
}

function aloneIf(isAlone: boolean): { readonly alone?: true } {
  return isAlone ? { alone: true } : {}
}

function isHold(change: Change): change is Change & { readonly facet: HoldName } {
  return change.facet in HOLD_PAIRS
}

/**
 * Says whether the history of a machine now shows what a change was to bring about; actions of any plan count.
 *
 * A cancel alone has brought about what it was for when the level stands.
 */
export function holdsNow(change: Change, context: RecheckContext): boolean {
  const history = indexHistory(context.actions).of(change.machine.id)
  if (isHold(change)) {
    const { level } = foldHold(history, HOLD_PAIRS[change.facet], lensAt(context))
    const wanted = change.after as HoldLevel
    const mayBeStronger = change.reason !== 'other-scope'
    return satisfiesLevel(level, wanted) || (mayBeStronger && isStronger(level, wanted))
  }
  return lookAtRun({ ...change, reason: 'not-run' }, history, context.now).decision.kind === 'unchanged'
}

/** The actions as they would be had this plan done nothing. */
export function withoutPlan({
  actions,
  planId,
  renewalsId,
  configuration,
}: Pick<RecheckContext, 'actions' | 'planId' | 'renewalsId' | 'configuration'>): readonly MachineAction[] {
  const name = ownNames(configuration)
  const plans = [planId, renewalsId ?? planId].map(shortPlanId)
  const isOurs = (comment: string | null): boolean => plans.includes(parseMarker(comment)?.plan ?? '')
  return actions
    .filter(action => !(isOwn(action, name) && isOurs(action.requestorComment)))
    .map(action => (isOurs(action.cancellationComment) ? { ...action, status: 'Pending' } : action))
}

function lookAtHold(
  change: Change & { readonly facet: HoldName },
  history: MachineHistory,
  context: RecheckContext,
): SecondLook {
  const { now } = context
  const posture = foldHold(history, HOLD_PAIRS[change.facet], lensAt(context))
  const decision = decideHold(
    {
      level: change.after as Exclude<HoldLevel, 'unknown'>,
      declared: change.reason === 'declared-released' || change.reason === 'effect-uncertain',
      scopeChange: change.reason === 'other-scope',
      reassert: change.operations[0] === 'cancel',
      resubmit: change.reason === 'resubmitted' || isEarlyRenewal(change),
      liftReason: 'declared-released',
    },
    posture,
    now,
  )
  const { pair, decidedBy } = posture
  return {
    decision,
    basis: holdBasis(posture),
    latest: decidedBy?.action ?? null,
    types: [pair.impose, pair.lift],
    lapsedAt: posture.lapsed?.at ?? null,
  }
}

/** A renewal before the end repeats what holds still. */
function isEarlyRenewal({ renews, before }: Change): boolean {
  return renews !== undefined && before !== 'none'
}

function lookAtRun(change: Change, history: MachineHistory, now: Instant): SecondLook {
  const facet = runFacet(change.facet)
  const body = change.requests.find(request => request.type === facet?.type)?.body
  if (facet === undefined || body === undefined)
    throw new TypeError(`${change.address} holds no request of its facet`)
  const wish = facet.wishOf(body, parseFreshness(change.after))
  const posture = foldRun(history, facet.type, action => facet.isAbout(action, wish))
  const decision = decideRun(facet, wish, posture, now, change.reason === 'resubmitted')
  const look = {
    basis: runBasis(posture),
    latest: posture.succeeded.at(-1) ?? null,
    types: [facet.type],
    lapsedAt: null,
  }
  const [busy] = posture.inFlight
  const expected = change.dependsOn.includes(change.address)
  if (decision.kind !== 'change' || busy === undefined || expected) return { ...look, decision }
  return { ...look, decision: busyDecision(busy) }
}

/** Runs that a plan calls back: unmoved while they are in flight, and what ran in between cannot be called back. */
function lookAtCancels(change: Change, history: MachineHistory): Recheck {
  const ids = cancelledIds(change.requests)
  const targets = history.filter(({ id }) => ids.includes(id))
  const ended = targets.filter(hasEnded)
  if (targets.length < ids.length || ended.some(hasSucceeded)) {
    return { kind: 'moved', message: movedMessage({ ...change, basis: [] }, ended) }
  }
  if (ended.length === 0) return { kind: 'unmoved' }
  if (ended.length === ids.length) return { kind: 'satisfied', actionId: ids[0] as string }
  return { kind: 'moved', message: movedMessage(change, ended) }
}

function busyDecision(busy: MachineAction): Decision {
  const message = `${busy.type} by ${attribute(busy)} is ${busy.status} on the machine; plan again once it has ended.`
  return { kind: 'blocked', code: 'moved', message, wouldBe: [], before: '', after: '' }
}

function isSame(change: Change, decision: Decision & { kind: 'change' }, basis: readonly string[]): boolean {
  return (
    decision.before === change.before &&
    decision.operations.join() === change.operations.join() &&
    basis.join() === change.basis.join() &&
    cancelledIds(decision.requests).join() === cancelledIds(change.requests).join()
  )
}

/** What is cancelled; the other requests follow from the operations and the declared level. */
function cancelledIds(requests: readonly (DraftRequest | PlannedRequest)[]): readonly string[] {
  return requests.flatMap(request => (request.type === 'Cancel' ? [request.actionId] : []))
}

function movedMessage(change: Change, history: MachineHistory): string {
  const isThere = change.basis.every(id => history.some(action => action.id === id))
  const mover = history.findLast(action => !change.basis.includes(action.id))
  return mover === undefined || !isThere
    ? `the history that ${change.address} rests on is not there any more; plan again.`
    : `${mover.type} by ${attribute(mover)} came after the plan was made (${mover.status}); plan again.`
}
