import type { Rollout } from '../plan/assemble/rollout.ts'
import type { Change, Plan } from '../plan/document/document.ts'
import { idOf, markerOf } from '../plan/document/marker-of.ts'
import type { Recheck, RecheckContext } from '../plan/judge/recheck.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { appendMarker } from '../posture/marker.ts'
import { addMs, type Instant, msBetween } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import type { Asked } from './asked.ts'
import { type ApplyCode, explain } from './codes.ts'
import type { SentImpose } from './crossing-queue.ts'
import { type ChangeItem, type Item, isChangeItem, opensChain, requestAt, type Stage } from './item.ts'
import type { KnownActions } from './known-actions.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { Ledger } from './ledger.ts'
import { messageOf } from './message-of.ts'
import { inSendingOrder } from './order.ts'
import type { QuotaWindows } from './quota-windows.ts'
import { type RecheckInput, recheckAsked, recheckNow } from './recheck-now.ts'
import { type ItemEvent, reduceItem } from './reduce-item.ts'
import type { ApplyResult } from './result.ts'
import { type ChangeKey, findSubmitted, keyOf } from './resume.ts'
import type { Moment, RunClock } from './run-clock.ts'
import type { WaveGate } from './wave-gate.ts'
import { isOfRecord, isOfStore } from './write-failure.ts'

/** What a run is made of once everything was checked. */
export interface RunParts {
  readonly plan: Plan
  readonly deps: ApplyDependencies
  readonly options: ApplyOptions
  readonly clock: RunClock
  readonly items: ReadonlyMap<string, Item>
  readonly known: KnownActions
  readonly asked: Asked
  readonly windows: QuotaWindows
  readonly lease: LeaseKeeper
  readonly gate: WaveGate
  /** The waves that were skipped by request. */
  readonly skipped: Rollout | undefined
  /** The service's clock minus that of the run. */
  readonly skewMs: number
  readonly startedAt: Instant
  /** When the first look began. */
  readonly observedAt: Moment
  /** Ids of the actions that belong to before a retry. */
  readonly setAside: ReadonlySet<string>
}

/** `Date` is cut to the second, and the answer was on its way: so much says nothing. */
const SKEW_NOISE_MS = 5000

/** The id of the plan's renewals, by the address of each. */
function renewalsIn({ changes, renewalsId }: Plan): ReadonlyMap<string, string> {
  return new Map(
    changes.flatMap(({ address, renews }) =>
      renews === undefined || renewalsId === undefined ? [] : [[address, renewalsId] as const],
    ),
  )
}

/** The longest rest between two looks at what is due. */
const MAX_REST_MS = 60_000

/**
 * What the queues of one run share: the items, what is known of the service, the journal, and the loop's bell.
 *
 * Queues start tasks; a task tells the run what happened and rings, and the loop looks again at what is due.
 */
export class Run {
  readonly plan: Plan
  readonly deps: ApplyDependencies
  readonly options: ApplyOptions
  readonly clock: RunClock
  readonly known: KnownActions
  readonly asked: Asked
  readonly windows: QuotaWindows
  readonly lease: LeaseKeeper
  readonly ledger: Ledger
  readonly gate: WaveGate
  readonly skipped: Rollout | undefined
  readonly startedAt: Instant
  readonly diagnostics: ApplyResult['diagnostics'][number][] = []
  /** Imposes that left, in that order, until what crossed them must have been listed. */
  readonly imposes: Map<string, SentImpose> = new Map()
  /** What is said of changes that somebody's lift crossed, by address. */
  readonly crossed: Map<string, string> = new Map()
  /** Looks before this time do not count: somebody else may have held the lease since. */
  looksFrom: Instant
  /** When a request was last answered; before the first one of a wave, when its sending began. */
  lastSubmitAt: Instant
  hasSubmitted = false
  /** Whether a request has left, answered or not. */
  hasSent = false
  /** Whether the lease was lost after something was sent: nothing more is, and what was sent is awaited. */
  isAbandoned = false
  /** The code of the error that stopped submitting; null while it goes on. */
  stoppedBy: ApplyCode | null = null
  readonly #items: Map<string, Item>
  /** Items with something to send, in the order at the start; and where each stands in it. */
  readonly #ordered: ChangeItem[]
  readonly #places: ReadonlyMap<string, number>
  readonly #reserved = new Map<string, string>()
  /** Addresses of the items whose stage is another one since somebody last asked. */
  #moved: Set<string>
  readonly #byMachine = new Map<string, string[]>()
  #skewMs: number
  readonly #setAside: ReadonlySet<string>
  #tasks = 0
  #crash: { readonly error: unknown } | undefined
  #rung = false
  #ring: (() => void) | undefined

