import { addMs, type Instant, msBetween } from '../schema/instant.ts'
import type { MachineHistory } from './history.ts'
import type { HoldLens } from './hold-lens.ts'
import type { HoldStretch } from './hold-stretches.ts'
import type { HoldLevel, HoldPair } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import { type Observed, observeHold } from './observed-hold.ts'
import { countingImpose, type DirectedAction, type HoldWalk, walkHold } from './walk-hold.ts'

/** A hold that the service ended by itself, and that nothing has touched since (docs/contract.md#lapsed). */
export interface Lapse {
  readonly at: Instant
  /** What was in effect. */
  readonly level: HoldLevel
  /** Its succeeded imposes, oldest first. */
  readonly imposes: HoldStretch['imposes']
  /** The service's own lift; null where only the time tells. */
  readonly by: MachineAction | null
  /** Whether a device has said since that it is free. */
  readonly isObserved: boolean
}

/** What the history says of one hold facet of one machine (docs/contract.md#holds). */
export interface HoldPosture {
  readonly pair: HoldPair
  /** What is in effect: that of the latest succeeded action of the pair, where nothing has ended it; else `none`. */
  readonly level: HoldLevel
  /** The latest succeeded action of the pair. */
  readonly decidedBy: DirectedAction | null
  /** Succeeded imposes of the hold that is in effect, oldest first: what holds, and who asked for it. */
  readonly imposes: readonly DirectedAction[]
  /** Succeeded actions of the pair, oldest first. */
  readonly succeeded: readonly DirectedAction[]
  /** Ended actions of the pair after the latest succeeded one, oldest first: `Failed`, `TimeOut`, `Cancelled`. */
  readonly endedSince: readonly DirectedAction[]
  /** Actions that have not ended, oldest first. */
  readonly inFlight: readonly DirectedAction[]
  /** When the hold began, or the one that has lapsed: creation of the first impose before all renewals; else null. */
  readonly began: Instant | null
  /** Everything that held, oldest first. */
  readonly stretches: readonly HoldStretch[]
  /** When what is in effect ends by itself; null where nothing holds or it stays until it is lifted. */
  readonly until: Instant | null
  /**
   * When that could be over already, if the service counts from the creation of its impose and not from its end; null
   * where the two lie within an hour (docs/contract.md#until-uncertain).
   */
  readonly couldEndAt: Instant | null
  /** Set where the hold ended by itself and nothing else has happened since. */
  readonly lapsed: Lapse | null
  /** The offboarding that ended the latest hold. */
  readonly offboarded: MachineAction | null
  /** What the device says of it, where that goes beyond the history. */
  readonly observed: Observed | null
  /** Lifts that the service wrote by itself, whatever became of them, oldest first. */
  readonly serviceLifts: readonly MachineAction[]
  /** The service lifted at an end that `extends: true` had moved. */
  readonly isExtensionWrong: boolean
}

/**
 * Folds the ordered history of one machine into the state of one hold.
 *
 * The latest succeeded action decides, by last update and not by creation: completion can be out of order. Where its time
 * is over it does not hold any more, and what a device reports can say otherwise in both directions.
 */
export function foldHold(history: MachineHistory, pair: HoldPair, lens: HoldLens): HoldPosture {
  const walk = walkHold(history, pair, lens)
  const { stretches, succeeded, endedSince, inFlight, serviceLifts, endedBy } = walk
  const last = stretches.at(-1)
  const holding = last?.end === null ? last : undefined
  const posture: HoldPosture = {
    pair,
    level: holding?.imposes.at(-1)?.level ?? 'none',
    decidedBy: succeeded.at(-1) ?? null,
    imposes: holding?.imposes ?? [],
    succeeded,
    endedSince,
    inFlight,
    began: beginningOf(walk),
    stretches,
    until: holding?.until ?? null,
    couldEndAt: couldEndAt(holding?.imposes ?? [], pair, lens),
    lapsed: lapseOf(walk),
    offboarded: last?.end?.cause === 'offboarded' && endedBy === last.end.by ? endedBy : null,
    observed: null,
    serviceLifts,
    isExtensionWrong: last?.end?.isExtensionWrong === true,
  }
  const machineId = history[0]?.machineId ?? ''
  return lens.evidence === undefined ? posture : observeHold(posture, machineId, lens, lens.evidence)
}

/** Creation and last update of one action may lie this far apart without a doubt about its end (docs/contract.md#until-uncertain). */
const SURE_MS = 3_600_000

function couldEndAt(imposes: readonly DirectedAction[], pair: HoldPair, lens: HoldLens): Instant | null {
  const impose = countingImpose(imposes, pair, lens)
  if (impose === null || lens.effect.lasts === undefined) return null
  const { creationDateTimeUtc: created, lastUpdateDateTimeUtc: updated } = impose
  return msBetween(created, updated) > SURE_MS ? addMs(created, lens.effect.lasts.ms) : null
}

/** A lapse of a hold that was all ours and that only the time tells: it may hold still. */
export function unprovenLapse({ lapsed }: HoldPosture): Lapse | null {
  if (lapsed === null || lapsed.by !== null || lapsed.isObserved) return null
  return lapsed.imposes.every(({ own }) => own) ? lapsed : null
}

function lapseOf({ stretches, endedBy }: HoldWalk): Lapse | null {
  const last = stretches.at(-1)
  if (last?.end?.cause !== 'lapsed' || endedBy !== null) return null
  const { imposes, end } = last
  const { level } = imposes.at(-1) as DirectedAction
  return { at: end.at, level, imposes, by: end.by, isObserved: false }
}

/** Creation of the first impose of the latest hold, before its renewals; null where that was lifted. */
function beginningOf({ stretches, endedBy }: HoldWalk): Instant | null {
  if (stretches.at(-1)?.end !== null && endedBy !== null) return null
  const first = stretches.findLast(({ continues }) => !continues)
  return first?.imposes[0].action.creationDateTimeUtc ?? null
}

/** The ids that a decision about a hold rests on: the latest success of the pair and every later end, sorted. */
export function holdBasis(posture: HoldPosture): readonly string[] {
  const decided = posture.decidedBy === null ? [] : [posture.decidedBy.action.id]
  return [...decided, ...posture.endedSince.map(({ action }) => action.id)].sort()
}
