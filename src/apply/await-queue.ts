import { addMs, type Instant, msBetween } from '../schema/instant.ts'
import { explain } from './codes.ts'
import type { Item, Stage } from './item.ts'
import type { Run } from './run.ts'

/** The longest time between two polls of what somebody waits for. */
const LONGEST_MS = 60_000

/** The shortest and longest time between two polls of what nobody waits for yet, because submitting goes on. */
const SIDE_SHORTEST_MS = 120_000
const SIDE_LONGEST_MS = 600_000

/** What decides how soon the actions in flight are read again. */
export interface PollPace {
  /** Whether the run, or a queued change, waits for one of their ends. */
  readonly isWaitedFor: boolean
  readonly inFlight: number
  /** Milliseconds since the last submission. */
  readonly ageMs: number
  readonly pollIntervalMs: number
}

/**
 * How long to wait before reading the actions in flight again.
 *
 * A few young actions are read as often as the configuration says. Many of them, or old ones, are read less often, and
 * while quota holds submitting back and nothing depends on them hardly at all: polls stay under 1 % of the calls.
 */
export function pollDelayMs({ isWaitedFor, inFlight, ageMs, pollIntervalMs }: PollPace): number {
  if (!isWaitedFor) {
    return Math.max(pollIntervalMs, Math.min(Math.max(SIDE_SHORTEST_MS, inFlight * 2000), SIDE_LONGEST_MS))
  }
  return Math.max(pollIntervalMs, Math.min(Math.max(inFlight * 100, ageMs / 10), LONGEST_MS))
}

/** Reads what is in flight by list calls, apart from submitting: never one call per action. */
export class AwaitQueue {
  readonly #run: Run
  #since: Instant | undefined
  #sinceAll: Instant | undefined
  #isPolling = false
  #hasFailed = false

  constructor(run: Run) {
    this.#run = run
  }

  /**
   * Starts a poll where one is due.
   *
   * @param waitedFor - Actions that something queued waits for.
   * @param isSubmitting - Whether the run is still submitting, so that it does not wait for the others yet.
   * @returns When the next poll is due; null while nothing is in flight or a poll is under way.
   */
  step(waitedFor: ReadonlySet<string>, isSubmitting: boolean): Instant | null {
    const run = this.#run
    const now = run.clock.now()
    const all = [...new Set([...inFlightIds(run), ...waitedFor])]
    const urgent = isSubmitting ? all.filter(id => waitedFor.has(id)) : all
    this.#sinceAll = all.length === 0 ? undefined : (this.#sinceAll ?? now)
    this.#since = urgent.length === 0 ? undefined : (this.#since ?? now)
    if (this.#isPolling) return null
    const urgentAt = this.#due(this.#since, true, urgent.length)
    const allAt = this.#due(this.#sinceAll, false, all.length)
    const dueAt = urgentAt === null || (allAt !== null && allAt < urgentAt) ? allAt : urgentAt
    if (dueAt === null || dueAt > now) return dueAt
    const ids = allAt !== null && allAt <= now ? all : urgent
    this.#isPolling = true
    run.spawn(() => this.#poll(ids))
    return null
  }

  #due(since: Instant | undefined, isWaitedFor: boolean, inFlight: number): Instant | null {
    if (since === undefined) return null
    const { clock, lastSubmitAt, options } = this.#run
    const ageMs = msBetween(lastSubmitAt, clock.now())
    return addMs(since, pollDelayMs({ isWaitedFor, inFlight, ageMs, pollIntervalMs: options.pollIntervalMs }))
  }

  async #poll(ids: readonly string[]): Promise<void> {
    const run = this.#run
    const failed = await pollOnce(run, ids, run.options.signal)
    const now = run.clock.now()
    this.#isPolling = false
    this.#since &&= now
    if (ids.length >= inFlightItems(run).length) this.#sinceAll &&= now
    if (failed === null) return
    if (failed.unauthorized) run.stop('unauthorized', failed.message)
    else if (!this.#hasFailed) {
      this.#hasFailed = true
      const message = explain('poll-failed', failed.message)
      run.diagnostics.push({ severity: 'warning', code: 'poll-failed', message })
    }
  }
}

/** An item whose action is at the service. */
export type InFlightItem = Item & { readonly stage: Stage & { readonly kind: 'in-flight' } }

/** The items whose action is at the service. */
export function inFlightItems(run: Run): readonly InFlightItem[] {
  return [...run.items].filter((item): item is InFlightItem => item.stage.kind === 'in-flight')
}

/** Ids of what is at the service. */
export function inFlightIds(run: Run): readonly string[] {
  return inFlightItems(run).map(({ stage }) => stage.actionId)
}

/** Reads actions once and tells their items; an action that is not listed yet is left as it is. */
export async function pollOnce(
  run: Run,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly message: string; readonly unauthorized: boolean } | null> {
  const listed = await run.deps.api.listActions({ kind: 'ids', ids: [...ids].sort() }, signal)
  if (listed.kind === 'failed') return listed
  run.known.merge(listed.actions)
  for (const { address, stage, action } of inFlightItems(run)) {
    const reading = run.known.get(stage.actionId)
    if (reading !== undefined && reading !== action) run.dispatch(address, { kind: 'seen', action: reading })
  }
  return null
}
