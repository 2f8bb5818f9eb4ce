import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, startTenant, type Tenant } from './emulated-tenant.ts'

const HELD = '1'.repeat(40)
const OTHER = '2'.repeat(40)
const OWN = 'INC-1 [holdfast policy=contain plan=11111111 change=22222222]'
const NOT_FOUND = { on: 'GET /machines', status: 404, code: 'ResourceNotFound' } as const

const BY_TAG = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain.yaml':
    'version: 1\npolicy: contain\nreason: INC-1\nmachines:\n  - tag: INC-1\nstate:\n  isolated: full\n',
}

/** A machine that a policy holds by its tag, and one that it is to hold. */
function start(behaviour: NonNullable<Scenario['behaviour']>): Promise<Tenant> {
  return startTenant(
    {
      machines: [
        { id: HELD, machineTags: ['INC-1'] },
        { id: OTHER, machineTags: ['INC-1'] },
      ],
      actions: [
        {
          type: 'Isolate',
          scope: 'Full',
          machineId: HELD,
          status: 'Succeeded',
          requestorComment: OWN,
          requestSource: 'PublicApi',
          creationDateTimeUtc: new Date(Date.now() - 86_400_000).toISOString(),
        },
      ],
      behaviour,
    },
    BY_TAG,
  )
}

const errorOf = (stdout: string): unknown => JSON.parse(stdout).error?.code

test.each([
  ['plan', '--json'],
  ['drift', '--json'],
])(
  'a list of machines answered with 404 while the history names one: %s says so and ends 1',
  async (...argv) => {
    const tenant = await start({ faults: [NOT_FOUND] })
    const ran = await tenant.run(argv)
    expect(ran.code, ran.stderr).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({ complete: false })
    expect(ran.stderr).toContain('error[list-missing]')
    expect(ran.stdout + ran.stderr).not.toContain('No changes')
  },
)

test.each([
  ['answered with 404 for as long as it runs', [NOT_FOUND], 1, 0],
  ['answered with 404 at first', [{ ...NOT_FOUND, first: 1 }], 0, 1],
] as const)('a list of machines %s: --prune lifts nothing', async (_how, faults, code, sent) => {
  const tenant = await start({ faults })
  const ran = await tenant.run(['apply', '--prune', '--auto-approve', '--json'])
  expect(ran.code, ran.stderr).toBe(code)
  expect(tenant.writes()).toBe(sent)
  if (code === 1) expect(errorOf(ran.stdout)).toBe('prune-not-possible')
})

test('--accept-empty is the way out where the machines are really gone: nothing is lifted, and it needs a reason', async () => {
  const tenant = await start({ faults: [NOT_FOUND] })
  const bare = await tenant.run(['plan', '--accept-empty', '--json'])
  expect([bare.code, errorOf(bare.stdout)]).toStrictEqual([1, 'reason-missing'])
  const pruning = await tenant.run(['plan', '--prune', '--accept-empty', '--reason', 'x', '--json'])
  expect([pruning.code, errorOf(pruning.stdout)]).toStrictEqual([1, 'prune-not-possible'])
  for (const command of ['plan', 'drift']) {
    const ran = await tenant.run(
      [command, '--accept-empty', '--reason', 'all retired', '--json', '--exit-zero'].filter(
        word => command === 'drift' || word !== '--exit-zero',
      ),
    )
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stderr).toContain('warning[accepted-empty]')
    expect(JSON.parse(ran.stdout)).toMatchObject({ drift: [{ kind: 'orphaned' }] })
  }
  const applied = await tenant.run(['apply', '--accept-empty', '--reason', 'x', '--auto-approve', '--json'])
  expect(applied.code, applied.stderr).toBe(0)
  expect(tenant.writes()).toBe(0)
})

/** Loses a row of the whole list at every reading, while the count goes on counting it. */
const LOSES_ROW = { on: 'GET /machines', query: 'orderby=id', fault: 'skip-row' } as const

test('a row that is counted and never comes stops what speaks of the tenant, and nothing that names machines by id', async () => {
  const tenant = await start({ faults: [LOSES_ROW] })
  for (const argv of [
    ['plan'],
    ['drift'],
    ['apply', '--auto-approve'],
    ['plan', '--target', 'policy:contain'],
  ]) {
    const ran = await tenant.run([...argv, '--json'])
    expect(ran.code, argv.join(' ')).toBe(1)
    expect(ran.stderr).toContain('rows-missing')
  }
  expect(tenant.writes()).toBe(0)
  const listed = await tenant.run(['machines', 'list', '--json'])
  expect(listed.code).toBe(1)
  expect(JSON.parse(listed.stdout)).toMatchObject({ complete: false, machines: [{ id: HELD }] })
  expect((await tenant.run(['actions', 'list', '--json'])).code).toBe(0)
})

test('a plan and an apply of machines that --target names by id go on past it', async () => {
  const tenant = await start({ faults: [LOSES_ROW], duplicates: 'reject' })
  const plan = await tenant.run(['plan', '--target', OTHER, '--json'])
  expect(plan.code, plan.stderr).toBe(0)
  expect(plan.stderr).toContain('warning[only-targets-read]')
  expect(plan.stderr).not.toContain('matches-nothing')
  expect(JSON.parse(plan.stdout)).toMatchObject({
    observed: { scope: 'named', complete: true },
    changes: [{ address: `${OTHER}/isolated` }],
    drift: [{ address: `${OTHER}/isolated`, kind: 'missing' }],
  })
  const applied = await tenant.run(['apply', '--target', OTHER, '--auto-approve', '--json'])
  expect(applied.code, applied.stderr).toBe(0)
  expect(tenant.writes()).toBe(1)
})

test('a machine that the application may not see keeps its hold: what a list lacks is unknown', async () => {
  const tenant = await startTenant(
    {
      machines: [
        { id: HELD, machineTags: ['INC-1'], hidden: true },
        { id: OTHER, machineTags: ['INC-1'] },
      ],
      actions: [
        {
          type: 'Isolate',
          scope: 'Full',
          machineId: HELD,
          status: 'Succeeded',
          requestorComment: OWN,
          requestSource: 'PublicApi',
          creationDateTimeUtc: new Date(Date.now() - 86_400_000).toISOString(),
        },
      ],
    },
    BY_TAG,
  )
  const ran = await tenant.run(['plan', '--prune', '--json'])
  expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({
    changes: [{ address: `${OTHER}/isolated`, operations: ['impose'] }],
    blocked: [{ address: `${HELD}/isolated`, code: 'record-missing' }],
  })
})
