import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Behaviour, ScenarioAction, ScenarioMachine } from '../../src/emulator/scenario-types.ts'
import { jwt } from '../defender/clients.ts'
import { CONFIGURATION, ISOLATE_TWO, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const [ONE, TWO, THREE] = ['ws-1.contoso.com', 'ws-2.contoso.com', 'ws-3.contoso.com'] as const
const GRAPH = '/v1.0/security/runHuntingQuery'
const OLD = '/api/advancedqueries/run'
const WHOLE = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain.yaml':
    'version: 1\npolicy: contain\nreason: INC-1\nmachines: [ { tag: held } ]\nstate: { isolated: full }\n',
}

function reading(evidence: string, files: Readonly<Record<string, string>> = ISOLATE_TWO): typeof files {
  return { ...files, 'holdfast.yaml': `${CONFIGURATION}evidence: ${evidence}\n` }
}

interface Given {
  readonly machines?: Readonly<Record<string, Partial<ScenarioMachine>>>
  readonly files?: Readonly<Record<string, string>>
  readonly behaviour?: Behaviour
  readonly action?: Partial<ScenarioAction>
}

/** ws-1 and ws-2 are isolated by us since two days, ws-3 is not. */
function tenant({
  machines = {},
  files = ISOLATE_TWO,
  behaviour = {},
  action = {},
}: Given = {}): Promise<Tenant> {
  const fleet = [ONE, TWO, THREE].map((computerDnsName, index) => ({
    computerDnsName,
    machineTags: index < 2 ? ['held'] : [],
    ...machines[computerDnsName],
  }))
  const actions = [ONE, TWO].map(machineId => ({
    type: 'Isolate',
    machineId,
    scope: 'Full',
    requestor: 'Holdfast',
    requestSource: 'PublicApi',
    requestorComment: 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]',
    creationDateTimeUtc: '-2d',
    ...action,
  }))
  return startTenant({ machines: fleet, actions, behaviour }, files)
}

interface Note {
  readonly code: string
  readonly message: string
}

interface Told {
  readonly planId: string
  readonly complete: boolean
  readonly diagnostics: readonly Note[]
  readonly changes: readonly {
    readonly machine: { readonly dnsName: string }
    readonly reason: string
    readonly renews?: string
    readonly warnings: readonly Note[]
  }[]
  readonly blocked: readonly Note[]
  readonly drift: readonly { readonly kind: string; readonly machine: { readonly dnsName: string } }[]
}

async function told(
  one: Tenant,
  argv: readonly string[],
  env = {},
): Promise<Told & { readonly exit: number }> {
  const ran = await one.run([...argv, '--json'], { env })
  return { ...JSON.parse(ran.stdout), exit: ran.code }
}

const codesOf = (notes: readonly Note[]): readonly string[] => notes.map(({ code }) => code)
const changesOf = ({ changes }: Told): readonly string[] =>
  changes
    .map(
      ({ machine, reason, renews }) => `${machine.dnsName} ${reason}${renews === undefined ? '' : ' again'}`,
    )
    .sort()
const posts = ({ emulator }: Tenant): readonly string[] =>
  emulator
    .requests()
    .filter(({ method }) => method !== 'GET')
    .map(({ path }) => path)

describe.each([
  ['named machines', ISOLATE_TWO],
  ['a whole tenant', WHOLE],
] as const)('plan --verify of %s', (_what, files) => {
  test('says how many isolations the devices confirm, with one query', async () => {
    const one = await tenant({ files })
    const plan = await told(one, ['plan', '--verify'])
    expect(plan.exit).toBe(0)
    expect(plan.diagnostics).toMatchObject([
      { code: 'evidence-read', message: 'isolations: 2 confirmed by their devices.' },
    ])
    expect(plan.changes).toStrictEqual([])
    expect(posts(one)).toStrictEqual([GRAPH])
  })

  test('isolates anew what the device denies, never as a renewal, and warns', async () => {
    const one = await tenant({ files, machines: { [TWO]: { mitigation: '[{"Isolated":"false"}]' } } })
    const plan = await told(one, ['plan', '--verify'])
    expect(changesOf(plan)).toStrictEqual([`${TWO} lost`])
    expect(codesOf(plan.changes[0]?.warnings ?? [])).toContain('released-off-record')
    expect((await told(one, ['plan'])).changes).toStrictEqual([])
  })
})

