import { undoPlan } from '../../src/analysis/undo/undo-plan.ts'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ApplyResult } from '../../src/apply/result.ts'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { GuardName, Plan } from '../../src/plan/document/document.ts'
import { needOf } from '../../src/plan/select/need.ts'
import { NO_OPTIONS, type PlanInput, type PlanOptions } from '../../src/plan/select/plan-input.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import type { Instant } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { MemoryJournal, options, SharedLease } from '../support/apply-harness.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { Client, type Weather } from './client.ts'
import { type Act, perform } from './people.ts'
import type { Tenant } from './tenant.ts'

/** `apply.lookup`. */
const LOOKUP_MS = 15_000

/** A plan, and what it was made from. */
export interface Planned {
  readonly plan: Plan
  /** The plan that it undoes; null for one that policies made. */
  readonly undoes: Plan | null
  readonly policies: readonly Policy[]
  readonly configuration: Configuration
  readonly options: PlanOptions
  readonly machines: readonly Machine[]
  readonly at: Instant
}

/** How an apply is run, and what happens while it runs. */
export interface Manner {
  readonly skipMoved: boolean
  readonly noWait: boolean
  /** The boundary of a port at which the process dies; null where it lives. */
  readonly killAt: number | null
  readonly interruptAfterMs: number | null
  readonly overrides: readonly GuardName[]
  readonly weather: Weather
  readonly meanwhile: readonly { readonly afterMs: number; readonly act: Act }[]
}

/** One apply. */
export interface Run {
  readonly id: string
  readonly planned: Planned
  readonly manner: Manner
  /** The configuration as it was at apply. */
  readonly configuration: Configuration
  readonly startedAt: Instant
  readonly finishedAt: Instant
  /** Null where the process died. */
  readonly result: ApplyResult | null
}

/** A tenant and the team that runs holdfast against it: policies, saved plans, journal, lease. */
export class World {
  readonly tenant: Tenant
  policies: readonly Policy[]
  configuration: Configuration
  readonly plans: Planned[] = []
  readonly runs: Run[] = []
  #journal = new MemoryJournal()
  readonly #lease: SharedLease
  #started = 0

  constructor(tenant: Tenant, policies: readonly Policy[], configuration: Configuration) {
    this.tenant = tenant
    this.policies = policies
    this.configuration = configuration
    this.#lease = new SharedLease(tenant.clock)
  }

  /** What the planner is given now. */
  async input(by: string, over: Partial<PlanOptions>): Promise<PlanInput> {
    const { policies, configuration, tenant } = this
    const need = needOf(policies, configuration, tenant.clock.now(), { wholeTenant: true })
    const observation = await new Client(tenant, by).observe(need)
    return {
      policies,
      configuration,
      observation,
      now: observation.readAt,
      toolVersion: '0.0.0',
      source: { commit: null, dirty: null, files: {} },
      diagnostics: [],
      options: { ...NO_OPTIONS, keepGoing: true, ...over },
    }
  }

  /** Plans, or plans to undo, and saves the plan. */
  async plan(over: Partial<PlanOptions> = {}, undoes: Plan | null = null): Promise<Planned> {
    const input = await this.tenant.clock.drive(this.input(`plan-${this.plans.length + 1}`, over))
    const { policies, configuration, now, observation } = input
    const plan = undoes === null ? createPlan(input) : undoPlan(input, undoes.planId)
    const { machines } = observation
    const planned = { plan, undoes, policies, configuration, options: input.options, machines, at: now }
    this.plans.push(planned)
    return planned
  }

  /** Runs one apply, or several at once, and lets the world go on meanwhile. */
  async apply(
    starts: readonly { readonly planned: Planned; readonly manner: Manner; readonly afterMs: number }[],
  ): Promise<readonly Run[]> {
    const { clock } = this.tenant
    for (const { manner } of starts) {
      for (const { afterMs, act } of manner.meanwhile) {
        void clock.sleep(afterMs).then(() => perform(act, this.tenant))
      }
    }
    const runs = await clock.drive(
      Promise.all(
        starts.map(async ({ planned, manner, afterMs }) => {
          if (afterMs > 0) await clock.sleep(afterMs)
          return this.#run(planned, manner)
        }),
      ),
    )
    this.runs.push(...runs)
    return runs
  }

  /**
   * Throws the journal away. After a run that ended by itself this takes a while: its lease is free at once, and nothing
   * but the journal tells of a request that is not listed yet.
   */
  async loseJournal(): Promise<void> {
    if (this.runs.at(-1)?.result !== null) await this.tenant.clock.advance(LOOKUP_MS)
    this.#journal = new MemoryJournal()
  }

  async #run(planned: Planned, manner: Manner): Promise<Run> {
    const { configuration, tenant } = this
    const { clock } = tenant
    this.#started += 1
    const id = `run-${this.#started}`
    const startedAt = clock.now()
    const interrupt = new AbortController()
    if (manner.interruptAfterMs !== null) {
      void clock.sleep(manner.interruptAfterMs).then(() => interrupt.abort())
    }
    const dying = new DyingProcess(manner.killAt ?? Number.POSITIVE_INFINITY)
    const ports = dying.wrap({
      clock,
      api: new Client(tenant, id, manner.weather),
      journal: this.#journal,
      lease: this.#lease.as(id),
    })
    const need = needOf(planned.policies, configuration, startedAt, { wholeTenant: true })
    const running = applyPlan(
      planned.plan,
      { ...ports, configuration },
      options({
        runId: id,
        need,
        lookupMs: LOOKUP_MS,
        skipMoved: manner.skipMoved,
        noWait: manner.noWait,
        overriddenGuards: manner.overrides,
        signal: interrupt.signal,
      }),
    )
    const end = await Promise.race([running, dying.died])
    if (end === 'died') this.#lease.kill(id)
    const finishedAt = clock.now()
    return { id, planned, manner, configuration, startedAt, finishedAt, result: end === 'died' ? null : end }
  }
}
