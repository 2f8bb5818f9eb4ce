import type { HoldLens } from '../posture/hold-lens.ts'
import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { foldMergedActions, type Merges, resolveMerges } from '../posture/merges.ts'
import { fromEpochMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import type { Moment } from './run-clock.ts'

const EARLIEST = fromEpochMs(0)

/**
 * What has been read of the service so far: every machine and action in its latest reading, and when each machine
 * was last looked at. What is observed beats what is remembered, and an end beats everything.
 */
export class KnownActions {
  readonly #machines = new Map<string, Machine>()
  readonly #actions = new Map<string, MachineAction>()
  readonly #byMachine = new Map<string, Map<string, MachineAction>>()
  readonly #lookedAt = new Map<string, Moment>()
  #merges: Merges | undefined
  #latestStamp = EARLIEST

  /** What holds were folded with at the first look, its time aside. */
  readonly lens: HoldLens

  constructor(machines: readonly Machine[], actions: readonly MachineAction[], lens: HoldLens) {
    this.lens = lens
    this.mergeMachines(machines)
    this.merge(actions)
  }

  mergeMachines(machines: readonly Machine[]): void {
    for (const machine of machines) this.#machines.set(machine.id, machine)
    this.#merges = undefined
  }

  /** Which of the known records are one device. */
  get merges(): Merges {
    this.#merges ??= resolveMerges(this.#machines.values())
    return this.#merges
  }

  /** These records and all others of their devices, sorted. */
  recordIds(machineIds: readonly string[]): readonly string[] {
    const records = machineIds.flatMap(id => this.merges.recordsOf(id).map(record => record.id))
    return [...new Set([...machineIds, ...records])].sort()
  }

  /** Takes over what a look at some machines found; one that it did not find has no record any more. */
  replaceMachines(ids: readonly string[], machines: readonly Machine[]): void {
    for (const id of ids) this.#machines.delete(id)
    this.mergeMachines(machines)
  }

  /**
   * Takes readings over; an older reading of an action never replaces a newer one. What was done to a merged record
   * counts for the one that remains.
   */
  merge(actions: readonly MachineAction[]): void {
    for (const action of foldMergedActions(actions, this.merges)) {
      const known = this.#actions.get(action.id)
      if (known !== undefined && isNewer(known, action)) continue
      this.#actions.set(action.id, action)
      if (action.lastUpdateDateTimeUtc > this.#latestStamp) this.#latestStamp = action.lastUpdateDateTimeUtc
      const onMachine = this.#byMachine.get(action.machineId)
      if (onMachine === undefined) this.#byMachine.set(action.machineId, new Map([[action.id, action]]))
      else onMachine.set(action.id, action)
    }
  }

  /** The latest time at which the service changed anything that was read: its clock is not behind it. */
  get latestStamp(): Instant {
    return this.#latestStamp
  }

  machine(id: string): Machine | undefined {
    return this.#machines.get(id)
  }

  get(actionId: string): MachineAction | undefined {
    return this.#actions.get(actionId)
  }

  /** All known actions of a machine, in the order in which they were first read. */
  of(machineId: string): readonly MachineAction[] {
    return [...(this.#byMachine.get(machineId)?.values() ?? [])]
  }

  /** Notes that everything about these machines was asked for at a moment. */
  markLooked(machineIds: Iterable<string>, at: Moment): void {
    for (const id of machineIds) this.#lookedAt.set(id, at)
  }

  lookedAt(machineId: string): Moment | undefined {
    return this.#lookedAt.get(machineId)
  }
}

function isNewer(known: MachineAction, reading: MachineAction): boolean {
  if (endOf(known.status) !== null && endOf(reading.status) === null) return true
  return known.lastUpdateDateTimeUtc > reading.lastUpdateDateTimeUtc && endOf(reading.status) === null
}