test('drift tells what was lost, and plan and apply of one configuration agree on it', async () => {
  const one = await tenant({
    files: reading('{ read: auto, settle: 1s }'),
    machines: { [TWO]: { mitigation: '{"Isolated":"false"}' } },
    behaviour: { hunting: { lag: 0 } },
  })
  const drift = await told(one, ['drift'])
  expect(drift.exit).toBe(2)
  expect(drift.drift).toMatchObject([{ kind: 'lost', machine: { dnsName: TWO } }])
  expect((await one.run(['apply', '--auto-approve'])).code).toBe(0)
  expect(posts(one).filter(path => path.endsWith('/isolate'))).toHaveLength(1)
  // The device still denies what just succeeded: once is enough on its word alone.
  await one.clock.sleep(5_000)
  expect(codesOf((await told(one, ['plan'])).blocked)).toStrictEqual(['evidence-disagrees'])
})

test('drift --verify finds a device that somebody isolated without an action', async () => {
  const one = await tenant({ machines: { [THREE]: { mitigation: '{"Isolated":"true"}' } } })
  const drift = await told(one, ['drift', '--verify'])
  expect(drift.exit).toBe(0)
  expect(drift.diagnostics).toMatchObject([
    { code: 'isolated-off-record', message: expect.stringContaining(THREE) },
    { code: 'evidence-read' },
  ])
})

test('a hold of a minute ago waits for a report', async () => {
  const fresh = await startTenant()
  expect((await fresh.run(['apply', '--auto-approve'])).code).toBe(0)
  expect((await told(fresh, ['plan', '--verify'])).diagnostics).toMatchObject([
    { message: 'isolations: 0 confirmed by their devices, 2 without a report that counts.' },
  ])
})

describe('a hold whose time is over', () => {
  const files = reading('{ read: auto, settle: 1h }')

  test('holds where its device says so', async () => {
    const action = { creationDateTimeUtc: '-8d', lasts: 'never' } as const
    const plan = await told(await tenant({ files, action }), ['plan'])
    expect(plan.changes).toStrictEqual([])
    expect(codesOf(plan.diagnostics)).toStrictEqual(['observed-held', 'observed-held', 'evidence-read'])
  })

  test('is renewed where its device says that it is free', async () => {
    const action = { creationDateTimeUtc: '-7d5h' } as const
    const plan = await told(await tenant({ files, action }), ['plan'])
    expect(changesOf(plan)).toStrictEqual([`${ONE} renewed again`, `${TWO} renewed again`])
    expect(codesOf(plan.diagnostics)).not.toContain('lapse-unproven')
  })

  test('is no renewal where its device had denied it before', async () => {
    const one = await tenant({
      files,
      action: { creationDateTimeUtc: '-7d5h' },
      machines: { [ONE]: { mitigation: '{}' } },
    })
    const plan = await told(one, ['plan'])
    expect(changesOf(plan)).toStrictEqual([`${ONE} lost`, `${TWO} renewed again`])
  })

  test('is not renewed by the time alone where its device may be asked and cannot be', async () => {
    const one = await tenant({
      files,
      action: { creationDateTimeUtc: '-7d5h' },
      behaviour: { faults: [{ on: `POST ${GRAPH}`, status: 400, code: 'BadRequest' }] },
    })
    const plan = await told(one, ['plan'])
    expect(plan.changes).toStrictEqual([])
    expect(codesOf(plan.blocked)).toStrictEqual(['evidence-unread', 'evidence-unread'])
    expect(codesOf(plan.diagnostics)).toContain('evidence-unread')
  })

  test('is renewed by the time alone where nobody may ask, which is said', async () => {
    const roles = ['Machine.Read.All', 'Machine.Isolate']
    const one = await tenant({ files, action: { creationDateTimeUtc: '-7d5h' }, behaviour: { roles } })
    const plan = await told(one, ['plan'])
    expect(changesOf(plan)).toHaveLength(2)
    expect(codesOf(plan.diagnostics)).toContain('evidence-closed')
  })
})

