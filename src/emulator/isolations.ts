import { fromEpochMs, toEpochMs } from '../schema/instant.ts'
import type { ActionStore } from './action-store.ts'
import type { Device } from './device.ts'
import type { LapseSettings } from './lapse-settings.ts'
import type { MachineStore } from './machine-store.ts'
import type { Schedule } from './schedule.ts'
import { type ActionContext, createAction } from './seed-action.ts'
import { addTicks } from './stamp.ts'
import type { StoredAction } from './stored-action.ts'
import type { StoredMachine } from './stored-machine.ts'

type Level = 'none' | 'Full' | 'Selective'

/** Isolates and frees devices, and ends isolations by themselves (docs/service.md#isolation-lapse). */
export class Isolations {
  readonly #settings: LapseSettings
  readonly #schedule: Schedule
  readonly #actions: ActionStore
  readonly #context: ActionContext

  constructor(settings: LapseSettings, schedule: Schedule, actions: ActionStore, context: ActionContext) {
    this.#settings = settings
    this.#schedule = schedule
    this.#actions = actions
    this.#context = context
  }

  /** Makes true on the device what a succeeded Isolate or Unisolate says. */
  apply(record: StoredAction, machine: StoredMachine): void {
    const { device } = machine
    const atMs = toEpochMs(record.update)
    this.#settle(device, atMs)
    if (record.type === 'Unisolate') {
      this.#change(device, 'none', atMs)
      return
    }
    if (record.scope === 'UnManagedDevice') {
      device.isolation = 'UnManagedDevice'
      return
    }
    const fromMs = this.#settings.from === 'creation' ? toEpochMs(record.creation) : atMs
    const scope = record.scope === 'Selective' ? 'Selective' : 'Full'
    this.#isolate(machine, scope, atMs, fromMs + (record.lastsMs ?? this.#usualMs(scope)))
  }

  /** Frees or isolates a device without any action. */
  set(machine: StoredMachine, level: Level, atMs: number, lastsMs: number | undefined): void {
    if (level === 'none') this.#change(machine.device, 'none', atMs)
    else this.#isolate(machine, level, atMs, atMs + (lastsMs ?? this.#usualMs(level)))
  }

  /** Two records are of one device from now on: what holds on either holds on it. */
  merge(machine: StoredMachine, heir: StoredMachine, atMs: number): void {
    const { isolation, lapse } = machine.device
    machine.device.lapse = undefined
    machine.device = heir.device
    if (heir.device.isolation !== 'none' || isolation === 'none') return
    this.#change(heir.device, isolation, atMs)
    heir.device.lapse = lapse
    this.#plan(heir.device)
  }

  #usualMs(scope: 'Full' | 'Selective'): number {
    const { afterMs, endsSelective } = this.#settings
    return scope === 'Selective' && !endsSelective ? Number.POSITIVE_INFINITY : afterMs
  }

  #isolate({ device, facts }: StoredMachine, scope: 'Full' | 'Selective', atMs: number, endMs: number): void {
    const keeps = device.lapse !== undefined && !this.#settings.extends
    if (!keeps) device.lapse = Number.isFinite(endMs) ? { atMs: endMs, machineId: facts.id } : undefined
    const { lapse } = device
    this.#change(device, scope, atMs)
    device.lapse = lapse
    if (!keeps) this.#plan(device)
  }

  #change(device: Device, isolation: Device['isolation'], atMs: number): void {
    device.isolation = isolation
    device.changes.push({ atMs, isIsolated: isolation !== 'none' })
    device.lapse = undefined
  }

  #plan(device: Device): void {
    const { lapse } = device
    if (lapse === undefined) return
    this.#schedule.at(lapse.atMs + this.#settings.lateMs, atMs => {
      if (device.lapse === lapse) this.#end(device, lapse.machineId, atMs)
    })
  }

  /** Ends what ended before a time: the history of a scenario is replayed before its clock starts. */
  #settle(device: Device, beforeMs: number): void {
    const { lapse } = device
    if (lapse === undefined || lapse.atMs + this.#settings.lateMs > beforeMs) return
    this.#end(device, lapse.machineId, lapse.atMs + this.#settings.lateMs)
  }

  /** What ended before the start is told by nothing: the history before it is as the scenario states it. */
  #end(device: Device, machineId: string, atMs: number): void {
    this.#change(device, 'none', atMs)
    const { record, requestor, requestSource } = this.#settings
    if (record === 'none' || atMs <= this.#context.startMs) return
    const creation = addTicks(fromEpochMs(atMs), this.#context.random.below(10_000))
    const lift = createAction(
      {
        type: 'Unisolate',
        machineId,
        requestor: record === 'unnamed' ? null : requestor,
        requestSource,
        creationDateTimeUtc: creation,
        lastUpdateDateTimeUtc: addTicks(creation, 3 + this.#context.random.below(32)),
      },
      this.#context,
    )
    this.#actions.add(lift)
  }
}

/** Makes records that were merged away, and do not answer, share the device of the record that remains. */
export function joinMerged(machines: MachineStore, isolations: Isolations, atMs: number): void {
  for (const machine of machines.all()) {
    const heir = heirOf(machines, machine)
    if (heir !== undefined && heir.device !== machine.device && !machine.online)
      isolations.merge(machine, heir, atMs)
  }
}

function heirOf(machines: MachineStore, machine: StoredMachine): StoredMachine | undefined {
  const seen = new Set<StoredMachine>()
  let heir: StoredMachine | undefined
  let next = machine.facts.mergedIntoMachineId
  while (next !== null) {
    const found = machines.find(next)
    if (found === undefined || found === machine || seen.has(found)) return heir
    seen.add(found)
    heir = found
    next = found.facts.mergedIntoMachineId
  }
  return heir
}
