import { comparePlan, type Difference } from '../../analysis/compare/compare-plan.ts'
import { factsOf } from '../../analysis/compare/plan-facts.ts'
import { readAction } from '../../defender/wire-action.ts'
import { readMachine } from '../../defender/wire-machine.ts'
import { manualClock } from '../../emulator/clock.ts'
import { createEmulator } from '../../emulator/emulator.ts'
import { assemblePlan } from '../../plan/assemble/assemble-plan.ts'
import { examinePosture, listUnchanged } from '../../plan/assemble/create-plan.ts'
import type { Plan } from '../../plan/document/document.ts'
import { needOf } from '../../plan/select/need.ts'
import type { Observation } from '../../plan/select/observation.ts'
import { toEpochMs } from '../../schema/instant.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { readVersion } from '../version.ts'
import type { PostureTest } from './parse-tests.ts'

/** What the service would answer: the given world as the emulator fills it in, read as the wire is read. */
function observeGiven({ scenario, now }: PostureTest, declaration: Declaration): Observation {
  const emulator = createEmulator({ scenario, clock: manualClock(toEpochMs(now)) })
  const { policies, configuration } = declaration
  const { historyFrom } = needOf(policies, configuration, now, { wholeTenant: true })
  const actions = emulator.actions().map(row => readAction(row))
  return {
    target: { endpoint: 'test', tenantId: null },
    readAt: now,
    clockSkewMs: 0,
    historyFrom,
    scope: 'tenant',
    machines: emulator.machines().map(row => readMachine(row)),
    actions: actions.filter(({ creationDateTimeUtc }) => creationDateTimeUtc >= historyFrom),
    onboarded: null,
    failures: [],
    apiCalls: 0,
    roles: null,
  }
}

/** Plans as `holdfast plan` would with the given world for a tenant, and holds the plan against what is expected. */
export function runTest(
  test: PostureTest,
  declaration: Declaration,
): { readonly plan: Plan; readonly differences: readonly Difference[] } {
  const { policies, configuration, diagnostics, files } = declaration
  const findings = examinePosture({
    policies,
    configuration,
    observation: observeGiven(test, declaration),
    now: test.now,
    toolVersion: readVersion(),
    source: { commit: null, dirty: null, files },
    diagnostics,
    options: { ...test.options, isSample: true },
  })
  const plan = assemblePlan(findings)
  return { plan, differences: comparePlan(test.expected, factsOf(plan, listUnchanged(findings))) }
}
