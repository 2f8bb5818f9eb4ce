import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ActionApi, Clock, Journal, JournalEntry, Lease } from '../../src/apply/ports.ts'
import type { ApplyResult } from '../../src/apply/result.ts'
import { createActionApi } from '../../src/defender/action-api.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import type { TokenSource } from '../../src/defender/token.ts'
import { type Send, TransportError } from '../../src/defender/transport.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { FaultRule } from '../../src/emulator/scenario-types.ts'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { needOf } from '../../src/plan/select/need.ts'
import { NO_OPTIONS } from '../../src/plan/select/plan-input.ts'
import { addMs, formatInstant, toEpochMs } from '../../src/schema/instant.ts'
import { dependencies, target } from '../defender/clients.ts'
import { options } from '../support/apply-harness.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { inProcess, type LineFate, type OpenOutside, type Outside } from './outside.ts'
import { type Phase, type Point, pointOf } from './points.ts'
import { CONFIGURATION, POLICIES, type SceneChanges, START, scenarioOf } from './scene.ts'

/** Marks a request that the fault of this run is to strike: the emulator's rule looks for it in the query. */
const MARK = 'strike=1'

/** How long one exchange takes, so that answers and requests interleave as they do on a wire. */
const LATENCY_MS = 40
/** How long an apply awaits: past the longest action of the scene. */
const AWAIT_MS = 600_000
/** When the client gives an answer up. */
const GIVE_UP_MS = 25_000

const NEVER: Promise<never> = new Promise(() => undefined)

/** What is done to one run. Every function is asked once per request or line, in order. */
export interface Strike {
  /** The fault of the emulator that marked requests meet. */
  readonly fault?: Partial<FaultRule>
  /** What happens to a request, the `ordinal`-th of its point, counted from 1. */
  readonly onRequest?: (point: Point, ordinal: number) => RequestFate
  /** What happens to a journal line, counted from 1. `struck` counts the requests that were struck so far. */
  readonly onLine?: (entry: JournalEntry, ordinal: number) => LineFate | 'killed-before' | 'killed-after'
  /** Whether the lease cannot be written either. */
  readonly isDiskBroken?: () => boolean
}

export type RequestFate = 'passes' | 'struck' | 'killed-before' | 'killed-after'

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'result'; readonly result: ApplyResult }
  | { readonly kind: 'killed' }
  /** A promise that should have been a result. */
  | { readonly kind: 'thrown'; readonly error: unknown }

/** A plan, or why there is none. */
export type Planned =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'killed' }

export interface Rig {
  readonly clock: FakeClock
  readonly emulator: Emulator
  readonly outside: Outside
  /** Requests made at each point so far. */
  readonly counts: Readonly<Record<Point, number>>
  /** Requests that were struck. */
  readonly struck: () => number
  plan(strike?: Strike): Promise<Planned>
  apply(plan: Plan, runId: string, strike?: Strike): Promise<RunEnd>
}

/** What runs through one process, until it is killed. */
class Process {
  isDead = false
  readonly died: Promise<'died'>
  #die: () => void = () => undefined

  constructor() {
    this.died = new Promise(resolve => {
      this.#die = () => resolve('died')
    })
  }

  kill(): Promise<never> {
    this.isDead = true
    this.#die()
    return NEVER
  }
}

/** What a rig starts from. */
export interface RigOptions {
  readonly scene: SceneChanges
  /** The fault that marked requests meet. */
  readonly fault?: Partial<FaultRule>
  /** Where tokens come from, of each process anew; any token is good without it. */
  readonly tokenOf?: (emulator: Emulator, clock: FakeClock) => TokenSource
  readonly open?: OpenOutside
}

