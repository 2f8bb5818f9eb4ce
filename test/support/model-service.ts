import type { Change, Plan } from '../../src/plan/document/document.ts'
import { markerOf } from '../../src/plan/document/marker-of.ts'
import type { Evidence } from '../../src/posture/evidence.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { TERMINAL_STATUSES } from '../../src/posture/methods.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import { action, actionId } from './build-core.ts'

/** How the model ends what it is sent, in turn. */
export type Ends = () => 'Succeeded' | 'Failed' | 'TimeOut'

const STEP_MS = 60_000
const WEEK_MS = 7 * 86_400_000

function orderOf(one: MachineAction): string {
  return one.lastUpdateDateTimeUtc + one.creationDateTimeUtc + one.id
}

/**
 * A service as small as it can be: it takes a plan's requests one after another and ends each before the next.
 * It shares no code with the emulator, so that the core is held against two readings of the contract.
 */
export class ModelService {
  #actions: MachineAction[]
  #now: Instant
  #next = 100_000
  readonly #ends: Ends

  constructor(actions: readonly MachineAction[], now: Instant, ends: Ends) {
    this.#actions = [...actions]
    this.#now = now
    this.#ends = ends
  }

  get actions(): readonly MachineAction[] {
    return this.#actions
  }

  get now(): Instant {
    return this.#now
  }

  /** Ends everything that is in flight, as the service does by itself within days. */
  settle(): void {
    this.#actions = this.#actions.map(one =>
      TERMINAL_STATUSES.has(one.status) ? one : this.#ended(one, this.#ends()),
    )
  }

  /**
   * What each device of the history reports of itself at a time, honestly: isolated for seven days from the last update
   * of the first isolation since it was last free, unless it was released or offboarded before.
   */
  reports(when: Instant): readonly Evidence[] {
    const ids = [...new Set(this.#actions.map(one => one.machineId))]
    return ids.map(id => ({ machineId: id, at: when, isolated: this.#isIsolated(id, when) }))
  }

  #isIsolated(id: string, when: Instant): boolean {
    const effects = this.#actions
      .filter(one => one.machineId === id && one.status === 'Succeeded' && one.lastUpdateDateTimeUtc <= when)
      .filter(({ type }) => type === 'Isolate' || type === 'Unisolate' || type === 'Offboard')
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    let heldFrom: Instant | null = null
    let isContained = false
    for (const { type, scope, lastUpdateDateTimeUtc: update } of effects) {
      if (heldFrom !== null && update > addMs(heldFrom, WEEK_MS)) heldFrom = null
      isContained = type === 'Isolate' && scope === 'UnManagedDevice'
      if (type !== 'Isolate') heldFrom = null
      else if (!isContained) heldFrom ??= update
    }
    return heldFrom !== null && !isContained && when <= addMs(heldFrom, WEEK_MS)
  }

  /** Does what a plan asks, in an order that respects `dependsOn`; a change whose dependency failed is left out. */
  apply(plan: Plan, name: string | undefined): void {
    for (const { actionId: id, awaited } of plan.inFlight) if (awaited) this.#end(id, this.#ends())
    const open = new Map(plan.changes.map(change => [change.address, change]))
    const failed = new Set<string>()
    for (let before = -1; before !== open.size; ) {
      before = open.size
      for (const [address, change] of open) {
        if (change.dependsOn.some(other => other !== address && open.has(other))) continue
        open.delete(address)
        const waits =
          change.facet === 'isolated' || change.facet === 'restricted' || change.facet === 'offboarded'
        const stopped = waits && change.dependsOn.some(other => failed.has(other))
        if (stopped || !this.#send(change, plan, name)) failed.add(address)
      }
    }
  }

  #send(change: Change, plan: Plan, name: string | undefined): boolean {
    if (change.dependsOn.includes(change.address)) this.#endFlights(change)
    for (const request of change.requests) {
      const comment = appendMarker(request.body.Comment, markerOf(plan.planId, change, name))
      if (request.type === 'Cancel') {
        this.#cancel(request.actionId, comment)
        continue
      }
      const status = this.#ends()
      const body: Readonly<Record<string, unknown>> = request.body
      const sha1 = body['Sha1']
      this.#actions.push(
        this.#ended(
          action({
            id: actionId(this.#next++),
            type: request.type,
            machineId: change.machine.id,
            requestorComment: comment,
            status: 'Pending',
            creationDateTimeUtc: this.#tick(),
            scope: (body['IsolationType'] ?? body['ScanType'] ?? null) as string | null,
            relatedFileInfo:
              typeof sha1 === 'string' ? { fileIdentifier: sha1, fileIdentifierType: 'Sha1' } : null,
            commands: (
              (body['Commands'] ?? []) as { type: string; params: { key: string; value: string }[] }[]
            ).map((command, index) => ({ index, commandStatus: 'Completed', errors: [], ...command })),
          }),
          status,
        ),
      )
      if (status !== 'Succeeded') return false
    }
    return true
  }

  #tick(): Instant {
    this.#now = addMs(this.#now, STEP_MS)
    return this.#now
  }

  #ended(one: MachineAction, status: string): MachineAction {
    return { ...one, status, lastUpdateDateTimeUtc: this.#tick() }
  }

  #end(id: string, status: string): void {
    this.#actions = this.#actions.map(one =>
      one.id === id && !TERMINAL_STATUSES.has(one.status) ? this.#ended(one, status) : one,
    )
  }

  #endFlights(change: Change): void {
    const type = change.requests[0]?.type
    for (const one of this.#actions) {
      if (one.machineId === change.machine.id && one.type === type) this.#end(one.id, 'Succeeded')
    }
  }

  #cancel(id: string, comment: string): void {
    this.#actions = this.#actions.map(one =>
      one.id === id && !TERMINAL_STATUSES.has(one.status)
        ? {
            ...this.#ended(one, 'Cancelled'),
            cancellationRequestor: 'Holdfast',
            cancellationComment: comment,
          }
        : one,
    )
  }
}
