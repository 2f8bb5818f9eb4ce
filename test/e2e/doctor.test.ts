import { describe, expect, test } from 'vitest'
import { NO_ACTION, NO_MACHINE } from '../../src/defender/permission-probe.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { jwt } from '../defender/clients.ts'
import { type Ran, startTenant, type Tenant } from './emulated-tenant.ts'

const FILES = {
  'holdfast.yaml': 'version: 1\npolicies: [policies]\n',
  'policies/a.yaml':
    'version: 1\npolicy: contain\nreason: R\nmachines: [{ tag: t }]\nstate: { isolated: full, scanned: { within: 7d } }\n' +
    '---\nversion: 1\npolicy: restrict\nreason: R\nmachines: [{ tag: t }]\nstate: { restricted: true }\n',
}
const AUDIENCE = 'https://api.securitycenter.microsoft.com'
const ALL = ['Machine.Read.All', 'Machine.Isolate', 'Machine.Scan', 'Machine.RestrictExecution']

interface Check {
  readonly name: string
  readonly status: string
  readonly message: string
}

const start = (
  behaviour: Scenario['behaviour'] = {},
  files: Readonly<Record<string, string>> = FILES,
  over: Scenario = {},
): Promise<Tenant> => startTenant({ machines: [{ computerDnsName: 'a' }], behaviour, ...over }, files)

function token(tenant: Tenant, roles: readonly string[], over: object = {}): string {
  const exp = tenant.emulator.nowMs() / 1000 + 3600
  return jwt({
    aud: AUDIENCE,
    tid: '00000000-0000-0000-0000-000000000001',
    exp: Math.floor(exp),
    roles,
    ...over,
  })
}

async function examine(
  tenant: Tenant,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{
  readonly ran: Ran
  readonly document: { readonly checks: readonly Check[] } & Record<string, unknown>
}> {
  const ran = await tenant.run(['doctor', ...argv, '--json'], { env })
  return { ran, document: JSON.parse(ran.stdout) }
}

const withStatus = (checks: readonly Check[], status: string): readonly string[] =>
  checks.filter(check => check.status === status).map(({ name }) => name)

test('where all is in place nothing is wrong, and nothing but GET is sent', async () => {
  const tenant = await start()
  const HOLDFAST_TOKEN = token(tenant, ALL)
  const { ran, document } = await examine(tenant, [], { HOLDFAST_TOKEN })
  expect(ran.code, ran.stdout).toBe(0)
  expect(document).toMatchObject({
    healthy: true,
    missing: [],
    probes: null,
    token: { roles: ALL.toSorted() },
  })
  expect(withStatus(document.checks, 'ok')).toStrictEqual([
    'configuration',
    'endpoint',
    'token',
    'reading',
    'clock',
    'permissions',
  ])
  expect(ran.stdout + ran.stderr).not.toContain(HOLDFAST_TOKEN.split('.')[1])
  expect(tenant.emulator.requests().map(({ method }) => method)).toStrictEqual(['GET', 'GET'])
})

test('a role that is missing is named, with the policies that it stops', async () => {
  const tenant = await start()
  const env = { HOLDFAST_TOKEN: token(tenant, ['Machine.Read.All', 'Machine.Isolate']) }
  const { ran, document } = await examine(tenant, [], env)
  expect(ran.code).toBe(1)
  expect(document['missing']).toStrictEqual([
    { permission: 'Machine.RestrictExecution', policies: ['restrict'] },
    { permission: 'Machine.Scan', policies: ['contain'] },
  ])
  const human = await tenant.run(['doctor'], { env })
  expect(human.stdout).toContain('the token lacks Machine.Scan, which contain cannot do without')
  expect(human.stdout).toContain('apply  Machine.Scan: MISSING (scanned)')
})

test.each<readonly [string, object, string, string]>([
  ['has expired', { exp: 1_000_000_000 }, 'error', 'token'],
  ['is for something else', { aud: 'https://management.azure.com' }, 'warning', 'audience'],
  ['is for Microsoft Graph', { aud: 'https://graph.microsoft.com' }, 'error', 'endpoint'],
  ['tells no permissions', { roles: undefined }, 'warning', 'permissions'],
  ['tells no end', { exp: undefined }, 'ok', 'token'],
])('a token that %s', async (_rule, over, status, name) => {
  const tenant = await start()
  const { document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL, over) })
  expect(withStatus(document.checks, status)).toContain(name)
})

