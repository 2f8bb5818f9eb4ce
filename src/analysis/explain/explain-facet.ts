import type { Actor } from '../../plan/document/document.ts'
import type { Item } from '../../plan/judge/item.ts'
import { foldHold, type HoldPosture } from '../../posture/fold-hold.ts'
import type { MachineHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS, type HoldName } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { postureActor } from '../../posture/machine-posture.ts'
import type { OwnNames } from '../../posture/marker.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'

/**
 * What an action does to the posture of a facet: it `decides` it, is a hold `beneath` the one that decides, was
 * `superseded` by a later one, `ended-later` without success, or is `in-flight`.
 */
export type ActionEffect = 'decides' | 'beneath' | 'superseded' | 'ended-later' | 'in-flight'

/**
 * How sure the posture is: `decided` by an action that succeeded, `assumed` since the look-back holds none about it, or
 * `uncertain` since a later one may have taken effect in part; `lapsed` where the hold ended by itself, `lost` where the
 * device denies it.
 */
export type Confidence = 'decided' | 'assumed' | 'uncertain' | 'lapsed' | 'lost'

/** One action behind the posture of a facet. */
export interface ExplainedAction extends Actor {
  readonly type: string
  readonly scope: string | null
  readonly status: string
  readonly createdAt: string
  /** The policy of its marker. */
  readonly policy: string | null
  readonly effect: ActionEffect
}

/** What the history says of one facet. */
export interface ExplainedPosture {
  readonly holds: string
  readonly confidence: Confidence
  /** When what holds ends by itself, or ended; absent where it does not. */
  readonly until?: string
  /** In the order in which they count: by last update, then creation, then id. */
  readonly actions: readonly ExplainedAction[]
}

function explainAction(action: MachineAction, effect: ActionEffect, name: OwnNames): ExplainedAction {
  const { type, scope, status } = action
  const actor = postureActor(action, name)
  const createdAt = formatInstant(action.creationDateTimeUtc)
  return { ...actor, at: formatInstant(actor.at), type, scope, status, createdAt, effect }
}

/** Explains how a hold stands, action by action, from the same fold as the plan. */
export function explainHold(history: MachineHistory, facet: HoldName, lens: HoldLens): ExplainedPosture {
  const { name } = lens
  const posture = foldHold(history, HOLD_PAIRS[facet], lens)
  const effects = new Map<MachineAction, ActionEffect>([
    ...posture.succeeded.map(({ action }) => [action, 'superseded'] as const),
    ...posture.imposes.map(({ action }) => [action, 'beneath'] as const),
    ...posture.succeeded.slice(-1).map(({ action }) => [action, 'decides'] as const),
    ...posture.endedSince.map(({ action }) => [action, 'ended-later'] as const),
    ...posture.inFlight.map(({ action }) => [action, 'in-flight'] as const),
  ])
  const decided = posture.decidedBy === null ? 'assumed' : 'decided'
  const isUncertain = posture.endedSince.some(({ action }) => action.status !== 'TimeOut')
  return {
    holds: posture.level,
    confidence: endedConfidence(posture) ?? (isUncertain ? 'uncertain' : decided),
    ...untilOf(posture),
    actions: [...effects].map(([action, effect]) => explainAction(action, effect, name)),
  }
}

function endedConfidence({ lapsed, observed }: HoldPosture): Confidence | undefined {
  if (lapsed !== null) return 'lapsed'
  return observed?.kind === 'lost' ? 'lost' : undefined
}

function untilOf({ until, lapsed }: HoldPosture): { readonly until?: string } {
  const end = until ?? lapsed?.at ?? null
  return end === null ? {} : { until: formatInstant(end) }
}

function runEffect(action: MachineAction): ActionEffect {
  if (!hasEnded(action)) return 'in-flight'
  return hasSucceeded(action) ? 'decides' : 'ended-later'
}

/** Explains what was last done of a run: the actions that its item rests on, and those in flight. */
export function explainRun(item: Item, history: MachineHistory, name: OwnNames): ExplainedPosture {
  const actions = history.filter(action => item.basis.includes(action.id) || item.inFlight.includes(action))
  return {
    holds: item.holds,
    confidence: actions.some(hasSucceeded) ? 'decided' : 'assumed',
    actions: actions.map(action => explainAction(action, runEffect(action), name)),
  }
}

/** Says whether the look-back covers the whole life of a machine, so that what it does not hold never was. */
export function isWholeLife(firstSeen: Instant | null, historyFrom: Instant): boolean {
  return firstSeen !== null && firstSeen >= historyFrom
}
