import { type HoldPosture, unprovenLapse } from '../../posture/fold-hold.ts'
import { compareText } from '../../posture/history.ts'
import type { HoldLevel, HoldPair } from '../../posture/holds.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Note, Operation } from '../document/document.ts'
import { attribute } from './attribution.ts'
import type { Decision, DraftRequest } from './decision.ts'
import { mayHaveLapsed } from './lapse-notes.ts'
import { isStuck, stuckMessage } from './stuck.ts'

/** What is wanted of one hold of one machine, and what may be done for it. */
export interface HoldWish {
  readonly level: Exclude<HoldLevel, 'unknown'>
  /** True where a live policy declares the level; an expired or pruned hold is not declared `false`. */
  readonly declared: boolean
  /** `allow.scopeChange` of the configuration. */
  readonly scopeChange: boolean
  /** Opposite actions of others may be cancelled. */
  readonly reassert: boolean
  /** Submit although the history says that it holds. */
  readonly resubmit: boolean
  /** Why a lift is wanted, in the closed set of reasons. */
  readonly liftReason: 'declared-released' | 'expired' | 'orphaned' | 'undone'
}

/** The `IsolationType` that imposes a level; a level that needs none is not in it (docs/service.md#isolation-type). */
export const ISOLATION_TYPES: Readonly<Record<string, string>> = {
  full: 'Full',
  selective: 'Selective',
  unmanaged: 'UnManagedDevice',
}

/** Says whether a level satisfies a wish: the same, or a succeeded isolation without a scope. */
export function satisfiesLevel(have: HoldLevel, want: HoldLevel): boolean {
  return have === want || (have === 'unknown' && want !== 'none')
}

/** Says whether a level holds more than is wanted; `unmanaged` compares with nothing. */
export function isStronger(have: HoldLevel, want: HoldLevel): boolean {
  return have === 'full' && want === 'selective'
}

/**
 * Chooses what to do about one hold facet of one machine: the table of docs/contract.md#decision-table, row by row.
 *
 * Pure. Contested changes, guards and the machine's own limits are looked at later.
 */
export function decideHold(wish: HoldWish, posture: HoldPosture, now: Instant): Decision {
  const toward = posture.inFlight.filter(flight => leadsToward(flight, wish))
  const opposite = posture.inFlight.filter(flight => !leadsToward(flight, wish))
  const settled = isSettled(wish, posture)
  const stuck = posture.inFlight.find(flight => isStuck(flight.action, now))
  if (stuck !== undefined) return stuckInFlight(stuck, wish, posture)
  if (settled && opposite.length === 0) return settledDecision(wish, posture, toward.length > 0)
  if (toward.length > 0 && opposite.length > 0) return contradictory(wish, posture)
  if (toward.length > 0) return { kind: 'in-flight', awaited: toward.map(flight => flight.action) }
  const foreign = opposite.find(flight => !flight.own)
  if (foreign !== undefined && !wish.reassert) return oppositeInFlight(foreign, wish, posture)
  return change(wish, posture, opposite, settled)
}

function leadsToward(flight: DirectedAction, wish: HoldWish): boolean {
  return (flight.direction === 'lift') === (wish.level === 'none')
}

/** A Failed or Cancelled impose after the last success may have taken effect all the same (docs/service.md#partial-effects). */
function hasUncertainImpose(posture: HoldPosture): boolean {
  return posture.endedSince.some(
    ended =>
      ended.direction === 'impose' &&
      (ended.action.status === 'Failed' || ended.action.status === 'Cancelled'),
  )
}

function isSettled(wish: HoldWish, posture: HoldPosture): boolean {
  if (wish.level === 'none' && posture.level === 'none') {
    // What only its time calls free is released to be sure: one cheap action makes the state known.
    return unprovenLapse(posture) === null && (!wish.declared || !hasUncertainImpose(posture))
  }
  if (isStronger(posture.level, wish.level)) return !wish.scopeChange
  return satisfiesLevel(posture.level, wish.level)
}

function settledDecision(wish: HoldWish, posture: HoldPosture, hasDuplicate: boolean): Decision {
  if (wish.resubmit && !hasDuplicate) {
    const operation = wish.level === 'none' ? 'lift' : 'impose'
    return decided(wish, posture, [operation], [request(operation, wish, posture.pair)], 'resubmitted')
  }
  return { kind: 'unchanged', notes: settledNotes(wish, posture) }
}

function settledNotes(wish: HoldWish, posture: HoldPosture): readonly Note[] {
  const notes: Note[] = []
  const deciding = posture.imposes.at(-1)
  if (deciding?.level === 'unknown') {
    notes.push({
      code: 'scope-unknown',
      message: `the service reports no scope for the isolation by ${attribute(deciding.action)}; it is taken as the declared one.`,
    })
  }
  if (isStronger(posture.level, wish.level)) {
    notes.push({
      code: 'stronger-than-declared',
      message: `the machine is isolated (${posture.level}), more than the declared ${wish.level}; \`allow.scopeChange\` would weaken it by a release and a new isolation.`,
    })
  }
  return [...notes, ...uncertainNotes(posture)]
}