  constructor(parts: RunParts) {
    const { plan, deps, options } = parts
    this.plan = plan
    this.deps = deps
    this.options = options
    this.clock = parts.clock
    this.known = parts.known
    this.asked = parts.asked
    this.windows = parts.windows
    this.lease = parts.lease
    this.gate = parts.gate
    this.skipped = parts.skipped
    this.startedAt = parts.startedAt
    this.lastSubmitAt = parts.clock.now()
    this.looksFrom = parts.observedAt.at
    this.#skewMs = parts.skewMs
    this.#setAside = parts.setAside
    this.#items = new Map(parts.items)
    this.#moved = new Set(this.#items.keys())
    for (const { address, machineId } of this.#items.values()) {
      const addresses = this.#byMachine.get(machineId)
      if (addresses === undefined) this.#byMachine.set(machineId, [address])
      else addresses.push(address)
    }
    this.#ordered = [...inSendingOrder(this.#items.values())]
    this.#places = new Map(this.#ordered.map(({ address }, place) => [address, place]))
    const common = { runId: options.runId, planId: plan.planId }
    this.ledger = new Ledger(
      deps.journal,
      parts.clock,
      common,
      error => {
        if (isOfStore(error)) this.abandon(messageOf(error))
        else this.stop(isOfRecord(error) ? 'audit-failed' : 'journal-failed', messageOf(error))
      },
      renewalsIn(plan),
    )
    options.signal.addEventListener('abort', () => this.ring())
    this.lease.onAsked(() => this.ring())
    this.lease.onLost(() => this.abandon('It was not renewed in time, or somebody took it from this run.'))
  }

  get items(): Iterable<Item> {
    return this.#items.values()
  }

  /** The items with something to send, as they are to be sent: machines that a chain left open first. */
  inOrder(): readonly ChangeItem[] {
    const items = this.#ordered
    if (!items.some(item => item.opened)) return items
    return [...items.filter(item => item.opened), ...items.filter(item => !item.opened)]
  }

  /** Whether something happened since the loop last looked. */
  get isRung(): boolean {
    return this.#rung
  }

  /** Whether nothing more may be submitted. */
  get isStopped(): boolean {
    return this.stoppedBy !== null || this.options.signal.aborted
  }

  /** How many tasks have not ended. */
  get tasks(): number {
    return this.#tasks
  }

  item(address: string): Item | undefined {
    return this.#items.get(address)
  }

  /** Whether the plan does only one thing on a machine. */
  isAlone(machineId: string): boolean {
    return this.#byMachine.get(machineId)?.length === 1
  }

