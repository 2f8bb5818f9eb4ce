import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import type { Observation } from '../../src/plan/select/observation.ts'
import { NO_OPTIONS, type PlanInput, type PlanOptions } from '../../src/plan/select/plan-input.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { configuration, NOW, observation, policy } from './build-core.ts'

/** What a test says about a planning run; the rest is a plain tenant with one machine and one policy on it. */
export interface Given {
  readonly policies?: readonly Policy[]
  readonly configuration?: Partial<Configuration>
  readonly observed?: Partial<Observation>
  readonly options?: Partial<PlanOptions>
  readonly diagnostics?: readonly Diagnostic[]
}

/** The input of a planning run at {@link NOW}. */
export function inputOf(given: Given = {}): PlanInput {
  return {
    policies: given.policies ?? [policy()],
    configuration: configuration(given.configuration),
    observation: observation(given.observed),
    now: NOW,
    toolVersion: '0.0.0',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: given.diagnostics ?? [],
    options: { ...NO_OPTIONS, ...given.options },
  }
}

/** Plans what a test gives, at {@link NOW}. */
export function planOf(given: Given = {}): Plan {
  return createPlan(inputOf(given))
}

/** What a plan does, as short lines: `<address> impose none->full (reason)`, `! <address> code`. */
export function linesOf(plan: Plan): readonly string[] {
  return [
    ...plan.changes.map(
      ({ address, operations, before, after, reason }) =>
        `${address} ${operations.join('+')} ${before}->${after} (${reason})`,
    ),
    ...plan.blocked.map(({ address, code }) => `! ${address} ${code}`),
    ...plan.inFlight.map(
      ({ address, type, awaited }) => `= ${address} ${type}${awaited ? '' : ' (not awaited)'}`,
    ),
  ].map(line => line.replaceAll(/0{30,}/g, 'm'))
}

/** The drift of a plan, as short lines. */
export function driftOf(plan: Plan): readonly string[] {
  return plan.drift.map(({ address, kind, expected, actual, actor }) =>
    `${address} ${kind} ${expected}/${actual} by ${actor?.class ?? 'nobody'}`.replaceAll(/0{30,}/g, 'm'),
  )
}

/** The diagnostics of a plan, as `severity code`. */
export function saidIn(plan: Plan): readonly string[] {
  return plan.diagnostics.map(({ severity, code }) => `${severity} ${code}`)
}
