import type { ApplyDependencies, ApplyOptions } from '../../src/apply/apply-options.ts'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import { earliestOf } from '../../src/apply/earliest-instant.ts'
import type { Journal, JournalEntry, Lease, Settling } from '../../src/apply/ports.ts'
import type { ApplyResult } from '../../src/apply/result.ts'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { needOf } from '../../src/plan/select/need.ts'
import { NO_OPTIONS, type PlanOptions } from '../../src/plan/select/plan-input.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { configuration, entry, HISTORY_FROM, machineId, NOW, policy } from './build-core.ts'
import { FakeClock } from './fake-clock.ts'
import type { FakeService } from './fake-service.ts'

/** A clock that stands at the core's {@link NOW}. */
export function clockAtNow(): FakeClock {
  return new FakeClock(NOW)
}

/** A journal in memory; `entries` outlive the run, as a file does. */
export class MemoryJournal implements Journal {
  readonly entries: JournalEntry[]

  constructor(entries: readonly JournalEntry[] = []) {
    this.entries = [...entries]
  }

  async append(entry: JournalEntry): Promise<void> {
    this.entries.push(entry)
  }

  async read(): Promise<readonly JournalEntry[]> {
    return [...this.entries]
  }
}

/** The lease of a tenant, shared by the runs of a test. */
export class SharedLease {
  readonly #clock: FakeClock
  #owner: string | undefined
  #renewedAt: Instant
  #isOwnerDead = false
  #settling: Settling | undefined
  #asked: { readonly owner: string; readonly by: string; readonly until: Instant } | undefined
  #generation = 0
  acquired = 0
  renewed = 0
  released = 0

  constructor(clock: FakeClock) {
    this.#clock = clock
    this.#renewedAt = clock.now()
  }

  get isHeld(): boolean {
    return this.#owner !== undefined
  }

  /** A process dies, the one that holds it unless another is named, and gives nothing back. */
  kill(owner = this.#owner): void {
    if (owner === this.#owner) this.#isOwnerDead = true
  }

  /** Somebody takes it, whoever had it. */
  seize(owner: string): void {
    if (this.#owner !== owner) this.#generation += 1
    this.#owner = owner
    this.#isOwnerDead = false
    this.#settling = undefined
    this.#renewedAt = this.#clock.now()
  }

  /** Somebody else gives it back. */
  vacate(): void {
    this.#owner = undefined
  }

  /** The lease as one process sees it. */
  as(owner: string): Lease {
    return {
      lengthMs: 60_000,
      acquire: async () => {
        const previous = this.#owner
        const wasDead = this.#isOwnerDead && previous !== undefined
        if (previous !== undefined && previous !== owner && !wasDead) {
          return {
            kind: 'taken',
            id: previous,
            owner: previous,
            since: this.#renewedAt,
            expires: this.#renewedAt,
          }
        }
        const renewedAt = this.#renewedAt
        const settling = this.#settling
        this.seize(owner)
        this.acquired += 1
        const generation = this.#generation
        const silentFrom = earliestOf([this.#clock.now(), addMs(renewedAt, 20_000)]) ?? renewedAt
        return wasDead
          ? {
              kind: 'held',
              generation,
              takenOver: { owner: previous, planId: null, runId: null, renewedAt, silentFrom },
            }
          : { kind: 'held', generation, ...(settling === undefined ? {} : { settling }) }
      },
      renew: async () => {
        if (this.#owner !== owner) return false
        this.#renewedAt = this.#clock.now()
        this.renewed += 1
        return true
      },
      isStillHeld: async () => this.#owner === owner,
      release: async listedFrom => {
        this.released += 1
        if (this.#owner !== owner) return
        this.#owner = undefined
        this.#settling = listedFrom === undefined ? undefined : { until: listedFrom, runId: owner }
      },
      askToYield: async (id, until) => {
        this.#asked = { owner: id, by: owner, until }
      },
      withdraw: async () => {
        this.#asked = undefined
      },
      yieldAskedBy: async () => {
        const asked = this.#asked
        const isAsked = asked?.owner === owner && asked.until > this.#clock.now()
        return isAsked ? { owner: asked.by, planId: `sha256:${'4f1c09ab'.repeat(8)}` } : null
      },
    }
  }
}

/** Options of an apply that waits half an hour and polls every 5 s. */
export function options(over: Partial<ApplyOptions> = {}): ApplyOptions {
  return {
    runId: 'run-1',
    need: { scope: 'tenant', ids: [], dnsNames: [], historyFrom: HISTORY_FROM, countOnboarded: false },
    noWait: false,
    timeoutMs: 30 * 60_000,
    pollIntervalMs: 5000,
    lookupMs: 15_000,
    skipMoved: false,
    retryFailed: false,
    overriddenGuards: [],
    signal: new AbortController().signal,
    ...over,
  }
}

/** A configuration in which everything is allowed. */
export function permissive(over: Partial<Configuration> = {}): Configuration {
  return configuration({
    allow: { quarantined: true, liveResponse: true, offboarded: true, scopeChange: true },
    ...over,
  })
}

/** A policy over the machines with these numbers. */
export function policyFor(
  numbers: readonly number[],
  state: Policy['state'],
  over: Partial<Policy> = {},
): Policy {
  return policy({
    name: 'contain',
    machines: [entry({ fields: { id: numbers.map(machineId) } })],
    state,
    ...over,
  })
}

/** Plans with the real planner over what the service shows now. */
export async function planFor(
  service: FakeService,
  policies: readonly Policy[],
  config: Configuration = permissive(),
  over: Partial<PlanOptions> = {},
): Promise<Plan> {
  const now = service.now()
  const need = needOf(policies, config, now, { wholeTenant: true })
  return createPlan({
    policies,
    configuration: config,
    observation: await service.observe(need),
    now,
    toolVersion: '0.0.0',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: { ...NO_OPTIONS, ...over },
  })
}

/** Everything one apply of a test needs. */
export interface Scene {
  readonly clock: FakeClock
  readonly service: FakeService
  readonly journal: MemoryJournal
  readonly lease: SharedLease
}

/** Sets a scene around a service. */
export function sceneOf(clock: FakeClock, service: FakeService): Scene {
  return { clock, service, journal: new MemoryJournal(), lease: new SharedLease(clock) }
}

/** Starts an apply without moving the clock. */
export function start(
  scene: Scene,
  plan: Plan,
  over: Partial<ApplyOptions> = {},
  deps: Partial<ApplyDependencies> = {},
): Promise<ApplyResult> {
  const { clock, service, journal, lease } = scene
  const runId = over.runId ?? 'run-1'
  return applyPlan(
    plan,
    { clock, api: service, journal, lease: lease.as(runId), configuration: permissive(), ...deps },
    options({ runId, ...over }),
  )
}

/** Applies a plan, moving the clock as far as it takes. */
export function apply(
  scene: Scene,
  plan: Plan,
  over: Partial<ApplyOptions> = {},
  deps: Partial<ApplyDependencies> = {},
): Promise<ApplyResult> {
  return scene.clock.drive(start(scene, plan, over, deps))
}

/** The outcomes of a result by address, with their code where they have one. */
export function outcomesOf(result: ApplyResult): Readonly<Record<string, string>> {
  return Object.fromEntries(
    result.outcomes.map(({ address, outcome, code }) => [
      address.replace(/^0+/, '#'),
      code === null ? outcome : `${outcome} (${code})`,
    ]),
  )
}
