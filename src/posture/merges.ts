import { addMs } from '../schema/instant.ts'
import { compareText } from './history.ts'
import type { Machine } from './machine.ts'
import type { MachineAction } from './machine-action.ts'

/** A merged record seen later than this after the other began lives on (docs/contract.md#merged-records). */
const ALIVE_AFTER_MS = 3_600_000

/** A record that was merged into another, of which nothing is known. */
export interface UnresolvedMerge {
  readonly machine: Machine
  /** The record is not there, or the merges lead in a circle. */
  readonly why: 'no-record' | 'circle'
}

/** Which records are one device (docs/contract.md#merged-records). */
export interface Merges {
  /** The record that remains of a record's device; itself where it was merged into none, or into one that is not there. */
  heirOf(recordId: string): string
  /** The record that a record's actions count for: the one that remains, itself where it lives on beside that one. */
  ownerOf(recordId: string): string
  /** Records that were merged into this one and live on beside it, by id. */
  twinsOf(heirId: string): readonly Machine[]
  /** All records of a record's device, the one that remains first. */
  recordsOf(recordId: string): readonly Machine[]
  readonly unresolved: readonly UnresolvedMerge[]
}

/** Finds out which records are one device; merges may be chained. Each id once. */
export function resolveMerges(machines: Iterable<Machine>): Merges {
  const byId = new Map<string, Machine>()
  for (const machine of machines) byId.set(machine.id, machine)
  const merged = [...byId.values()]
    .filter(({ mergedIntoMachineId }) => mergedIntoMachineId !== null)
    .sort((a, b) => compareText(a.id, b.id))
  const heirs = new Map<string, string>()
  const unresolved: UnresolvedMerge[] = []
  const families = new Map<string, Machine[]>()
  for (const machine of merged) {
    const heir = followMerges(machine, byId)
    if (typeof heir === 'string') unresolved.push({ machine, why: heir })
    else {
      heirs.set(machine.id, heir.id)
      families.set(heir.id, [...(families.get(heir.id) ?? [heir]), machine])
    }
  }
  const heirOf = (id: string): string => heirs.get(id) ?? id
  const twinsOf = (heirId: string): readonly Machine[] => {
    const [heir, ...others] = families.get(heirId) ?? []
    return heir === undefined ? [] : others.filter(other => livesOn(other, heir))
  }
  return {
    heirOf,
    ownerOf: id => {
      const heirId = heirOf(id)
      return twinsOf(heirId).some(twin => twin.id === id) ? id : heirId
    },
    twinsOf,
    recordsOf: id => families.get(heirOf(id)) ?? [byId.get(id)].filter(record => record !== undefined),
    unresolved,
  }
}

/** The record at the end of a chain of merges, or why there is none. */
function followMerges(
  machine: Machine,
  byId: ReadonlyMap<string, Machine>,
): Machine | UnresolvedMerge['why'] {
  const seen = new Set<string>()
  let record = machine
  while (record.mergedIntoMachineId !== null) {
    if (seen.has(record.id)) return 'circle'
    seen.add(record.id)
    const next = byId.get(record.mergedIntoMachineId)
    if (next === undefined) return 'no-record'
    record = next
  }
  return record
}

function livesOn(record: Machine, heir: Machine): boolean {
  if (record.lastSeen === null || heir.firstSeen === null) return false
  return record.lastSeen > addMs(heir.firstSeen, ALIVE_AFTER_MS)
}

/**
 * Lets the actions of merged records count for the record that remains. Each keeps the record that the service lists it
 * under. Done twice it changes nothing more.
 */
export function foldMergedActions(
  actions: readonly MachineAction[],
  merges: Merges,
): readonly MachineAction[] {
  return actions.map(action => {
    const owner = merges.ownerOf(action.machineId)
    return owner === action.machineId ? action : { ...action, machineId: owner, recordId: action.machineId }
  })
}
