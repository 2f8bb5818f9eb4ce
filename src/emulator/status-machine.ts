import { toEpochMs } from '../schema/instant.ts'
import type { ActionStore } from './action-store.ts'
import { commandsFailed, commandsRun } from './command-results.ts'
import { hresultOf } from './hresult.ts'
import type { Isolations } from './isolations.ts'
import type { MachineStore } from './machine-store.ts'
import type { Random } from './random.ts'
import type { Fate } from './scenario-types.ts'
import type { Schedule } from './schedule.ts'
import type { Settings } from './settings.ts'
import { spanMs } from './span.ts'
import { addTicks, type Stamper } from './stamp.ts'
import { hasEnded, type StoredAction } from './stored-action.ts'
import { comeBack, fallSilent, type StoredMachine } from './stored-machine.ts'

/** Who cancels an action, and in what words. */
export interface Cancellation {
  readonly requestor: string
  readonly comment: string | null
}

/** How soon a device takes an action up, and the share of its time where that is shorter. */
const PICKUP_MS = 3000
const PICKUP_SHARE = 1 / 3
const WEEK_MS = 7 * 86_400_000

/** Moves actions from Pending to their end, as time passes (docs/service.md#status-machine). */
export class StatusMachine {
  readonly #settings: Settings
  readonly #schedule: Schedule
  readonly #actions: ActionStore
  readonly #machines: MachineStore
  readonly #isolations: Isolations
  readonly #stamper: Stamper
  readonly #random: Random
  readonly #fates: Map<string, Fate> = new Map()

  constructor(
    settings: Settings,
    schedule: Schedule,
    actions: ActionStore,
    machines: MachineStore,
    isolations: Isolations,
    stamper: Stamper,
    random: Random,
  ) {
    this.#settings = settings
    this.#schedule = schedule
    this.#actions = actions
    this.#machines = machines
    this.#isolations = isolations
    this.#stamper = stamper
    this.#random = random
  }

  /** Sets an action that is in flight on its course: to its fate, or to Succeeded after its settle time. */
  begin(record: StoredAction, fate: Fate, nowMs: number): void {
    this.#fates.set(record.id, fate)
    const machine = this.#machines.find(record.machineId)
    if (machine === undefined || this.#answers(machine)) this.#run(record, fate, nowMs)
    else this.#wait(record, fate)
  }

  /** Whether the device of a record answers: the record itself, or another one of that device. */
  #answers(machine: StoredMachine): boolean {
    return this.#recordsOf(machine).some(({ online }) => online)
  }