function uncertainNotes(posture: HoldPosture): readonly Note[] {
  const ended = posture.endedSince.findLast(
    ({ action }) => action.status === 'Failed' || action.status === 'Cancelled',
  )
  if (ended === undefined) return []
  return [
    {
      code: 'effect-uncertain',
      message: `a newer ${ended.action.type} ended ${ended.action.status} (${attribute(ended.action)}) and may have taken effect in part.`,
    },
  ]
}

/** The requests and operations that lead from what holds to what is wanted. */
function change(
  wish: HoldWish,
  posture: HoldPosture,
  opposite: readonly DirectedAction[],
  settled: boolean,
): Decision {
  // By id, so that a plan does not move when what is in flight is merely updated in another order.
  const cancels = opposite
    .map(({ action }): DraftRequest & { type: 'Cancel' } => ({ type: 'Cancel', actionId: action.id }))
    .sort((a, b) => compareText(a.actionId, b.actionId))
  if (settled) return decided(wish, posture, ['cancel'], cancels, 'opposite-in-flight')
  const scoped = wish.level !== 'none' && posture.level !== 'none'
  if (scoped && !wish.scopeChange) return scopeChange(wish, posture)
  const steps = stepsOf(wish, posture)
  const operations: readonly Operation[] = cancels.length > 0 ? ['cancel', ...steps] : steps
  const requests = [...cancels, ...steps.map(step => request(step, wish, posture.pair))]
  return decided(wish, posture, operations, requests, reasonOf(wish, posture, scoped))
}

function reasonOf(wish: HoldWish, posture: HoldPosture, scoped: boolean): string {
  if (scoped) return 'other-scope'
  if (wish.level !== 'none') {
    if (posture.lapsed !== null) return 'lapsed'
    if (posture.observed?.kind === 'lost') return 'lost'
    return wish.level === 'restricted' ? 'not-restricted' : 'not-isolated'
  }
  const isFree = posture.level === 'none' && unprovenLapse(posture) === null
  return isFree ? 'effect-uncertain' : wish.liftReason
}

function request(step: 'impose' | 'lift', wish: HoldWish, pair: HoldPair): DraftRequest {
  if (step === 'lift') return { type: pair.lift, body: {} }
  const isolationType = ISOLATION_TYPES[wish.level]
  return { type: pair.impose, body: isolationType === undefined ? {} : { IsolationType: isolationType } }
}

function decided(
  wish: HoldWish,
  posture: HoldPosture,
  operations: readonly Operation[],
  requests: readonly DraftRequest[],
  reason: string,
): Decision {
  return {
    kind: 'change',
    operations,
    requests,
    before: posture.level,
    after: operations.length === 1 && operations[0] === 'cancel' ? posture.level : wish.level,
    reason,
    warnings: [...uncertainNotes(posture), ...(wish.level === 'none' ? mayHaveLapsed(posture) : [])],
    waitsForInFlight: false,
  }
}

/** What would have been planned had nothing stood in the way, for a blocked item. */
function wouldBe(wish: HoldWish, posture: HoldPosture): readonly Operation[] {
  const cancels: readonly Operation[] = posture.inFlight.some(flight => !leadsToward(flight, wish))
    ? ['cancel']
    : []
  if (isSettled(wish, posture)) return cancels
  return [...cancels, ...stepsOf(wish, posture)]
}

function stepsOf(wish: HoldWish, posture: HoldPosture): readonly ('impose' | 'lift')[] {
  if (wish.level === 'none') return ['lift']
  return posture.level === 'none' ? ['impose'] : ['lift', 'impose']
}

function blocked(code: string, message: string, wish: HoldWish, posture: HoldPosture): Decision {
  return {
    kind: 'blocked',
    code,
    message,
    wouldBe: wouldBe(wish, posture),
    before: posture.level,
    after: wish.level,
  }
}

function stuckInFlight({ action }: DirectedAction, wish: HoldWish, posture: HoldPosture): Decision {
  return blocked('stuck-in-flight', stuckMessage(action), wish, posture)
}

function contradictory(wish: HoldWish, posture: HoldPosture): Decision {
  const list = posture.inFlight.map(({ action }) => `${action.type} by ${attribute(action)}`).join('; ')
  return blocked(
    'contradictory-in-flight',
    `actions in both directions are in flight: ${list}. Wait until they end, or cancel one of them, then plan again.`,
    wish,
    posture,
  )
}

function oppositeInFlight({ action }: DirectedAction, wish: HoldWish, posture: HoldPosture): Decision {
  return blocked(
    'opposite-in-flight',
    `${action.type} by ${attribute(action)} is ${action.status}; wait until it ends, or cancel it with \`--reassert ADDR --reason TEXT\`.`,
    wish,
    posture,
  )
}

function scopeChange(wish: HoldWish, posture: HoldPosture): Decision {
  return blocked(
    'scope-change',
    `the machine is isolated (${posture.level}) and ${wish.level} is declared; changing the scope releases it for a moment. Set \`allow: { scopeChange: true }\` in the configuration, or declare what holds.`,
    wish,
    posture,
  )
}