test('a token that ends soon is warned about', async () => {
  const tenant = await start()
  const exp = Math.floor(tenant.emulator.nowMs() / 1000) + 300
  const { ran, document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL, { exp }) })
  expect(ran.code).toBe(0)
  expect(withStatus(document.checks, 'warning')).toStrictEqual(['token'])
})

test.each<readonly [string, readonly string[], Readonly<Record<string, string>>, readonly string[]]>([
  ['no configuration is a warning', [], {}, []],
  ['a configuration that is not there', ['--config', 'nope.yaml'], FILES, ['configuration']],
  ['a configuration with errors', [], { 'holdfast.yaml': 'version: 2\n' }, ['configuration']],
  [
    'a policy with errors, and the rest is looked at',
    [],
    { ...FILES, 'policies/b.yaml': 'version: 1\n' },
    ['configuration'],
  ],
  ['an endpoint that would show the token', ['--endpoint', 'http://example.com'], FILES, ['endpoint']],
  [
    'another tenant',
    [],
    { 'holdfast.yaml': 'version: 1\ntenantId: 00000000-0000-0000-0000-000000000002\n' },
    ['token'],
  ],
  ['a service that does not answer', ['--endpoint', 'http://127.0.0.1:1'], FILES, ['reading']],
])('%s', async (_rule, argv, files, errors) => {
  const tenant = await start({}, files)
  const { ran, document } = await examine(tenant, argv, { HOLDFAST_TOKEN: token(tenant, ALL) })
  expect(withStatus(document.checks, 'error')).toStrictEqual(errors)
  expect(ran.code).toBe(errors.length > 0 ? 1 : 0)
})

test('reading that is not allowed names the permission', async () => {
  const tenant = await start({ roles: ['Machine.Isolate'] })
  const { ran, document } = await examine(tenant, [], {})
  expect(ran.code).toBe(1)
  expect(document.checks.find(({ name }) => name === 'reading')).toMatchObject({
    status: 'error',
    wayOut: expect.stringContaining('Machine.Read.All'),
  })
})

const NOTHING = { status: 404, code: 'ResourceNotFound' } as const

test.each<readonly [string, readonly ('GET /machines' | 'GET /machineactions')[], string, string]>([
  [
    'no list of machines, while the history names some',
    ['GET /machines'],
    'error',
    'the history names machines',
  ],
  ['no list of actions', ['GET /machineactions'], 'error', 'the list of actions was answered with 404'],
  [
    'no list at all, as at a wrong path',
    ['GET /machines', 'GET /machineactions'],
    'error',
    'the list of actions was answered with 404',
  ],
])('%s is not healthy', async (_what, absent, status, message) => {
  const machineId = '1'.repeat(40)
  const tenant = await start({ faults: absent.map(on => ({ on, ...NOTHING })) }, FILES, {
    machines: [{ id: machineId }],
    actions: [{ type: 'Isolate', machineId, status: 'Succeeded' }],
  })
  const { ran, document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL) })
  expect(document.checks.find(({ name }) => name === 'reading')).toMatchObject({
    status,
    message: expect.stringContaining(message),
    wayOut: expect.stringContaining('path'),
  })
  expect(document['healthy']).toBe(false)
  expect(ran.code).toBe(1)
})

test('a tenant without machines and without a history is a warning', async () => {
  const tenant = await start({ noMachines: 'not-found' }, FILES, { machines: [], actions: [] })
  const { ran, document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL) })
  expect(withStatus(document.checks, 'warning')).toStrictEqual(['reading'])
  expect(ran.code).toBe(0)
})

