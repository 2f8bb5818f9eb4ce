import { readFileSync } from 'node:fs'
import { readAction } from '../src/defender/wire-action.ts'
import { readList } from '../src/defender/wire-list.ts'
import { readMachine } from '../src/defender/wire-machine.ts'
import { createPlan } from '../src/plan/assemble/create-plan.ts'
import type { Plan } from '../src/plan/document/document.ts'
import { NO_OPTIONS } from '../src/plan/select/plan-input.ts'
import type { Configuration } from '../src/schema/configuration.ts'
import type { Instant } from '../src/schema/instant.ts'
import type { Policy } from '../src/schema/policy.ts'
import { type Dataset, NOW } from './dataset.ts'

/** Reads and parses every page and nothing more: the floor under any planner. Gives the number of rows. */
export function readBare({ machines, actions }: Dataset): number {
  const pages = [...machines, ...actions].map(
    path => JSON.parse(readFileSync(path, 'utf8')) as { value: unknown[] },
  )
  return pages.reduce((sum, { value }) => sum + value.length, 0)
}

function readRows<Row>(paths: readonly string[], readRow: (row: unknown) => Row): readonly Row[] {
  return paths.flatMap(path => readList(JSON.parse(readFileSync(path, 'utf8')), readRow).rows)
}

/** Goes the whole way from the same bytes to a finished plan, as `holdfast plan` does after its last answer. */
export function planFrom(dataset: Dataset, policies: readonly Policy[], configuration: Configuration): Plan {
  const machines = readRows(dataset.machines, readMachine)
  const actions = readRows(dataset.actions, readAction)
  return createPlan({
    policies,
    configuration,
    now: NOW as Instant,
    toolVersion: 'bench',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: NO_OPTIONS,
    observation: {
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt: NOW as Instant,
      clockSkewMs: 0,
      historyFrom: '2026-05-26T18:00:00.0000000Z' as Instant,
      scope: 'tenant',
      machines,
      actions,
      onboarded: machines.length,
      failures: [],
      apiCalls: dataset.machines.length + dataset.actions.length,
      roles: null,
    },
  })
}