  itemsOf(machineId: string): readonly Item[] {
    return (this.#byMachine.get(machineId) ?? []).flatMap(address => this.#items.get(address) ?? [])
  }

  /** Tells an item what happened to it. */
  dispatch(address: string, event: ItemEvent): void {
    const item = this.#items.get(address)
    if (item === undefined) return
    const next = reduceItem(item, event)
    this.#store(next)
    if (next.stage.kind !== item.stage.kind) this.#moved.add(address)
    if (next.stage.kind === 'ended' || (next.stage.kind === 'queued' && opensChain(next))) this.#free(address)
    this.ring()
  }

  /** The items to which something happened since this was last asked; at first all of them. */
  takeMoved(): readonly Item[] {
    const moved = [...this.#moved].flatMap(address => this.#items.get(address) ?? [])
    this.#moved = new Set()
    return moved
  }

  /** Keeps a place in the quota for a later request of a chain. */
  reserve(address: string, path: string): void {
    this.windows.take(path)
    this.#reserved.set(address, path)
  }

  /** Says whether a place on a path is kept for a change. */
  hasReserved(address: string, path: string): boolean {
    return this.#reserved.get(address) === path
  }

  /** Counts a request that leaves now, on the place that was kept for it where there is one. */
  takeQuota(address: string, path: string): void {
    if (this.hasReserved(address, path)) this.#reserved.delete(address)
    else this.windows.take(path)
  }

  #store(item: Item): void {
    this.#items.set(item.address, item)
    const place = this.#places.get(item.address)
    if (place !== undefined && isChangeItem(item)) this.#ordered[place] = item
  }

  #free(address: string): void {
    const path = this.#reserved.get(address)
    if (path === undefined || !this.#reserved.delete(address)) return
    this.windows.giveBack(path)
  }

  /** Says otherwise about an item that has ended, for what only shows at the end of the run. */
  conclude(address: string, stage: Stage & { readonly kind: 'ended' }): void {
    const item = this.#items.get(address)
    if (item !== undefined) this.#store({ ...item, stage })
  }

  /** Ends submitting for good; what is in flight keeps its outcome. */
  stop(code: ApplyCode, message: string): void {
    this.stoppedBy ??= code
    this.diagnostics.push({ severity: 'error', code, message: explain(code, message) })
    this.ring()
  }

  /**
   * Ends submitting without the lease: before the first request that is an error, after it what was sent is awaited by
   * reads (docs/contract.md#lease-in-store).
   */
  abandon(message: string): void {
    if (this.isAbandoned) return
    if (!this.hasSent) {
      this.stop('lease-lost', message)
      return
    }
    this.isAbandoned = true
    this.diagnostics.push({ severity: 'error', code: 'lease-lost', message: explain('lease-lost', message) })
    this.ring()
  }

  /** Gives the lease back where it is held, and says from when on lists have what was submitted. */
  async giveLeaseBack(): Promise<void> {
    const listedFrom = this.clock.toWall(addMs(this.lastSubmitAt, this.options.lookupMs))
    if (await this.lease.release(this.hasSubmitted ? listedFrom : undefined)) return
    const message = explain('lease-not-released')
    this.diagnostics.push({ severity: 'warning', code: 'lease-not-released', message })
  }

  /** Starts something that ends by itself. Its failure, which is a defect, ends the run. */
  spawn(task: () => Promise<void>): void {
    this.#tasks += 1
    void task()
      .catch((error: unknown) => {
        this.#crash ??= { error }
      })
      .finally(() => {
        this.#tasks -= 1
        this.ring()
      })
  }

  /** Throws what a task threw. */
  rethrow(): void {
    if (this.#crash !== undefined) throw this.#crash.error
  }

  /** Wakes the loop. */
  ring(): void {
    this.#rung = true
    this.#ring?.()
  }

  /** Rests until a time, or until somebody rings. */
  async restUntil(until: Instant): Promise<void> {
    if (!this.#rung) {
      const alarm = new AbortController()
      this.#ring = () => alarm.abort()
      const ms = msBetween(this.clock.now(), until)
      await this.clock.sleep(Math.max(1, Math.min(ms, MAX_REST_MS)), alarm.signal)
      this.#ring = undefined
    }
    this.#rung = false
  }

  /**
   * Notes what an answer told of the service's clock, where that is not what we thought: while a machine is suspended
   * the clock of the run stands still.
   *
   * @param wallSkewMs - The service's clock minus that of the wall.
   */
  noteServiceTime(wallSkewMs: number): void {
    const skewMs = wallSkewMs + this.clock.moment().wallAheadMs
    if (Math.abs(skewMs - this.#skewMs) > SKEW_NOISE_MS) this.#skewMs = skewMs
  }

  /** The service's clock as we estimate it. */
  serviceNow(): Instant {
    return addMs(this.clock.now(), this.#skewMs)
  }

  /** One of our times by the service's clock. */
  toServiceTime(at: Instant): Instant {
    return addMs(at, this.#skewMs)
  }

  /** One of the service's times by our clock. */
  toOurTime(at: Instant): Instant {
    return addMs(at, -this.#skewMs)
  }

  /** The service's clock, never behind a stamp that it already gave: an emulator's may run faster than ours. */
  latestServiceTime(): Instant {
    const estimate = this.serviceNow()
    const { latestStamp } = this.known
    if (latestStamp > estimate) return latestStamp
    return estimate
  }

  /** What the marker of an item's change carries. */
  keyOf(change: Change): ChangeKey {
    return keyOf(idOf(this.plan, change), change)
  }

  /** The action that a request of a change led to, and that no retry has taken the place of. */
  submittedFor(change: Change, step: number): MachineAction | undefined {
    const actions = this.known.of(change.machine.id).filter(({ id }) => !this.#setAside.has(id))
    return findSubmitted(change, step, this.keyOf(change), actions)
  }

  /** A request's comment with the marker of its change at the end. */
  commentOf(change: Change, step: number): string {
    const marker = markerOf(idOf(this.plan, change), change, this.deps.configuration.name)
    return appendMarker(requestAt(change, step).body.Comment, marker)
  }

  /** What the planner's looks are given beside the change. */
  contextOf(actions: readonly MachineAction[]): RecheckContext {
    const { deps, plan } = this
    return {
      configuration: deps.configuration,
      planId: plan.planId,
      renewalsId: plan.renewalsId,
      now: this.serviceNow(),
      actions,
      lens: this.known.lens,
    }
  }

  /** What the known history says about a change now, without what this plan did for it so far. */
  recheck(change: Change, step: number): Recheck {
    return recheckNow(change, step, this.#recheckInput())
  }

  /** The same, and before it is begun whether the policies still ask for it. */
  recheckAsked(change: Change, step: number): Recheck {
    return recheckAsked(change, step, this.#recheckInput())
  }

  #recheckInput(): RecheckInput {
    const { plan, deps, known, asked } = this
    return { plan, configuration: deps.configuration, known, asked, now: this.serviceNow() }
  }
}
