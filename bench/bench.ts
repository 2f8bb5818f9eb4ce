import {
  bare,
  type Contender,
  convergedPlan,
  nothing,
  offline,
  planOfChanges,
  serveTenant,
} from './contenders.ts'
import { alternate } from './rounds.ts'
import { type Figure, printFigures, printUsage } from './table.ts'
import { terraformPlan } from './terraform.ts'

/**
 * What planning costs against reading the same pages, against Terraform and against a machine ten times as large, whole
 * processes over loopback. `-- million` for the large tenant. Exit code 1
 * beyond a goal.
 */

const ROUNDS = 5
const ACTIONS_PER_MACHINE = 10

async function thousands(): Promise<readonly Figure[]> {
  const tenant = await serveTenant(10_000, ACTIONS_PER_MACHINE)
  const terraform = terraformPlan(10_000)
  const contenders: Record<string, Contender> = {
    bare: bare(tenant),
    plan: convergedPlan(tenant),
    ...(terraform === undefined ? {} : { terraform }),
  }
  const usages = await alternate(contenders, ROUNDS)
  tenant.close()
  printUsage('10,000 machines, 100,000 actions, converged', usages)
  const { bare: floor, plan, terraform: other } = usages
  if (floor === undefined || plan === undefined) return []
  const beside: readonly Figure[] =
    other === undefined
      ? []
      : [
          {
            what: 'Terraform over the plan, at least',
            value: other.wallMs / plan.wallMs,
            unit: '×',
            goal: 12,
            before: 5.3,
          },
          {
            what: 'memory over that of Terraform',
            value: plan.rssMb / other.rssMb,
            unit: '×',
            goal: 0.25,
            before: 0.45,
          },
        ]
  return [
    {
      what: '10k/100k: wall over bare',
      value: plan.wallMs / floor.wallMs,
      unit: '×',
      goal: 1,
      before: 2.34,
    },
    { what: '10k/100k: memory', value: plan.rssMb, unit: 'MB', goal: 200, before: 412 },
    ...beside,
  ]
}

async function slowPages(): Promise<readonly Figure[]> {
  const tenant = await serveTenant(10_000, ACTIONS_PER_MACHINE, 300)
  const usages = await alternate({ bare: bare(tenant), plan: convergedPlan(tenant) }, ROUNDS)
  tenant.close()
  printUsage('The same with 300 ms a page', usages)
  const value = usages.plan.wallMs / usages.bare.wallMs
  return [
    { what: '300 ms a page: wall over bare, one after the other', value, unit: '×', goal: 0.45, before: 1.3 },
  ]
}

async function startUp(): Promise<readonly Figure[]> {
  const usages = await alternate(
    {
      'node -e 0': nothing(),
      '--version': offline(['--version']),
      validate: offline(['validate']),
      'explain --help': offline(['explain', '--help']),
      completion: offline(['completion', 'bash']),
    },
    ROUNDS * 2,
  )
  printUsage('Start-up', usages)
  const floor = usages['node -e 0'].wallMs
  return (['--version', 'validate', 'explain --help', 'completion'] as const).map(name => ({
    what: `start-up: ${name}`,
    value: usages[name].wallMs / floor,
    unit: '×',
    goal: name === '--version' ? 1.15 : 1.6,
  }))
}

async function million(): Promise<readonly Figure[]> {
  const [tenth, tenant] = await Promise.all([
    serveTenant(10_000, ACTIONS_PER_MACHINE),
    serveTenant(100_000, ACTIONS_PER_MACHINE),
  ])
  const usages = await alternate(
    {
      bare: bare(tenant),
      plan: convergedPlan(tenant),
      'plan of a tenth': convergedPlan(tenth),
      'plan of 100,000 changes': planOfChanges(tenant),
    },
    ROUNDS,
  )
  tenth.close()
  tenant.close()
  printUsage('100,000 machines, 1,000,000 actions', usages)
  const { bare: floor, plan } = usages
  const tenfold = plan.wallMs / usages['plan of a tenth'].wallMs
  return [
    { what: '100k/1M: wall over bare', value: plan.wallMs / floor.wallMs, unit: '×', goal: 0.9, before: 4.1 },
    { what: '100k/1M: memory', value: plan.rssMb, unit: 'MB', goal: 400, before: 1322 },
    { what: 'ten times the work: wall', value: tenfold, unit: '×', goal: 10.5 },
    {
      what: '100,000 changes: memory',
      value: usages['plan of 100,000 changes'].rssMb,
      unit: 'MB',
      goal: 600,
      before: 2100,
    },
  ]
}

const parts = process.argv.includes('million') ? [million] : [thousands, slowPages, startUp]
const figures: Figure[] = []
for (const part of parts) figures.push(...(await part()))
if (!printFigures(figures)) process.exitCode = 1
