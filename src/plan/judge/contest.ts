import type { HoldPosture } from '../../posture/fold-hold.ts'
import type { RunPosture } from '../../posture/fold-run.ts'
import type { HoldLevel } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, isOwnMarker, type OwnNames, parseMarker } from '../../posture/marker.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import type { Note, Operation } from '../document/document.ts'
import { attribute, attributeCancel } from './attribution.ts'

/** What a contest is judged by. */
export interface ContestRules {
  readonly now: Instant
  /** How long a foreign end stays contested, in milliseconds. */
  readonly withinMs: number
  /** The configuration's name, which own markers carry. */
  readonly name: OwnNames
}

const WAY_OUT =
  'Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true` in the policy, or change the declaration.'

function leadsToward(directed: DirectedAction, level: HoldLevel): boolean {
  return (directed.direction === 'lift') === (level === 'none')
}

/**
 * Says why a change of a hold would undo what somebody else did; undefined where it would not (docs/contract.md#contest).
 *
 * @param level - What is declared.
 */
export function contestHold(
  operations: readonly Operation[],
  level: HoldLevel,
  posture: HoldPosture,
  rules: ContestRules,
): Note | undefined {
  return (
    (operations.includes('lift') ? heldByOther(posture) : undefined) ??
    revertedByOther(level, posture, rules) ??
    (operations.includes('impose') ? releasedByOther(posture, rules) : undefined) ??
    cancelledByOther(
      posture.endedSince.filter(ended => operations.includes(ended.direction)).map(({ action }) => action),
      rules,
    )
  )
}

/** A foreign impose since the last lift, even beneath one of ours. */
export function foreignImpose(posture: HoldPosture): DirectedAction | undefined {
  return posture.imposes.findLast(impose => !impose.own)
}

function heldByOther(posture: HoldPosture): Note | undefined {
  const foreign = foreignImpose(posture)
  if (foreign === undefined) return undefined
  return {
    code: 'held-by-other',
    message: `${foreign.action.type} by ${attribute(foreign.action)} would be undone. ${WAY_OUT}`,
  }
}

/** The latest success by somebody: what the service ended by itself was reverted by nobody. */
export function latestSuccess({ succeeded }: HoldPosture): DirectedAction | undefined {
  return succeeded.findLast(({ service }) => !service)
}

/** Says whether the latest success is a foreign one against `level`, after an own one toward it. */
export function isReverted(level: HoldLevel, posture: HoldPosture): boolean {
  const latest = latestSuccess(posture)
  if (latest === undefined || latest.own || leadsToward(latest, level)) return false
  const ownBefore = posture.succeeded.findLast(success => success.own)
  return ownBefore !== undefined && leadsToward(ownBefore, level)
}

function revertedByOther(level: HoldLevel, posture: HoldPosture, rules: ContestRules): Note | undefined {
  const latest = latestSuccess(posture)
  if (latest === undefined || latest.own || leadsToward(latest, level)) return undefined
  const recent = latest.action.lastUpdateDateTimeUtc > addMs(rules.now, -rules.withinMs)
  if (!recent && !isReverted(level, posture)) return undefined
  return {
    code: 'reverted-by-other',
    message: `${latest.action.type} by ${attribute(latest.action)} would be undone. ${WAY_OUT}`,
  }
}

/**
 * A release that somebody else asked for since our latest success, and that did not succeed: they want the machine free,
 * also where our hold has ended by itself meanwhile. One that we cancelled was decided already.
 */
function releasedByOther(posture: HoldPosture, { name }: ContestRules): Note | undefined {
  const ours = posture.succeeded.findLast(({ own }) => own)
  if (ours?.direction !== 'impose') return undefined
  const asked = [...posture.endedSince, ...posture.inFlight].findLast(
    ({ action, direction, own, service }) =>
      direction === 'lift' &&
      !own &&
      !service &&
      action.creationDateTimeUtc > ours.action.creationDateTimeUtc &&
      !isOwnMarker(parseMarker(action.cancellationComment), name),
  )
  if (asked === undefined) return undefined
  return {
    code: 'released-by-other',
    message: `${asked.action.type} by ${attribute(asked.action)} is ${asked.action.status}: they want the machine free. ${WAY_OUT}`,
  }
}

function cancelledByOther(ended: readonly MachineAction[], rules: ContestRules): Note | undefined {
  const cancelled = ended.findLast(
    action =>
      action.status === 'Cancelled' &&
      isOwn(action, rules.name) &&
      !isOwnMarker(parseMarker(action.cancellationComment), rules.name),
  )
  if (cancelled === undefined) return undefined
  return {
    code: 'cancelled-by-other',
    message: `our ${cancelled.type} was cancelled by ${attributeCancel(cancelled)} and would be sent again. ${WAY_OUT}`,
  }
}

/**
 * Says why a run would send again what somebody else cancelled; undefined where it would not.
 *
 * @param earliest - Cancels of runs created before it are history: the wish asks for a newer one.
 */
export function contestRun(
  posture: RunPosture,
  earliest: Instant | undefined,
  rules: ContestRules,
): Note | undefined {
  const ended = posture.endedSince.filter(
    action => earliest === undefined || action.creationDateTimeUtc >= earliest,
  )
  return cancelledByOther(ended, rules)
}