  /** Every record of one device: those that were merged share it. */
  #recordsOf(machine: StoredMachine): readonly StoredMachine[] {
    const { mergedIntoMachineId: heir } = machine.facts
    const isAlone = heir === null && !this.#machines.hasMerged()
    return isAlone ? [machine] : this.#machines.all().filter(({ device }) => device === machine.device)
  }

  /** The device works on the action. */
  #run(record: StoredAction, fate: Fate, nowMs: number): void {
    const settle = fate.after === undefined ? this.#settleMs(record) : spanMs(fate.after)
    const pickup =
      fate.inProgressAfter === 'never'
        ? Number.POSITIVE_INFINITY
        : fate.inProgressAfter === undefined
          ? Math.min(PICKUP_MS, settle * PICKUP_SHARE)
          : spanMs(fate.inProgressAfter)
    const course = this.#newCourse(record)
    if (record.status === 'Pending' && (pickup < settle || fate.end === 'never') && Number.isFinite(pickup))
      this.#plan(record, course, nowMs + pickup, atMs => this.#pickUp(record, atMs))
    const { end = 'Succeeded' } = fate
    if (end !== 'never')
      this.#plan(record, course, nowMs + settle, atMs => this.#end(record, end, fate, atMs))
  }

  /** The device does not answer: the action stays as it is, until the service gives up or the device is back. */
  #wait(record: StoredAction, fate: Fate): void {
    const course = this.#newCourse(record)
    if (fate.end === 'never') return
    const { offlineTimeoutMs, liveResponseQueue } = this.#settings
    const isQueued = record.type === 'LiveResponse'
    const deadline = toEpochMs(record.creation) + (isQueued ? liveResponseQueue.forMs : offlineTimeoutMs)
    const end = isQueued ? liveResponseQueue.end : 'TimeOut'
    if (end !== 'never') this.#plan(record, course, deadline, atMs => this.#end(record, end, {}, atMs))
  }

  #settleMs(record: StoredAction): number {
    const settle = this.#settings.settleMs(record.type, record.scope)
    const { jitter } = this.#settings
    return jitter === 0 ? settle : settle * (1 + jitter * (2 * this.#random.next() - 1))
  }

  #newCourse(record: StoredAction): number {
    record.course += 1
    return record.course
  }

  #plan(record: StoredAction, course: number, atMs: number, step: (atMs: number) => void): void {
    this.#schedule.at(atMs, due => {
      if (record.course === course && !hasEnded(record)) step(due)
    })
  }

  #pickUp(record: StoredAction, atMs: number): void {
    record.status = 'InProgress'
    record.update = this.#stamper.stamp(atMs)
    this.#actions.touch(record)
  }

  #end(record: StoredAction, end: Exclude<Fate['end'], undefined | 'never'>, fate: Fate, atMs: number): void {
    if (end === 'Cancelled') {
      const requestor = fate.cancelledBy ?? 'analyst@contoso.com'
      this.#noteCancellation(record, { requestor, comment: fate.cancellationComment ?? null }, atMs)
    }
    record.status = end
    record.update =
      end === 'Cancelled' && record.cancellation !== null
        ? addTicks(record.cancellation, 1)
        : this.#stamper.stamp(atMs)
    record.errorHResult = fate.errorHResult ?? hresultOf(end)
    record.exitCode = fate.exitCode ?? record.exitCode
    if (record.commands.length > 0) this.#endCommands(record, end, fate)
    this.#actions.touch(record)
    this.#fates.delete(record.id)
    if (end === 'Succeeded') this.applyEffect(record)
  }

  #endCommands(record: StoredAction, end: string, fate: Fate): void {
    if (end === 'Succeeded') record.commands = commandsRun(record.commands, record.creation, record.update)
    if (end === 'Failed') record.commands = commandsFailed(record.commands, record.update, fate.errors ?? [])
  }

  /** Makes true on the device what a succeeded action says. */
  applyEffect(record: StoredAction): void {
    const machine = this.#machines.find(record.machineId)
    if (machine === undefined) return
    switch (record.type) {
      case 'Isolate':
      case 'Unisolate':
        this.#isolations.apply(record, machine)
        return
      case 'RestrictCodeExecution':
      case 'UnrestrictCodeExecution':
        machine.device.restricted = record.type === 'RestrictCodeExecution'
        return
      case 'Offboard':
        this.#offboard(machine, toEpochMs(record.update))
        return
      default:
    }
  }

  /** After an offboard the record still says Onboarded; the sensor is silent, so a week later it is Inactive. */
  #offboard(machine: StoredMachine, atMs: number): void {
    this.goOffline(machine, atMs)
    this.#schedule.at(atMs + WEEK_MS, () => {
      if (!machine.online) this.#machines.change(machine, { healthStatus: 'Inactive' })
    })
  }

  /** A machine stops answering: what is in flight there waits. */
  goOffline(machine: StoredMachine, atMs: number): void {
    if (!machine.online) return
    fallSilent(machine, atMs)
    if (this.#answers(machine)) return
    for (const record of this.#inFlightOn(machine)) this.#wait(record, this.#fates.get(record.id) ?? {})
  }

  /** A machine answers again: it takes up what waits for it. */
  goOnline(machine: StoredMachine, atMs: number): void {
    if (machine.online) return
    const answered = this.#answers(machine)
    comeBack(machine, atMs)
    if (answered) return
    for (const record of this.#inFlightOn(machine)) this.#run(record, this.#fates.get(record.id) ?? {}, atMs)
  }

  #inFlightOn(machine: StoredMachine): readonly StoredAction[] {
    return this.#recordsOf(machine).flatMap(({ facts }) => this.#actions.inFlightOn(facts.id))
  }

  /** Cancels an action in flight, at once or after the scenario's time. */
  cancel(record: StoredAction, by: Cancellation, nowMs: number): void {
    this.#noteCancellation(record, by, nowMs)
    const { cancelSettleMs, cancelEnd } = this.#settings
    if (cancelSettleMs === 0) {
      this.#end(record, cancelEnd, {}, nowMs)
      return
    }
    const course = this.#newCourse(record)
    this.#actions.touch(record)
    this.#plan(record, course, nowMs + cancelSettleMs, atMs => this.#end(record, cancelEnd, {}, atMs))
  }

  #noteCancellation(record: StoredAction, by: Cancellation, atMs: number): void {
    if (record.cancellation !== null) return
    record.cancellationRequestor = by.requestor
    record.cancellationComment = by.comment
    record.cancellation = this.#stamper.stamp(atMs)
  }

  /** Ends now everything in flight that would end by itself. */
  settleAll(nowMs: number): void {
    for (const record of this.#actions.inFlight()) {
      const fate = this.#fates.get(record.id) ?? {}
      const machine = this.#machines.find(record.machineId)
      if ((machine === undefined || this.#answers(machine)) && fate.end !== 'never')
        this.#end(record, fate.end ?? 'Succeeded', fate, nowMs)
    }
  }
}
