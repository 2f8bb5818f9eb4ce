import type { Instant } from '../schema/instant.ts'
import type { MachineHistory } from './history.ts'
import type { HoldLevel, HoldPair } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import { isOwn } from './marker.ts'
import { hasEnded, hasSucceeded } from './status.ts'

/** An action of a pair, with what it would do and whose it is. */
export interface DirectedAction {
  readonly action: MachineAction
  readonly direction: 'impose' | 'lift'
  /** The level that it leads to; `none` for a lift. */
  readonly level: HoldLevel
  readonly own: boolean
}

/** What the history says of one hold facet of one machine (docs/contract.md#holds). */
export interface HoldPosture {
  readonly pair: HoldPair
  /** The effect of the latest succeeded action of the pair; `none` where there is none. */
  readonly level: HoldLevel
  /** The latest succeeded action of the pair. */
  readonly decidedBy: DirectedAction | null
  /** Succeeded imposes since the last succeeded lift, oldest first: what holds, and who asked for it. */
  readonly imposes: readonly DirectedAction[]
  /** Succeeded actions of the pair, oldest first. */
  readonly succeeded: readonly DirectedAction[]
  /** Ended actions of the pair after the latest succeeded one, oldest first: `Failed`, `TimeOut`, `Cancelled`. */
  readonly endedSince: readonly DirectedAction[]
  /** Actions that have not ended, oldest first. */
  readonly inFlight: readonly DirectedAction[]
  /** When the hold began: creation of its first impose; null where nothing holds. */
  readonly began: Instant | null
}

/**
 * Folds the ordered history of one machine into the state of one hold.
 *
 * The latest succeeded action decides, by last update and not by creation: completion can be out of order.
 */
export function foldHold(history: MachineHistory, pair: HoldPair, name: string | undefined): HoldPosture {
  const succeeded: DirectedAction[] = []
  const inFlight: DirectedAction[] = []
  let imposes: DirectedAction[] = []
  let endedSince: DirectedAction[] = []
  for (const action of history) {
    if (action.type !== pair.impose && action.type !== pair.lift) continue
    const directed = direct(action, pair, name)
    if (!hasEnded(action)) inFlight.push(directed)
    else if (!hasSucceeded(action)) endedSince.push(directed)
    else {
      succeeded.push(directed)
      endedSince = []
      if (directed.direction === 'lift') imposes = []
      else imposes.push(directed)
    }
  }
  const decidedBy = succeeded.at(-1) ?? null
  return {
    pair,
    level: decidedBy?.level ?? 'none',
    decidedBy,
    imposes,
    succeeded,
    endedSince,
    inFlight,
    began: imposes[0]?.action.creationDateTimeUtc ?? null,
  }
}

function direct(action: MachineAction, pair: HoldPair, name: string | undefined): DirectedAction {
  const own = isOwn(action, name)
  return action.type === pair.lift
    ? { action, direction: 'lift', level: 'none', own }
    : { action, direction: 'impose', level: pair.levelOf(action), own }
}

/** The ids that a decision about a hold rests on: the latest success of the pair and every later end, sorted. */
export function holdBasis(posture: HoldPosture): readonly string[] {
  const decided = posture.decidedBy === null ? [] : [posture.decidedBy.action.id]
  return [...decided, ...posture.endedSince.map(({ action }) => action.id)].sort()
}
