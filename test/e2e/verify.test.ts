import { describe, expect, test } from 'vitest'
import type { Behaviour, ScenarioMachine } from '../../src/emulator/scenario-types.ts'
import { jwt } from '../defender/clients.ts'
import { CONFIGURATION, ISOLATE_TWO, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const NAMES = ['ws-1.contoso.com', 'ws-2.contoso.com', 'ws-3.contoso.com']
const WHOLE = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain.yaml':
    'version: 1\npolicy: contain\nreason: INC-1\nmachines: [ { tag: held } ]\nstate: { isolated: full }\n',
}

/** ws-1 and ws-2 are isolated since two days, ws-3 is not. */
function tenant(
  overrides: Readonly<Record<string, Partial<ScenarioMachine>>> = {},
  files: Readonly<Record<string, string>> = ISOLATE_TWO,
  behaviour: Behaviour = {},
): Promise<Tenant> {
  const machines = NAMES.map((computerDnsName, index) => ({
    computerDnsName,
    machineTags: index < 2 ? ['held'] : [],
    ...overrides[computerDnsName],
  }))
  const actions = NAMES.slice(0, 2).map(machineId => ({
    type: 'Isolate',
    machineId,
    scope: 'Full',
    requestorComment: 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]',
    creationDateTimeUtc: '-2d',
  }))
  return startTenant({ machines, actions, behaviour }, files)
}

interface Said {
  readonly code: string
  readonly message: string
}

function saidIn(stdout: string): readonly Said[] {
  return (JSON.parse(stdout) as { diagnostics: readonly Said[] }).diagnostics
}

describe.each([
  ['named machines', ISOLATE_TWO],
  ['a whole tenant', WHOLE],
] as const)('plan --verify of %s', (_what, files) => {
  test('says how many isolations the devices confirm', async () => {
    const ran = await (await tenant({}, files)).run(['plan', '--verify', '--json'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(saidIn(ran.stdout)).toMatchObject([
      { code: 'holds-verified', message: 'isolation verified: 2 agree with what their devices report.' },
    ])
  })

  test('warns of a device that is open, and plans the same', async () => {
    const open = await tenant({ 'ws-2.contoso.com': { mitigation: '[{"Isolated":"false"}]' } }, files)
    const [plain, verified] = [
      await open.run(['plan', '--json']),
      await open.run(['plan', '--verify', '--json']),
    ]
    expect(verified.code).toBe(0)
    expect(saidIn(verified.stdout).map(({ code }) => code)).toStrictEqual([
      'unverified-hold',
      'holds-verified',
    ])
    expect(verified.stderr).toContain('ws-2.contoso.com: the history says isolated (full)')
    const idOf = (text: string): unknown => (JSON.parse(text) as { planId: unknown }).planId
    expect(idOf(verified.stdout)).toBe(idOf(plain.stdout))
    expect(open.emulator.actions()).toHaveLength(2)
  })
})

test('drift --verify finds a device that somebody isolated without an action', async () => {
  const isolated = await tenant({ 'ws-3.contoso.com': { mitigation: '{"Isolated":"true"}' } })
  const ran = await isolated.run(['drift', '--verify', '--json'])
  expect(ran.code).toBe(0)
  expect(saidIn(ran.stdout)).toMatchObject([
    { code: 'unverified-hold', message: expect.stringContaining('ws-3.contoso.com: the history says not') },
    { code: 'holds-verified' },
  ])
})

test('a hold of a minute ago waits for a report', async () => {
  const fresh = await startTenant()
  expect((await fresh.run(['apply', '--auto-approve'])).code).toBe(0)
  const ran = await fresh.run(['plan', '--verify', '--json'])
  expect(saidIn(ran.stdout)).toMatchObject([
    { message: expect.stringContaining('2 have no report newer than their latest action') },
  ])
})

describe('a safety that cannot be honoured is an error', () => {
  test.each<readonly [string, Behaviour, Readonly<Record<string, string>>, string]>([
    [
      'a token that says it lacks the permission',
      {},
      { HOLDFAST_TOKEN: jwt({ roles: ['Machine.Read.All'] }), HOLDFAST_GRAPH_TOKEN: jwt({ roles: [] }) },
      'the token lacks ThreatHunting.Read.All; the old path: the token lacks AdvancedQuery.Read.All',
    ],
    [
      'an opaque token that is refused',
      { roles: ['Machine.Read.All'] },
      {},
      'ThreatHunting.Read.All is missing',
    ],
    [
      'a quota that is used up',
      { quotas: { paths: { 'POST /v1.0/security/runHuntingQuery': { perMinute: 0 } } } },
      {},
      'could not ask hunting: The service answered 429',
    ],
  ])('%s', async (_what, behaviour, env, message) => {
    const ran = await (await tenant({}, ISOLATE_TWO, behaviour)).run(['plan', '--verify', '--json'], { env })
    expect(ran.code).toBe(1)
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain(message)
    expect(ran.stderr).toContain('verify-not-possible')
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'verify-not-possible' } })
  })

  test('another time than now', async () => {
    const ran = await (await tenant()).run(['plan', '--verify', '--as-of', '2026-11-20'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('flags-contradict')
  })

  test('and where the plan itself could not be read, nothing is verified', async () => {
    const behaviour: Behaviour = { faults: [{ on: 'GET /machines', status: 403, code: 'Forbidden' }] }
    const files = { ...WHOLE, 'policies/b.yaml': policy('b', 'isolated: full', ['ws-1.contoso.com']) }
    const broken = await tenant({}, files, behaviour)
    const ran = await broken.run(['plan', '--verify', '--json'])
    expect(ran.code).toBe(1)
    expect(broken.writes()).toBe(0)
  })
})

describe('the old path', () => {
  test('may be gone: --verify passes all the same', async () => {
    const gone = await tenant({}, ISOLATE_TWO, { hunting: { oldPathEnds: '-1d' } })
    const ran = await gone.run(['plan', '--verify', '--json'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(saidIn(ran.stdout).map(({ code }) => code)).not.toContain('evidence-old-path')
    const paths = gone.emulator.requests().map(({ path }) => path)
    expect(paths).toContain('/v1.0/security/runHuntingQuery')
    expect(paths).not.toContain('/api/advancedqueries/run')
  })

  test.each<readonly [string, Readonly<Record<string, string>>, Behaviour, Record<string, string>]>([
    ['where there is no token for Graph', ISOLATE_TWO, {}, { HOLDFAST_GRAPH_TOKEN: '' }],
    [
      'where Graph refuses',
      ISOLATE_TWO,
      { roles: ['Machine.Read.All', 'AdvancedQuery.Read.All'], hunting: { unpermitted: 'unresolved' } },
      {},
    ],
    [
      'where the configuration says so',
      { ...ISOLATE_TWO, 'holdfast.yaml': `${CONFIGURATION}evidence: { api: defender }\n` },
      {},
      {},
    ],
  ])('serves %s, with a warning', async (_where, files, behaviour, env) => {
    const ran = await (await tenant({}, files, behaviour)).run(['plan', '--verify', '--json'], { env })
    expect(ran.code, ran.stderr).toBe(0)
    expect(saidIn(ran.stdout)).toContainEqual(
      expect.objectContaining({ code: 'evidence-old-path', severity: 'warning' }),
    )
  })
})
