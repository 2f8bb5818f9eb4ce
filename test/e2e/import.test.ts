import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { believableScenario } from '../../src/emulator/fleet.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, startTenant, type Tenant } from './emulated-tenant.ts'

const FILES = { 'holdfast.yaml': CONFIGURATION, 'policies/.keep': '' }
const OWN = 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]'
const HELD: Scenario = {
  machines: [
    { computerDnsName: 'ws-1.contoso.com', machineTags: ['INC-1'] },
    { computerDnsName: 'ws-2.contoso.com' },
    { computerDnsName: 'ws-3.contoso.com', machineTags: ['INC-1'] },
  ],
  actions: [
    {
      ...{ type: 'Isolate', machineId: 'ws-1.contoso.com', scope: 'Full', requestorComment: OWN },
      ...{ requestSource: 'PublicApi', creationDateTimeUtc: '-2d' },
    },
    { type: 'Isolate', machineId: 'ws-2.contoso.com', scope: 'Selective', creationDateTimeUtc: '-1d' },
    { type: 'RestrictCodeExecution', machineId: 'ws-3.contoso.com', creationDateTimeUtc: '-1d' },
  ],
}
const IMPORT = ['import', '--reason', 'found on adoption', '--json'] as const

async function planned(tenant: Tenant) {
  const ran = await tenant.run(['plan', '--json'])
  const { changes, blocked, inFlight } = JSON.parse(ran.stdout)
  return { code: ran.code, changes, blocked, inFlight }
}

/** Drift but for what is still on its way, which nobody can declare as held. */
async function kindsOfDrift(tenant: Tenant): Promise<ReadonlySet<string>> {
  const ran = await tenant.run(['drift', '--json', '--exit-zero'])
  const { drift }: { readonly drift: readonly { readonly kind: string; readonly actual: string }[] } =
    JSON.parse(ran.stdout)
  return new Set(drift.filter(({ actual }) => actual !== 'in flight').map(({ kind }) => kind))
}

test('import then plan on the demo fleet: no changes, nothing blocked, nothing undeclared', async () => {
  const tenant = await startTenant(believableScenario(), FILES)
  const before = await kindsOfDrift(tenant)
  expect(before.has('undeclared') || before.has('orphaned')).toBe(true)
  const ran = await tenant.run(IMPORT)
  const { files, leftOut } = JSON.parse(ran.stdout)
  expect([ran.code, ran.stderr, files.length > 0]).toStrictEqual([0, '', true])
  expect(await planned(tenant)).toStrictEqual({ code: 0, changes: [], blocked: [], inFlight: [] })
  expect(leftOut).toStrictEqual([])
  expect([...(await kindsOfDrift(tenant))]).toStrictEqual([])
  expect(tenant.writes()).toBe(0)
})

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['all that is held', [], ['foreign-isolated-selective', 'foreign-restricted', 'own-isolated-full']],
  ['isolations', ['--isolated'], ['foreign-isolated-selective', 'own-isolated-full']],
  ['restrictions', ['--restricted'], ['foreign-restricted']],
  ['by a selector', ['--tag', 'inc-1'], ['foreign-restricted', 'own-isolated-full']],
  ['by a selector and a facet', ['--tag', 'INC-1', '--isolated'], ['own-isolated-full']],
])('import takes %s', async (_rule, argv, want) => {
  const tenant = await startTenant(HELD, FILES)
  const ran = await tenant.run([...IMPORT, '--owner', 'soc@contoso.com', '--expires', '2099-01-01', ...argv])
  expect([ran.code, ran.stderr]).toStrictEqual([0, ''])
  const names = (await readdir(`${tenant.folder}/policies`)).filter(name => name.endsWith('.yaml')).sort()
  expect(names.map(name => name.replace(/^imported-\d{4}-\d\d-\d\d-(.*)\.yaml$/, '$1'))).toStrictEqual(want)
  const text = await readFile(`${tenant.folder}/policies/${names[0]}`, 'utf8')
  expect(text).toContain('owner: "soc@contoso.com"')
  expect(text).toContain('expires: 2099-01-01T00:00:00Z')
  expect((await planned(tenant)).changes).toStrictEqual([])
})

test('import overwrites no file, and writes none where one is there', async () => {
  const tenant = await startTenant(HELD, FILES)
  await tenant.run([...IMPORT, '--restricted', '--out', 'elsewhere'])
  const ran = await tenant.run([...IMPORT, '--out', 'elsewhere'])
  expect([
    ran.code,
    ran.stdout.includes('"file-exists"') || ran.stderr.includes('file-exists'),
  ]).toStrictEqual([1, true])
  expect(await readdir(`${tenant.folder}/elsewhere`)).toHaveLength(1)
})

test('import says where the configuration does not load what it wrote', async () => {
  const tenant = await startTenant(HELD, FILES)
  const ran = await tenant.run([...IMPORT, '--restricted', '--out', 'elsewhere'])
  expect(ran.code).toBe(0)
  expect(ran.stderr).toContain('warning[path-not-configured]')
})

test('import twice imports nothing the second time', async () => {
  const tenant = await startTenant(HELD, FILES)
  await tenant.run(IMPORT)
  const ran = await tenant.run(['import', '--reason', 'again'])
  expect([ran.code, ran.stdout]).toStrictEqual([
    0,
    'Nothing to import: every hold that was chosen is declared already, or there is none.\n',
  ])
})

test.each<readonly [string, readonly string[], string]>([
  ['without a reason', ['import'], 'reason-missing'],
  ['a machine that nobody has', ['import', '--reason', 'x', '--dns-name', 'ws-9'], 'machine-not-found'],
  ['an expiry that has gone by', ['import', '--reason', 'x', '--expires', '2020-01-01'], 'usage'],
  ['a reason that no policy can have', ['import', '--reason', 'a\nb'], 'declaration-invalid'],
])('import %s is an error, and nothing is written', async (_rule, argv, code) => {
  const tenant = await startTenant(HELD, FILES)
  const ran = await tenant.run(argv)
  expect([ran.code, ran.stdout]).toStrictEqual([1, ''])
  expect(ran.stderr).toContain(`error[${code}]`)
  expect(await readdir(`${tenant.folder}/policies`)).toStrictEqual(['.keep'])
})

test('after a read that failed nothing is imported', async () => {
  const behaviour = { faults: [{ on: 'GET /machineactions', status: 403 }] }
  const tenant = await startTenant({ ...HELD, behaviour }, FILES)
  const ran = await tenant.run(IMPORT)
  expect([ran.code, JSON.parse(ran.stdout).error.code]).toStrictEqual([1, 'read-incomplete'])
  expect(await readdir(`${tenant.folder}/policies`)).toStrictEqual(['.keep'])
})
