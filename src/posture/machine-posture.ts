import type { Instant } from '../schema/instant.ts'
import { type ActorClass, actorOf } from './actor.ts'
import { foldHold, type HoldPosture } from './fold-hold.ts'
import type { History, MachineHistory } from './history.ts'
import type { HoldLens } from './hold-lens.ts'
import { HOLD_PAIRS, type HoldLevel } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import { type OwnNames, parseMarker } from './marker.ts'
import { hasEnded, hasSucceeded } from './status.ts'

/** Who asked for an action, as documents say it. */
export interface PostureActor {
  readonly class: ActorClass
  readonly requestor: string | null
  /** The policy of the marker, where the action carries one. */
  readonly policy: string | null
  readonly actionId: string
  /** When the action ended, or changed last. */
  readonly at: Instant
}

/** How one hold of a machine stands. */
export interface HeldPosture {
  readonly level: HoldLevel
  /** When the hold took effect; null where nothing holds. */
  readonly since: Instant | null
  /** Everybody whose succeeded request the hold rests on, the first one first; empty where nothing holds. */
  readonly by: readonly PostureActor[]
  /** When it ends by itself; null where nothing holds or it stays until it is lifted. */
  readonly until: Instant | null
  /** When the hold before ended by itself and nothing has happened since; null where that is not so. */
  readonly lapsedAt: Instant | null
  /** The newest action since that ended Failed or Cancelled and may have taken effect in part; null where none did. */
  readonly uncertainSince: MachineAction | null
}

/** What the history says of one machine, facet by facet. */
export interface MachinePosture {
  readonly isolated: HeldPosture
  readonly restricted: HeldPosture
  /** Actions that have not ended, oldest first. */
  readonly inFlight: readonly MachineAction[]
  /** The latest succeeded action of each kind that leaves no lasting state, by type; types without one are absent. */
  readonly lastRuns: ReadonlyMap<RunType, MachineAction>
  /** Whether the history holds nothing of this machine: then what it says rests on the look-back alone. */
  readonly isSilent: boolean
}

/** The types whose latest success is shown: scans, collections, quarantines, live responses, offboarding. */
export type RunType = (typeof RUN_TYPES)[number]

const RUN_TYPES = [
  'RunAntiVirusScan',
  'CollectInvestigationPackage',
  'StopAndQuarantineFile',
  'LiveResponse',
  'Offboard',
] as const

/** Says who asked for an action. */
export function postureActor(action: MachineAction, name: OwnNames, byService = false): PostureActor {
  return {
    class: actorOf(action, name, byService),
    requestor: action.requestor,
    policy: parseMarker(action.requestorComment)?.policy ?? null,
    actionId: action.id,
    at: action.lastUpdateDateTimeUtc,
  }
}

/**
 * Folds the ordered history of one machine into what it is in now (docs/contract.md#posture).
 */
export function foldMachine(history: MachineHistory, lens: HoldLens): MachinePosture {
  const lastRuns = new Map<RunType, MachineAction>()
  for (const action of history) {
    const type = RUN_TYPES.find(known => known === action.type)
    if (type !== undefined && hasSucceeded(action)) lastRuns.set(type, action)
  }
  return {
    isolated: heldPosture(foldHold(history, HOLD_PAIRS.isolated, lens), lens.name),
    restricted: heldPosture(foldHold(history, HOLD_PAIRS.restricted, lens), lens.name),
    inFlight: history.filter(action => !hasEnded(action)),
    lastRuns,
    isSilent: history.length === 0,
  }
}

function heldPosture(
  { level, imposes, until, lapsed, endedSince }: HoldPosture,
  name: OwnNames,
): HeldPosture {
  const uncertain = endedSince.findLast(({ action }) => action.status !== 'TimeOut')
  return {
    level,
    since: imposes[0]?.action.lastUpdateDateTimeUtc ?? null,
    by: imposes.map(({ action }) => postureActor(action, name)),
    until,
    lapsedAt: lapsed?.at ?? null,
    uncertainSince: uncertain?.action ?? null,
  }
}

/** Machines of the history that some list of records does not have: they aged out, or may not be seen. Sorted. */
export function withoutRecord(history: History, recordIds: ReadonlySet<string>): readonly string[] {
  return history.machineIds.filter(id => !recordIds.has(id))
}