test('an opaque token is a warning: the service alone reads it', async () => {
  const tenant = await start()
  const { ran, document } = await examine(tenant, [], {})
  expect(ran.code).toBe(0)
  expect(document).toMatchObject({ token: null, missing: [] })
  expect(withStatus(document.checks, 'warning')).toStrictEqual(['token'])
})

test('a probe sends what the policies need to what cannot exist, after asking whether it does', async () => {
  const tenant = await start()
  const { ran, document } = await examine(tenant, ['--probe'], {})
  expect(ran.code, ran.stdout).toBe(0)
  expect(document['probes']).toMatchObject(
    [
      'Isolate',
      'Unisolate',
      'RestrictCodeExecution',
      'UnrestrictCodeExecution',
      'RunAntiVirusScan',
      'Cancel',
    ].map(method => ({ method, status: 'proven' })),
  )
  const [, , absence, ...writes] = tenant.emulator.requests()
  expect(absence).toMatchObject({ method: 'GET', path: expect.stringContaining(NO_MACHINE), status: 404 })
  expect(writes).toHaveLength(6)
  for (const { path } of writes) expect(path).toMatch(new RegExp(`${NO_MACHINE}|${NO_ACTION}`))
  const actions = JSON.parse((await tenant.run(['actions', 'list', '--json'])).stdout)
  expect(actions.actions).toStrictEqual([])
})

test('a probe that finds a permission missing names it and the policies', async () => {
  const tenant = await start({ roles: ['Machine.Read.All', 'Machine.Isolate', 'Machine.Scan'] })
  const ran = await tenant.run(['doctor', '--probe'])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toMatch(
    /RestrictCodeExecution needs Machine\.RestrictExecution: missing, .*; policies: restrict\n/,
  )
  expect(ran.stdout).toContain('4 methods proven')
})

test('without a policy every method is probed', async () => {
  const tenant = await start({}, {})
  const { document } = await examine(tenant, ['--probe'], {})
  expect(document['probes']).toHaveLength(10)
})

test.each<readonly [string, NonNullable<NonNullable<Scenario['behaviour']>['faults']>[number], string]>([
  ['a 5xx proves nothing', { on: 'POST /machines/*/isolate', status: 503 }, 'unclear'],
  [
    'a 404 that is not of the service proves nothing',
    { on: 'POST /machines/*/isolate', status: 404, body: 'html' },
    'unclear',
  ],
  ['a reset proves nothing', { on: 'POST /machines/*/isolate', fault: 'reset-before' }, 'unclear'],
  [
    'a 403 for another reason is told apart',
    { on: 'POST /machines/*/isolate', status: 403, code: 'DisabledFeature' },
    'refused',
  ],
  ['a 201 is an alarm', { on: 'POST /machines/*/isolate', status: 201 }, 'accepted'],
  ['a quota is waited for', { on: 'POST /machines/*/isolate', status: 429, retryAfter: 1, nth: 1 }, 'proven'],
  [
    'a quota that stays used up proves nothing',
    { on: 'POST /machines/*/isolate', status: 429, retryAfter: 600 },
    'unclear',
  ],
])('a probe: %s', async (_rule, fault, status) => {
  const tenant = await start({ faults: [fault] })
  const { ran, document } = await examine(tenant, ['--probe'], {})
  const probes = document['probes'] as readonly { readonly method: string; readonly status: string }[]
  expect(probes.find(({ method }) => method === 'Isolate')?.status).toBe(status)
  expect(ran.code).toBe(status === 'proven' ? 0 : 1)
})

test('no probe is sent where the service does not say that the machine is unknown', async () => {
  const tenant = await startTenant({ machines: [{ id: NO_MACHINE, computerDnsName: 'a' }] }, FILES)
  const { ran, document } = await examine(tenant, ['--probe'], {})
  expect(ran.code).toBe(1)
  expect(document['probes']).toStrictEqual([])
  expect(tenant.writes()).toBe(0)
})