/** Starts a tenant. */
export async function startRig({ scene, fault, tokenOf, open = inProcess }: RigOptions): Promise<Rig> {
  const clock = new FakeClock(START, 1)
  const { skewMs = 0, lookupMs = 15_000, awaitMs = AWAIT_MS, ...changes } = scene
  const rules: readonly FaultRule[] = fault === undefined ? [] : [{ on: '* /**', query: MARK, ...fault }]
  const scenario = scenarioOf(
    { ...changes, behaviour: { ...changes.behaviour, faults: rules } },
    formatInstant(addMs(START, skewMs)),
  )
  const emulator = createEmulator({ scenario, clock: { nowMs: () => toEpochMs(clock.now()) } })
  const hangs = fault?.fault === 'timeout' || fault?.fault === 'timeout-after'
  const outside = await open(emulator, clock)
  const counts: Record<Point, number> = {
    observe: 0,
    're-observe': 0,
    submit: 0,
    look: 0,
    await: 0,
    journal: 0,
  }
  let struck = 0
  let phase: Phase = 'planning'

  /** Moves the clock from sleeper to sleeper, whenever nothing is under way that does not wait for it. */
  async function driven<T>(promise: Promise<T>): Promise<T> {
    if (open === inProcess) return clock.drive(promise)
    let isSettled = false
    const mark = (): void => {
      isSettled = true
    }
    promise.then(mark, mark)
    for (let idle = 0; !isSettled; ) {
      await clock.settle()
      if (isSettled) break
      const settling = outside.settling()
      if (settling !== null) {
        await settling
        continue
      }
      const { nextDueMs } = clock
      if (nextDueMs !== undefined) await clock.advance(nextDueMs)
      else if (idle++ > 200) throw new Error('nobody sleeps and the run does not end')
    }
    return promise
  }

  function sendOf(process: Process, strike: Strike): Send {
    return async (request, signal) => {
      const point = pointOf(request, phase)
      counts[point] += 1
      const fate = strike.onRequest?.(point, counts[point]) ?? 'passes'
      if (process.isDead) return NEVER
      if (fate === 'killed-before') return process.kill()
      if (fate === 'struck') struck += 1
      const url =
        fate === 'struck' ? `${request.url}${request.url.includes('?') ? '&' : '?'}${MARK}` : request.url
      const exchanged = await outside.exchange({ ...request, url }, fate === 'struck' && hangs)
      if (fate === 'killed-after') return process.kill()
      await clock.sleep(exchanged.kind === 'hung' ? GIVE_UP_MS : LATENCY_MS, signal)
      if (process.isDead) return NEVER
      if (signal?.aborted) throw new TransportError('aborted', 'interrupted')
      if (exchanged.kind !== 'answered') throw new TransportError('ECONNRESET', exchanged.kind)
      return exchanged.response
    }
  }

  function apiOf(process: Process, strike: Strike): ActionApi {
    const parts = dependencies(sendOf(process, strike), {
      clock: mortal(clock, process) as FakeClock,
      target: target({ endpoint: 'http://127.0.0.1' }),
      ...(tokenOf === undefined ? {} : { token: tokenOf(emulator, clock) }),
    })
    return createActionApi(parts)
  }

  function journalOf(process: Process, planId: string, strike: Strike): Journal {
    const opened = outside.journal(planId, entry => {
      const fate = strike.onLine?.(entry, counts.journal) ?? 'written'
      return fate === 'disk-full' || fate === 'read-only' ? fate : 'written'
    })
    return {
      read: () => opened.read(),
      append: async entry => {
        if (process.isDead) return NEVER
        counts.journal += 1
        const fate = strike.onLine?.(entry, counts.journal) ?? 'written'
        if (fate === 'killed-before') return process.kill()
        await opened.append(entry)
        return fate === 'killed-after' ? process.kill() : undefined
      },
    }
  }

  return {
    clock,
    emulator,
    outside,
    counts,
    struck: () => struck,
    async plan(strike = {}) {
      phase = 'planning'
      const process = new Process()
      const now = clock.now()
      const need = needOf(POLICIES, CONFIGURATION, now, { wholeTenant: false })
      const looked = apiOf(process, strike).observe(need)
      try {
        const observation = await driven(Promise.race([looked, process.died]))
        if (observation === 'died') return { kind: 'killed' }
        const plan = createPlan({
          policies: POLICIES,
          configuration: CONFIGURATION,
          observation,
          now: observation.readAt,
          toolVersion: '0.0.0',
          source: { commit: null, dirty: null, files: {} },
          diagnostics: [],
          options: NO_OPTIONS,
        })
        return { kind: 'plan', plan }
      } catch (error) {
        if (error instanceof DefenderError) return { kind: 'refused', code: error.code }
        throw error
      }
    },
    async apply(plan, runId, strike = {}) {
      const process = new Process()
      const api = apiOf(process, strike)
      const ids = [...plan.changes, ...plan.inFlight].map(({ machine }) => machine.id)
      const need = {
        scope: 'named' as const,
        ids: [...new Set(ids)].sort(),
        dnsNames: [],
        historyFrom: addMs(START, -180 * 86_400_000),
        countOnboarded: false,
      }
      const observing: ActionApi = {
        ...api,
        async observe(...asked) {
          phase = 'observing'
          try {
            return await api.observe(...asked)
          } finally {
            phase = 'applying'
          }
        },
      }
      const run = applyPlan(
        plan,
        {
          clock: mortal(clock, process),
          api: observing,
          journal: journalOf(process, plan.planId, strike),
          lease: mortalLease(await outside.lease(runId), process, strike),
          configuration: CONFIGURATION,
        },
        options({ runId, need, lookupMs, timeoutMs: awaitMs }),
      )
      try {
        const result = await driven(Promise.race([run, process.died]))
        return result === 'died' ? { kind: 'killed' } : { kind: 'result', result }
      } catch (error) {
        return { kind: 'thrown', error }
      } finally {
        // However it ended: of a process that is no more nobody waits for the lease.
        outside.bury()
      }
    },
  }
}

/** A clock on which a dead process never wakes. */
function mortal(clock: FakeClock, process: Process): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => (process.isDead ? NEVER : clock.sleep(ms, signal)),
  }
}

function mortalLease(lease: Lease, process: Process, { isDiskBroken }: Strike): Lease {
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (process.isDead) return NEVER
    if (isDiskBroken?.() === true) throw new Error('the lease cannot be written')
    return work()
  }
  return {
    lengthMs: lease.lengthMs,
    acquire: () => alive(() => lease.acquire()),
    renew: () => alive(() => lease.renew()),
    isStillHeld: () => alive(() => lease.isStillHeld()),
    release: listedFrom => alive(() => lease.release(listedFrom)),
    askToYield: (id, until) => alive(() => lease.askToYield(id, until)),
    withdraw: () => alive(() => lease.withdraw()),
    yieldAskedBy: () => alive(() => lease.yieldAskedBy()),
  }
}
