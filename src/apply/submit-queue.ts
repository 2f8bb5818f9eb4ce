import { addMs, type Instant } from '../schema/instant.ts'
import { explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import { type ChangeItem, type Item, opensChain, requestAt } from './item.ts'
import { judgeNow } from './judge-now.ts'
import { isFresh, LOOK_BATCH, lookAt } from './looks.ts'
import { messageOf } from './message-of.ts'
import { pathOf, quotaOfPath } from './paths.ts'
import type { FormerHolder } from './ports.ts'
import { chooseReady } from './ready-items.ts'
import type { Run } from './run.ts'
import { send } from './send.ts'
import { SubmitLimits } from './submit-limits.ts'
import { listedFrom, settledBy, takeOverEntry, takeOverNote } from './take-over.ts'

/** How many requests are out at once; the quota, not this, decides how fast they go. */
const CONCURRENT_POSTS = 8

/** How many looks in a row may fail before submitting stops; each was already retried by the client. */
const MAX_FAILED_LOOKS = 3

/** How often a lease that somebody else took is asked for again. */
const LEASE_RETRY_MS = 5000

/** What the submit queue says after a step. */
export interface SubmitState {
  /** When something may be sent that cannot be now; null where only an event can change that. */
  readonly nextAt: Instant | null
  /** Whether something can be sent without anything else ending: now, or when the quota lets it. */
  readonly isSubmitting: boolean
  /** Whether the lease is somebody else's. */
  readonly isLocked: boolean
  /** Until when quota or a Retry-After holds everything ready back. */
  readonly heldUntil: Instant | null
  readonly waitedFor: ReadonlySet<string>
}

/** Sends what is ready: under the quota, on a fresh look, while the lease is held. */
export class SubmitQueue {
  readonly #run: Run
  readonly #limits: SubmitLimits
  #isLooking = false
  #failedLooks = 0
  #lookAgainAt: Instant | undefined
  #askLeaseAt: Instant | undefined

  constructor(run: Run) {
    this.#run = run
    this.#limits = new SubmitLimits(run)
  }

  /** Whether the lease was asked for and is somebody else's. */
  get #isLocked(): boolean {
    return this.#askLeaseAt !== undefined && !this.#run.lease.isHeld
  }

  /** Starts everything that may start now. */
  async step(): Promise<SubmitState> {
    const run = this.#run
    const { ready, waitedFor } = chooseReady(run)
    const open = countOpen(run)
    const idle = { nextAt: null, isSubmitting: false, isLocked: false, heldUntil: null, waitedFor }
    if (ready.length === 0) {
      const nextAt = open === 0 ? await this.#giveLeaseBack() : null
      return { ...idle, isSubmitting: open > 0, nextAt }
    }
    const now = run.clock.now()
    const sessions = openSessions(run)
    const sendable = ready.filter(item => !isSessionHeld(item, () => sessions))
    const held =
      sendable.length < ready.length
        ? sessions.flatMap(({ stage }) => (stage.kind === 'in-flight' ? [stage.actionId] : []))
        : []
    const state = { ...idle, isSubmitting: sendable.length > 0, waitedFor: new Set([...waitedFor, ...held]) }
    if (sendable.length === 0) return state
    const giveUpAt = this.#isLocked ? null : this.#limits.nextAt()
    if (giveUpAt !== null && giveUpAt <= now) {
      this.#limits.giveUp(now)
      return { ...idle, isSubmitting: open > 0 }
    }
    const heldUntil = earliestOf([...readyTimes(run, sendable).values()])
    if (heldUntil === null || heldUntil > now) {
      return { ...state, nextAt: earliestOf([heldUntil, giveUpAt]), heldUntil }
    }
    const lockedUntil = await this.#takeLease()
    if (lockedUntil !== null) return { ...state, isSubmitting: open > 0, isLocked: true, nextAt: lockedUntil }
    // What ended while the lease was asked for may have stopped the wave: that is judged first.
    if (run.gate.count > 0 && run.isRung) return state
    return { ...state, nextAt: earliestOf([this.#sendReady(sendable), giveUpAt]) }
  }

  /**
   * Gives the lease back, but not before the last submission is listed: whoever takes it then has to see it, even if
   * this run is killed and its journal lost.
   */
  async #giveLeaseBack(): Promise<Instant | null> {
    const run = this.#run
    if (!run.lease.isHeld) return null
    const listedAt = run.hasSubmitted ? addMs(run.lastSubmitAt, run.options.lookupMs) : run.clock.now()
    if (listedAt > run.clock.now()) return listedAt
    await run.giveLeaseBack()
    return null
  }

  /** Sends in order while there is room; returns when to try again at the latest. */
  #sendReady(ready: readonly ChangeItem[]): Instant | null {
    const run = this.#run
    const stale = new Set<string>()
    const times: (Instant | null)[] = []
    // A path that is held back for one item is held back for all that follow.
    const held = new Set<string>()
    for (const item of ready) {
      if (run.isStopped || countOpen(run) >= CONCURRENT_POSTS || stale.size >= LOOK_BATCH) break
      const key = quotaKey(run, item)
      if (held.has(key) || isSessionHeld(item, () => openSessions(run))) continue
      const at = readyAt(run, item)
      if (at === null || at > run.clock.now()) {
        held.add(key)
        times.push(at)
      } else if (isFresh(run, item.machineId)) this.#consider(item)
      else stale.add(item.machineId)
    }
    times.push(stale.size > 0 ? this.#lookAgain([...stale]) : null)
    return earliestOf(times)
  }

  /** Decides about one item on the look that is there. */
  #consider(item: ChangeItem): void {
    const run = this.#run
    const { change, address, step } = item
    // Another run of this plan, or a late list: a recheck leaves out what this plan did itself.
    const sent = run.submittedFor(change, step)
    if (sent !== undefined) {
      const note = { kind: 'found', actionId: sent.id, status: sent.status }
      run.spawn(async () => {
        await run.ledger.answer({ address, request: step }, note)
      })
      run.dispatch(
        address,
        item.attempts > 0
          ? { kind: 'found', action: sent }
          : { kind: 'adopted', actionId: sent.id, action: sent },
      )
      return
    }
    const verdict = judgeNow(run, item)
    switch (verdict.kind) {
      case 'unmoved':
        if (opensChain(item) && !this.#mayOpen(item)) return
        run.takeQuota(address, pathOf(item.type))
        run.dispatch(address, { kind: 'sending' })
        run.spawn(() => send(run, item))
        return
      case 'satisfied':
        run.dispatch(address, {
          kind: 'ended',
          outcome: step === 0 ? 'unchanged' : 'adopted',
          actionId: verdict.actionId,
        })
        return
      case 'in-flight':
        run.dispatch(address, { kind: 'overtaken', action: verdict.action })
        return
      case 'refused': {
        const { code, message } = verdict.note
        run.dispatch(address, { kind: 'ended', outcome: 'refused', code, detail: message })
        return
      }
      case 'moved':
        run.dispatch(address, {
          kind: 'ended',
          outcome: 'refused',
          code: 'moved',
          detail: explain('moved', verdict.message),
        })
    }
  }

  /** A machine is opened only if it can be closed again: Active, awaited, and with quota for the second half. */
  #mayOpen(item: ChangeItem): boolean {
    const run = this.#run
    const { change, machineId, address } = item
    const code = run.options.noWait
      ? 'chain-needs-wait'
      : run.known.machine(machineId)?.healthStatus?.toLowerCase() !== 'active'
        ? 'chain-needs-active'
        : null
    if (code !== null) {
      run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code, detail: explain(code) })
      return false
    }
    run.reserve(address, pathOf(requestAt(change, item.step + 1).type))
    return true
  }

  #lookAgain(machineIds: readonly string[]): Instant | null {
    const run = this.#run
    if (this.#isLooking) return null
    const now = run.clock.now()
    if (this.#lookAgainAt !== undefined && this.#lookAgainAt > now) return this.#lookAgainAt
    this.#isLooking = true
    run.spawn(async () => {
      const result = await lookAt(run, machineIds)
      this.#isLooking = false
      if (result.kind === 'looked') {
        this.#failedLooks = 0
        return
      }
      this.#failedLooks += 1
      this.#lookAgainAt = addMs(run.clock.now(), run.options.pollIntervalMs)
      if (result.unauthorized) run.stop('unauthorized', result.message)
      else if (this.#failedLooks >= MAX_FAILED_LOOKS) run.stop('look-failed', result.message)
    })
    return null
  }

  /** Holds the lease from here on; returns when to ask again where somebody else has it. */
  async #takeLease(): Promise<Instant | null> {
    const run = this.#run
    const now = run.clock.now()
    if (this.#askLeaseAt !== undefined && this.#askLeaseAt > now) return this.#askLeaseAt
    if (run.lease.isHeld) return null
    const before = run.lease.generation
    try {
      const answer = await run.lease.acquire()
      if (answer.kind === 'held' && answer.generation === before) return null
      if (answer.kind === 'held') {
        // Whoever held it since may have submitted: what was seen before does not count any more.
        run.looksFrom = run.clock.now()
        if (answer.takenOver !== undefined) return await this.#takeOver(answer.takenOver)
        const { settling } = answer
        if (settling === undefined) return null
        return this.#lookFrom(settledBy(settling, run.clock, run.options.lookupMs))
      }
    } catch (error) {
      run.stop('lease-failed', messageOf(error))
    }
    this.#askLeaseAt = addMs(now, LEASE_RETRY_MS)
    return this.#askLeaseAt
  }

  /** Tells whose lease it was, and waits until lists have what he submitted last. */
  async #takeOver(former: FormerHolder): Promise<Instant | null> {
    const run = this.#run
    run.diagnostics.push(takeOverNote(former))
    await run.ledger.write('lease-taken-over', takeOverEntry(former))
    return this.#lookFrom(listedFrom(former, run.clock, run.options.lookupMs))
  }

  /** Lets no look before a time count; returns it where it is still to come. */
  #lookFrom(at: Instant): Instant | null {
    const run = this.#run
    if (at <= run.clock.now()) return null
    run.looksFrom = at
    this.#askLeaseAt = at
    return at
  }
}

