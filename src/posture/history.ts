import type { Instant } from '../schema/instant.ts'
import type { MachineAction } from './machine-action.ts'
import { methodOf } from './methods.ts'
import { hasEnded } from './status.ts'

/** The actions of one machine, each once, oldest last update first. */
export type MachineHistory = readonly MachineAction[]

/** All actions of the look-back, de-duplicated and found by machine. */
export interface History {
  /** The ordered actions of a machine; empty for a machine without any. */
  of(machineId: string): MachineHistory
  /** The machines that have any, sorted. */
  readonly machineIds: readonly string[]
  /** Types that this version does not know and leaves alone, with how often each occurs. */
  readonly unknownTypes: ReadonlyMap<string, number>
}

/** Orders actions by last update, then creation, then id, all at full precision (docs/contract.md#history). */
export function compareActions(a: MachineAction, b: MachineAction): number {
  return (
    compareText(a.lastUpdateDateTimeUtc, b.lastUpdateDateTimeUtc) ||
    compareText(a.creationDateTimeUtc, b.creationDateTimeUtc) ||
    compareText(a.id, b.id)
  )
}

/** Orders two texts by code unit: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Of two readings of one action the later one; a repeated page may hold an older reading of the same id. An action
 * that has ended stays ended, so that an end is the later reading whatever its time says.
 */
function laterReading(a: MachineAction, b: MachineAction): MachineAction {
  const order =
    Number(hasEnded(a)) - Number(hasEnded(b)) ||
    compareText(a.lastUpdateDateTimeUtc, b.lastUpdateDateTimeUtc) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  return order < 0 ? b : a
}

/** Keeps each action id once, ordered by {@link compareActions} per machine. */
export function indexHistory(actions: readonly MachineAction[]): History {
  const byMachine = new Map<string, MachineAction[]>()
  for (const action of actions) {
    const list = byMachine.get(action.machineId)
    if (list === undefined) byMachine.set(action.machineId, [action])
    else list.push(action)
  }
  const unknownTypes = new Map<string, number>()
  const histories = new Map<string, MachineHistory>()
  for (const [machineId, list] of byMachine) {
    const known = keepKnown(list.length === 1 ? list : uniqueById(list), unknownTypes)
    if (known.length > 0) histories.set(machineId, known.sort(compareActions))
  }
  return {
    of: machineId => histories.get(machineId) ?? [],
    machineIds: [...histories.keys()].sort(compareText),
    unknownTypes: new Map([...unknownTypes].sort(([a], [b]) => compareText(a, b))),
  }
}

function uniqueById(actions: readonly MachineAction[]): readonly MachineAction[] {
  const byId = new Map<string, MachineAction>()
  for (const action of actions) {
    const known = byId.get(action.id)
    byId.set(action.id, known === undefined ? action : laterReading(known, action))
  }
  return byId.size === actions.length ? actions : [...byId.values()]
}

/** Leaves out the types that this version does not know, and counts them. */
function keepKnown(actions: readonly MachineAction[], unknownTypes: Map<string, number>): MachineAction[] {
  return actions.filter(({ type }) => {
    if (methodOf(type) !== undefined) return true
    unknownTypes.set(type, (unknownTypes.get(type) ?? 0) + 1)
    return false
  })
}

/**
 * Rewinds a history to an earlier time: what was created later did not exist, what was updated later had not ended.
 *
 * The service keeps no past statuses, so an action that changed after `at` counts as pending then.
 */
export function rewindHistory(actions: readonly MachineAction[], at: Instant): readonly MachineAction[] {
  return actions
    .filter(action => action.creationDateTimeUtc <= at)
    .map(action =>
      action.lastUpdateDateTimeUtc <= at
        ? action
        : {
            ...action,
            status: 'Pending',
            lastUpdateDateTimeUtc: action.creationDateTimeUtc,
            cancellationRequestor: null,
            cancellationComment: null,
            errorHResult: 0,
          },
    )
}