describe('evidence', () => {
  const reading = (read: string): Readonly<Record<string, string>> => ({
    ...FILES,
    'holdfast.yaml': `version: 1\npolicies: [policies]\nevidence: { read: ${read} }\n`,
  })
  const env = { HOLDFAST_GRAPH_TOKEN: 'any' }

  test.each([
    ['auto', {}, 'ok', 'Microsoft Graph answered', true],
    ['required', { roles: ['Machine.Read.All'] }, 'error', 'ThreatHunting.Read.All is missing', false],
    ['auto', { roles: ['Machine.Read.All'] }, 'warning', 'AdvancedQuery.Read.All is missing', false],
    [
      'auto',
      { roles: ['Machine.Read.All', 'AdvancedQuery.Read.All'] },
      'warning',
      'the old path answered',
      false,
    ],
    ['auto', { faults: [{ on: 'POST /v1.0/**', status: 410 }] }, 'error', '410', null],
  ] as const)('that is read: %s, %o', async (read, behaviour, status, message, has) => {
    const tenant = await start(behaviour, reading(read))
    const { document } = await examine(tenant, [], env)
    expect(document.checks.find(({ name }) => name === 'evidence')).toMatchObject({
      status,
      message: expect.stringContaining(message),
    })
    expect(document['commands']).toContainEqual({
      command: 'plan --verify',
      permission: 'ThreatHunting.Read.All',
      has,
    })
  })

  test('by the old path because the configuration says so', async () => {
    const files = reading('auto, api: defender')
    const { document } = await examine(await start({}, files), [], env)
    expect(document.checks.find(({ name }) => name === 'evidence')).toMatchObject({ status: 'warning' })
  })

  test('that is not read is not asked for', async () => {
    const tenant = await start()
    await examine(tenant, [], env)
    expect(tenant.writes()).toBe(0)
  })
})

describe('protection', () => {
  const PROTECTED = (text: string): Readonly<Record<string, string>> => ({
    ...FILES,
    'holdfast.yaml': `${FILES['holdfast.yaml']}protected: [{ match: ${text} }]\n`,
  })

  test.each<[string, string, string, number]>([
    ['that spares a machine is in order', '{ tag: tier0 }', 'ok', 0],
    ['by a tag that nobody has is a warning', '{ tag: tier-0 }', 'warning', 0],
    ['by a name that no record has is an error', '{ dnsName: dc-01.contoso.com }', 'error', 1],
  ])('%s', async (_rule, match, status, code) => {
    const machines = [{ computerDnsName: 'a', machineTags: ['tier0', 't'] }]
    const tenant = await start({}, PROTECTED(match), { machines })
    const { ran, document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL) })
    expect(
      document.checks.filter(({ name }) => name === 'protection').map(each => each.status),
    ).toStrictEqual([status])
    expect(ran.code).toBe(code)
    if (status === 'warning') expect(ran.stderr).toContain('Did you mean "tier0"?')
  })

  test('that cannot be looked at is said to be so', async () => {
    const faults = [{ on: 'GET /machines', status: 400, code: 'BadRequest' }]
    const tenant = await start({ faults }, PROTECTED('{ tag: tier0 }'))
    const { document } = await examine(tenant, [], { HOLDFAST_TOKEN: token(tenant, ALL) })
    expect(withStatus(document.checks, 'error')).toContain('protection')
  })
})

test('protection that protects nobody is told before consent', async () => {
  const tenant = await start(
    {},
    { ...FILES, 'holdfast.yaml': `${FILES['holdfast.yaml']}protected: [{ match: { tag: tier-0 } }]\n` },
    { machines: [{ computerDnsName: 'a', machineTags: ['tier0', 't'] }] },
  )
  const { code, stderr } = await tenant.run(['apply'], { terminal: true, answers: ['no'] })
  expect(code).not.toBe(0)
  expect(stderr).toContain('protects-nothing')
  expect(tenant.emulator.actions()).toStrictEqual([])
})