/** Requests that are out, and those that are looked for because they got no answer: a failing service slows us down. */
function countOpen(run: Run): number {
  let open = 0
  for (const { stage } of run.items) if (stage.kind === 'sending' || stage.kind === 'looking') open += 1
  return open
}

/** When each kind of what is ready may go; items of one kind wait for the same places. */
function readyTimes(run: Run, items: readonly ChangeItem[]): ReadonlyMap<string, Instant | null> {
  const times = new Map<string, Instant | null>()
  for (const item of items) {
    const key = quotaKey(run, item)
    if (!times.has(key)) times.set(key, readyAt(run, item))
  }
  return times
}

/** Names the places in the quota that an item's request needs. */
function quotaKey(run: Run, item: ChangeItem): string {
  const path = pathOf(item.type)
  return `${path} ${run.hasReserved(item.address, path)} ${opensChain(item)}`
}

/** When the quota lets an item's request go; a chain's first half needs room for its second as well. */
function readyAt(run: Run, item: ChangeItem): Instant | null {
  const now = run.clock.now()
  const path = pathOf(item.type)
  const first = run.windows.readyAt(path, now, run.hasReserved(item.address, path) ? 1 : 0)
  if (!opensChain(item) || first === null) return first
  const second = run.windows.readyAt(pathOf(requestAt(item.change, item.step + 1).type), now)
  return second === null || second > first ? second : first
}

/** Whether as many actions of an item's type are in flight as the service has sessions. */
function isSessionHeld(item: Item, sessions: () => readonly Item[]): boolean {
  const { concurrent } = quotaOfPath(pathOf(item.type))
  return concurrent !== undefined && sessions().length >= concurrent
}

/** The items that take up a session. */
function openSessions(run: Run): readonly Item[] {
  return [...run.items].filter(
    ({ type, stage }) =>
      (stage.kind === 'sending' || stage.kind === 'in-flight') &&
      quotaOfPath(pathOf(type)).concurrent !== undefined,
  )
}