describe('what is required and cannot be read is a failed read', () => {
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
      'The service answered 429',
    ],
  ])('%s', async (_what, behaviour, env, message) => {
    for (const files of [ISOLATE_TWO, reading('{ read: required }')]) {
      const one = await tenant({ files, behaviour })
      const argv = files === ISOLATE_TWO ? ['plan', '--verify'] : ['plan']
      const plan = await told(one, argv, env)
      expect(plan).toMatchObject({ exit: 1, complete: false })
      const [failure] = plan.diagnostics.filter(({ code }) => code === 'evidence-unread')
      expect(failure?.message).toContain(message)
    }
  })

  test('apply sends nothing then', async () => {
    const behaviour = { faults: [{ on: `POST ${GRAPH}`, status: 400 }] }
    const files = reading('{ read: required }', {
      ...ISOLATE_TWO,
      'policies/b.yaml': policy('b', 'isolated: full', [THREE]),
    })
    const one = await tenant({ files, behaviour })
    expect((await one.run(['apply', '--auto-approve'])).code).toBe(1)
    expect(posts(one).filter(path => path.startsWith('/api/machines'))).toStrictEqual([])
  })

  test('another time than now', async () => {
    const ran = await (await tenant()).run(['plan', '--verify', '--as-of', '2026-11-20'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('flags-contradict')
  })

  test('and where the look itself failed, nobody is asked', async () => {
    const behaviour: Behaviour = { faults: [{ on: 'GET /machines', status: 403, code: 'Forbidden' }] }
    const broken = await tenant({ files: WHOLE, behaviour })
    expect((await broken.run(['plan', '--verify'])).code).toBe(1)
    expect(broken.writes()).toBe(0)
  })
})

describe('the old path', () => {
  test('may be gone: --verify passes all the same', async () => {
    const gone = await tenant({ behaviour: { hunting: { oldPathEnds: '-1d' } } })
    const plan = await told(gone, ['plan', '--verify'])
    expect(plan.exit).toBe(0)
    expect(codesOf(plan.diagnostics)).toStrictEqual(['evidence-read'])
    expect(posts(gone)).toStrictEqual([GRAPH])
  })

  test.each<readonly [string, Given, Record<string, string>, readonly string[]]>([
    ['where there is no token for Graph', {}, { HOLDFAST_GRAPH_TOKEN: '' }, [OLD]],
    [
      'where Graph refuses',
      {
        behaviour: {
          roles: ['Machine.Read.All', 'AdvancedQuery.Read.All'],
          hunting: { unpermitted: 'unresolved' },
        },
      },
      {},
      [GRAPH, OLD],
    ],
    ['where the configuration says so', { files: reading('{ api: defender }') }, {}, [OLD]],
  ])('serves %s, with a warning', async (_where, given, env, asked) => {
    const one = await tenant(given)
    const plan = await told(one, ['plan', '--verify'], env)
    expect(plan.exit).toBe(0)
    expect(codesOf(plan.diagnostics)).toStrictEqual(['evidence-old-path', 'evidence-read'])
    expect(posts(one)).toStrictEqual(asked)
  })
})

test('an emulator in this process serves Graph too', async () => {
  const one = await tenant()
  const scenario = [
    'version: 1',
    `machines: [ { computerDnsName: ${ONE} }, { computerDnsName: ${TWO} } ]`,
    `actions: [ { type: Isolate, machineId: ${ONE}, scope: Full, creationDateTimeUtc: -1d }, { type: Isolate, machineId: ${TWO}, scope: Full, creationDateTimeUtc: -1d } ]`,
    'behaviour: { hunting: { oldPathEnds: -1d } }',
  ]
  await writeFile(join(one.folder, 's.yaml'), `${scenario.join('\n')}\n`)
  const plan = await told(one, ['plan', '--verify', '--emulate', 's.yaml'], {
    HOLDFAST_ENDPOINT: '',
    HOLDFAST_TOKEN: '',
    HOLDFAST_GRAPH_TOKEN: '',
  })
  expect(plan.exit).toBe(0)
  expect(plan.diagnostics).toContainEqual(
    expect.objectContaining({ code: 'evidence-read', message: 'isolations: 2 confirmed by their devices.' }),
  )
})
