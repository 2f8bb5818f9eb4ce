import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDeclaration } from '../../src/cli/declaration/declaration.ts'
import { readAction } from '../../src/defender/wire-action.ts'
import { readList } from '../../src/defender/wire-list.ts'
import { readMachine } from '../../src/defender/wire-machine.ts'
import { createPlan } from '../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { needOf } from '../../src/plan/select/need.ts'
import type { PlanInput, PlanOptions } from '../../src/plan/select/plan-input.ts'
import { NO_OPTIONS } from '../../src/plan/select/plan-input.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { at } from './build-core.ts'

/** What a case asks beyond its policy: options of the plan, and what the tenant answers. All optional. */
interface Ask extends Omit<Partial<PlanOptions>, 'asOf'> {
  readonly asOf?: string
  readonly now?: string
  /** Application permissions of the token; null where they cannot be read. */
  readonly roles?: readonly string[]
  /** Folder of the declaration, relative to the case; its own folder where it is missing. */
  readonly declaration?: string
}

const NOW = '2026-11-22T18:00:00Z'

function readRows<Row>(path: string, readRow: (row: unknown) => Row): readonly Row[] {
  return readList(JSON.parse(readFileSync(path, 'utf8')), readRow).rows
}

function optionsOf({
  asOf,
  now: _now,
  roles: _roles,
  declaration: _declaration,
  ...options
}: Ask): PlanOptions {
  return { ...NO_OPTIONS, ...options, ...(asOf === undefined ? {} : { asOf: at(asOf) }) }
}

/** Reads a case from its folder: everything that {@link createPlan} is given. */
export async function readCase(folder: string): Promise<PlanInput> {
  const path = join(folder, 'ask.json')
  const ask: Ask = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Ask) : {}
  const cwd = join(folder, ask.declaration ?? '.')
  const configured = existsSync(join(cwd, 'holdfast.yaml'))
  const declaration = await loadDeclaration({ cwd, paths: configured ? [] : ['policy.yaml'] })
  const now: Instant = at(ask.now ?? NOW)
  const options = optionsOf(ask)
  const need = needOf(declaration.policies, declaration.configuration, now, {
    wholeTenant: options.prune,
    asOf: options.asOf,
  })
  const machines = readRows(join(folder, 'machines.json'), readMachine)
  const actions = readRows(join(folder, 'history.json'), readAction)
  return {
    policies: declaration.policies,
    configuration: declaration.configuration,
    now,
    toolVersion: 'golden',
    source: { commit: null, dirty: null, files: declaration.files },
    diagnostics: declaration.diagnostics,
    options,
    observation: {
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt: now,
      clockSkewMs: 0,
      historyFrom: need.historyFrom,
      scope: need.scope,
      machines,
      actions,
      onboarded: machines.length,
      failures: [],
      apiCalls: 2,
      roles: ask.roles ?? null,
    },
  }
}

/** Makes the plan of a case in the bytes that its plan.json holds. */
export function writePlan(input: PlanInput): { readonly plan: Plan; readonly text: string } {
  const plan = createPlan(input)
  return { plan, text: `${JSON.stringify(plan, null, 2)}\n` }
}
