import { describe, expect, test } from 'vitest'
import { graphTarget } from '../../src/defender/clouds.ts'
import { createHuntingClient, type HuntingClient } from '../../src/defender/hunting-client.ts'
import type { HuntingApi } from '../../src/defender/hunting-path.ts'
import { onlyHunting } from '../../src/defender/only-hunting.ts'
import { staticSignIn, staticToken, type TokenSource } from '../../src/defender/token.ts'
import {
  type HttpRequest,
  type HttpResponse,
  type Send,
  TransportError,
} from '../../src/defender/transport.ts'
import { readReports } from '../../src/defender/wire-report.ts'
import type { ReportNeed } from '../../src/plan/select/report-need.ts'
import { at } from '../support/build-core.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { jwt, rejection, target } from './clients.ts'
import { errorBody, ORIGIN } from './mock-service.ts'

const OLD = `${ORIGIN}/api/advancedqueries/run`
const GRAPH = 'https://graph.microsoft.com/v1.0/security/runHuntingQuery'
const ONE = 'a'.repeat(40)
const TWO = 'b'.repeat(40)
const NEED: ReportNeed = { machineIds: [ONE, TWO], ends: [], alsoOthers: false }
const ROW = { DeviceId: ONE, Timestamp: '2026-11-20T09:00:00.12Z', MitigationStatus: '{"Isolated":"true"}' }
const REPORT = { machineId: ONE, at: at('2026-11-20T09:00:00.12Z'), isolated: true, refuses: null }

interface Given {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly fails?: string
}

const READ: Given = { body: { schema: [], results: [ROW] } }
const OLD_READ: Given = { body: { Schema: [], Results: [ROW] } }
const UNRESOLVED: Given = {
  status: 400,
  body: errorBody('BadRequest', "Failed to resolve table or column expression named 'DeviceInfo'"),
}
const FORBIDDEN: Given = { status: 403, body: errorBody('Forbidden', 'Missing roles') }

interface Heard {
  readonly send: Send
  readonly requests: HttpRequest[]
}

/** Answers by URL, in order; one request too many fails the test. */
function service(graph: readonly Given[], old: readonly Given[] = []): Heard {
  const left = new Map([
    [GRAPH, [...graph]],
    [OLD, [...old]],
  ])
  const requests: HttpRequest[] = []
  const send: Send = async (request): Promise<HttpResponse> => {
    requests.push(request)
    const given = left.get(request.url)?.shift()
    if (given === undefined) throw new Error(`nobody expects ${request.url}`)
    if (given.fails !== undefined) throw new TransportError(given.fails, given.fails)
    return {
      status: given.status ?? 200,
      headers: given.headers ?? {},
      body: JSON.stringify(given.body ?? {}),
    }
  }
  return { send, requests }
}

function client(
  { send }: Pick<Heard, 'send'>,
  over: { api?: HuntingApi; graph?: TokenSource; defender?: TokenSource; clock?: FakeClock } = {},
): HuntingClient {
  const defender = target()
  return createHuntingClient({
    send,
    clock: over.clock ?? new FakeClock(),
    api: over.api ?? 'graph',
    defender: { token: over.defender ?? staticToken('for-defender'), target: defender },
    graph: { token: over.graph ?? staticToken('for-graph'), target: graphTarget(defender, 'commercial') },
  })
}

function queryIn(request: HttpRequest | undefined): string {
  return (JSON.parse(String(request?.body)) as { Query: string }).Query
}

function askedOf({ requests }: Heard): readonly string[] {
  return requests.map(({ url, headers }) => `${url === GRAPH ? 'graph' : 'old'} ${headers['authorization']}`)
}

describe('hunting', () => {
  test('is one POST to Microsoft Graph for all devices, and a plain query', async () => {
    const heard = service([READ])
    const answer = await client(heard).read(NEED, null)
    expect(answer).toStrictEqual({
      kind: 'read',
      api: 'graph',
      instead: null,
      reports: [REPORT],
      apiCalls: 1,
    })
    expect(heard.requests[0]).toMatchObject({ method: 'POST', url: GRAPH, timeoutMs: 200_000 })
    expect(JSON.parse(String(heard.requests[0]?.body))).toStrictEqual({
      Query: [
        'let ends = datatable(DeviceId: string, End: datetime) [];',
        'DeviceInfo',
        '| where Timestamp > ago(30d)',
        `| where DeviceId in ("${ONE}", "${TWO}")`,
        '| where isnotempty(OSPlatform)',
        '| lookup kind=leftouter ends on DeviceId',
        '| extend BeforeEnd = Timestamp < End',
        '| extend RestrictedDeviceSecurityOperations = column_ifexists("RestrictedDeviceSecurityOperations", "")',
        '| summarize arg_max(Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations) by DeviceId, BeforeEnd',
        '| project DeviceId, Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations',
      ].join('\n'),
      Timespan: 'P30D',
    })
  })

  test('asks for whatever is isolated or restricted too where all of the tenant is meant', async () => {
    const heard = service([READ, READ])
    const hunting = client(heard)
    await hunting.read({ machineIds: [ONE], ends: [], alsoOthers: true }, null)
    await hunting.read({ machineIds: [], ends: [], alsoOthers: true }, null)
    expect(queryIn(heard.requests[0])).toContain(
      `| where DeviceId in ("${ONE}") or MitigationStatus has "Isolated" or isnotempty(RestrictedDeviceSecurityOperations)\n`,
    )
    expect(queryIn(heard.requests[1])).toContain(
      '| where MitigationStatus has "Isolated" or isnotempty(RestrictedDeviceSecurityOperations)\n',
    )
  })

  test('asks for what a device reported last before its hold ended', async () => {
    const heard = service([READ])
    const ends = [
      { machineId: TWO, at: at('2026-11-19T08:00:00Z') },
      { machineId: 'c'.repeat(40), at: at('2026-11-18T08:00:00Z') },
    ]
    await client(heard).read({ ...NEED, ends }, null)
    expect(queryIn(heard.requests[0]).split('\n')[0]).toBe(
      `let ends = datatable(DeviceId: string, End: datetime) ["${TWO}", datetime(2026-11-19T08:00:00.0000000Z)];`,
    )
  })

  test('asks nothing where there is nothing to ask', async () => {
    const heard = service([])
    const answer = await client(heard).read({ machineIds: [], ends: [], alsoOthers: false }, null)
    expect(answer).toMatchObject({ kind: 'read', reports: [], apiCalls: 0 })
  })

  test('cuts many devices into few queries, and lets nothing but ids into them', async () => {
    const heard = service([READ, { body: { results: [] } }, { body: { results: [] } }])
    const ids = Array.from({ length: 2_500 }, (_, index) => index.toString(16).padStart(40, '0'))
    const need = { machineIds: [...ids, '") or 1 == 1 //'], ends: [], alsoOthers: true }
    expect(await client(heard).read(need, null)).toMatchObject({ reports: [REPORT], apiCalls: 3 })
    const queries = heard.requests.map(queryIn)
    expect(queries.map(query => query.match(/"[0-9a-f]{40}"/g)?.length)).toStrictEqual([1_000, 1_000, 500])
    expect(queries.map(query => query.includes('has "Isolated"'))).toStrictEqual([true, false, false])
    expect(queries.join()).not.toContain('1 == 1')
  })

  test('is tried again as any read is: it changes nothing', async () => {
    const heard = service([
      { fails: 'ECONNRESET' },
      { status: 429, headers: { 'retry-after': '1' }, body: errorBody('TooManyRequests', 'calls') },
      { status: 504, body: { error: { code: 'UnknownError', message: '', innerError: {} } } },
      READ,
    ])
    const clock = new FakeClock()
    const answer = await clock.drive(client(heard, { clock }).read(NEED, null))
    expect(answer).toMatchObject({ kind: 'read', api: 'graph', apiCalls: 4 })
  })

  test('waits for room after 45 queries in a minute', async () => {
    const clock = new FakeClock()
    const sent: string[] = []
    const send: Send = async () => {
      sent.push(clock.now())
      return { status: 200, headers: {}, body: JSON.stringify({ results: [] }) }
    }
    const ids = Array.from({ length: 46 * 1_000 }, (_, index) => index.toString(16).padStart(40, '0'))
    await clock.drive(
      client({ send }, { clock }).read({ machineIds: ids, ends: [], alsoOthers: false }, null),
    )
    expect(sent).toHaveLength(46)
    expect(new Set(sent.slice(0, 45)).size).toBe(1)
    expect(Date.parse(String(sent[45])) - Date.parse(String(sent[0]))).toBeGreaterThanOrEqual(60_000)
  })

  test.each<readonly [string, Given, string]>([
    ['a refused query', { status: 400, body: errorBody('BadRequest', 'syntax') }, 'request-refused'],
    ['429 without a time to wait', { status: 429, body: errorBody('TooManyRequests', 'CPU') }, 'throttled'],
    ['a path that is gone', { status: 410, body: errorBody('Gone', 'retired') }, 'retired'],
    ['an answer without results', { body: { value: [] } }, 'malformed-answer'],
    ['results that are no list', { body: { results: {} } }, 'malformed-answer'],
    ['a row without a time', { body: { results: [{ DeviceId: ONE }] } }, 'malformed-answer'],
    ['a row without an id', { body: { results: [{ Timestamp: ROW.Timestamp }] } }, 'malformed-answer'],
    ['a row that is none', { body: { results: [7] } }, 'malformed-answer'],
  ])('rejects for %s at Graph, and does not turn to the old path', async (_what, given, code) => {
    const clock = new FakeClock()
    const asked = client(service([given]), { clock }).read(NEED, null)
    expect((await rejection(clock.drive(asked))).code).toBe(code)
  })

  test('rejects for a token of another tenant', async () => {
    const graph = staticToken(jwt({ tid: 'b', roles: ['ThreatHunting.Read.All'] }))
    expect((await rejection(client(service([]), { graph }).read(NEED, 'a'))).code).toBe('tenant-mismatch')
    expect(await client(service([READ]), { graph }).read(NEED, 'B')).toMatchObject({ kind: 'read' })
  })
})

describe('the old path', () => {
  test.each<readonly [string, readonly Given[], TokenSource, string]>([
    ['refuses', [FORBIDDEN], staticToken('x'), 'ThreatHunting.Read.All is missing'],
    ['does not know the table', [UNRESOLVED], staticToken('x'), 'or the licence is missing'],
    [
      'gets a token that lacks the permission',
      [],
      staticToken(jwt({ roles: [] })),
      'the token lacks ThreatHunting',
    ],
    [
      'gets no token at all',
      [],
      staticSignIn([{ variable: 'HOLDFAST_TOKEN', text: 'x', scope: 'y' }]).tokenFor('z'),
      'No token for z was given',
    ],
  ])('serves where Graph %s, and says so', async (_what, given, graph, instead) => {
    const heard = service(given, [OLD_READ])
    const answer = await client(heard, { graph }).read(NEED, null)
    expect(answer).toMatchObject({ kind: 'read', api: 'defender', reports: [REPORT] })
    expect(answer).toMatchObject({ instead: expect.stringContaining(instead), apiCalls: given.length + 1 })
  })

  test('serves where it is configured, and Graph is not asked', async () => {
    const heard = service([], [OLD_READ])
    const answer = await client(heard, { api: 'defender' }).read(NEED, null)
    expect(answer).toMatchObject({ kind: 'read', api: 'defender', instead: null })
    expect(Object.keys(JSON.parse(String(heard.requests[0]?.body)))).toStrictEqual(['Query'])
  })

  test.each([
    [{ status: 404, body: errorBody('NotFound', 'x') }, 'switched off'],
    [{ status: 410, body: errorBody('Gone', 'x') }, 'switched off'],
    [FORBIDDEN, 'AdvancedQuery.Read.All is missing'],
    [UNRESOLVED, 'licence is missing'],
  ] as const)('is closed where it answers %o', async (given, reason) => {
    const answer = await client(service([], [given]), { api: 'defender' }).read(NEED, null)
    expect(answer).toMatchObject({ kind: 'closed', reason: expect.stringContaining(reason) })
  })

  test('is closed together with Graph where both refuse, and both reasons are told', async () => {
    const answer = await client(service([FORBIDDEN], [FORBIDDEN])).read(NEED, null)
    expect(answer).toMatchObject({ kind: 'closed', apiCalls: 2 })
    expect(answer).toMatchObject({
      reason: expect.stringMatching(/Graph: ThreatHunting.*; the old path: AdvancedQuery/),
    })
  })

  test('an empty answer is no evidence once it is switched off', async () => {
    const read = async (day: string): Promise<unknown> => {
      const clock = new FakeClock(`${day}T00:00:00Z`)
      const heard = service([], [{ body: { Schema: [], Results: [] } }])
      return (await client(heard, { api: 'defender', clock }).read(NEED, null)).kind
    }
    expect(await read('2027-01-31')).toBe('read')
    expect(await read('2027-02-01')).toBe('closed')
  })

  test('fails as any read does where it is open', async () => {
    const clock = new FakeClock()
    const old = Array.from({ length: 5 }, (): Given => ({ status: 500 }))
    const asked = client(service([FORBIDDEN], old), { clock }).read(NEED, null)
    expect((await rejection(clock.drive(asked))).code).toBe('service-unavailable')
  })
})

test('neither token ever goes to the host of the other one', async () => {
  const heard = service([FORBIDDEN], [OLD_READ])
  await client(heard).read(NEED, null)
  expect(askedOf(heard)).toStrictEqual(['graph Bearer for-graph', 'old Bearer for-defender'])
})

describe('where Graph is', () => {
  test.each([
    ['commercial', 'https://graph.microsoft.com'],
    ['gcc', 'https://graph.microsoft.com'],
    ['gcc-high', 'https://graph.microsoft.us'],
    ['dod', 'https://dod-graph.microsoft.us'],
  ] as const)('%s: %s, and its token goes there alone', (cloud, host) => {
    const graph = graphTarget(target(), cloud)
    expect([graph.endpoint, graph.scope]).toStrictEqual([host, `${host}/.default`])
    expect(graph.allows(new URL(`${host}/v1.0/x`))).toBe(true)
    expect(graph.allows(new URL(`${ORIGIN}/api/machines`))).toBe(false)
    expect(target().allows(new URL(host))).toBe(false)
  })

  test('an endpoint on this machine serves both, with the audience of the cloud', () => {
    const graph = graphTarget(target({ endpoint: 'http://127.0.0.1:8080/deep' }), 'commercial')
    expect([graph.endpoint, graph.scope]).toStrictEqual([
      'http://127.0.0.1:8080',
      'https://graph.microsoft.com/.default',
    ])
  })

  test('an endpoint by hand elsewhere does not move it', () => {
    const graph = graphTarget(target({ endpoint: 'https://eu.api.security.microsoft.com' }), 'commercial')
    expect(graph.endpoint).toBe('https://graph.microsoft.com')
  })
})

/** `MitigationStatus` as it comes, and what it means. */
const STATUSES: readonly (readonly [unknown, boolean | null])[] = [
  ['{"Isolated":"true"}', true],
  ['{"Isolated":"True"}', true],
  ['{"isolated":"TRUE"}', true],
  ['{"Isolated":true}', true],
  ['{"Isolated":1}', true],
  ['[{"Other":"true"},{"Isolated":"true"}]', true],
  [{ Isolated: 'true' }, true],
  [[{ ISOLATED: 1 }], true],
  ['{"Isolated":"false"}', false],
  ['{"Isolated":0}', false],
  ['{"Isolated":null}', false],
  ['{"Isolated":{"toString":7,"valueOf":7}}', false],
  ['{"AppRestriction":"true"}', false],
  ['{}', false],
  ['[]', false],
  ['[null]', false],
  ['null', false],
  ['', false],
  [null, false],
  [undefined, false],
  ['true', null],
  ['[7]', null],
  ['[[]]', null],
  ['isolated', null],
]

test.each(STATUSES)('a MitigationStatus of %j means %s', (MitigationStatus, want) => {
  const [row] = readReports({ results: [{ ...ROW, MitigationStatus }] })
  expect(row?.isolated).toBe(want)
})

test.each<readonly [unknown, readonly string[] | null]>([
  [undefined, null],
  [null, null],
  ['', null],
  ['LiveResponse', ['LiveResponse']],
  ['Live response, basic RESPONSE', ['BasicResponse', 'LiveResponse']],
  ['["AdvancedResponse","DeviceProtection"]', ['AdvancedResponse', 'DeviceProtection']],
  [['AdvancedResponse'], ['AdvancedResponse']],
  ['Everything', []],
])('a device with the column %j refuses %j', (RestrictedDeviceSecurityOperations, want) => {
  const [row] = readReports({ results: [{ ...ROW, RestrictedDeviceSecurityOperations }] })
  expect(row?.refuses).toStrictEqual(want)
})

describe('keys', () => {
  test.each([
    [{ Results: [ROW] }],
    [
      {
        results: [
          {
            deviceId: ONE.toUpperCase(),
            'timestamp@odata.type': '#DateTimeOffset',
            timestamp: ROW.Timestamp,
            mitigationStatus: ROW.MitigationStatus,
          },
        ],
      },
    ],
  ])('in any letter case, and those of types ignored: %j', answer => {
    expect(readReports(answer)).toStrictEqual([REPORT])
  })
})

describe('whoever may hunt can do nothing else', () => {
  test.each<HttpRequest>([
    { method: 'POST', url: `${ORIGIN}/api/machines/${ONE}/isolate`, headers: {}, body: '{}' },
    { method: 'POST', url: `${GRAPH}?x`, headers: {}, body: '{}' },
    { method: 'GET', url: GRAPH, headers: {} },
    { method: 'DELETE', url: GRAPH, headers: {} },
  ])('$method $url does not leave', async request => {
    const sent: HttpRequest[] = []
    const send = onlyHunting(async one => {
      sent.push(one)
      return { status: 200, headers: {}, body: '' }
    }, GRAPH)
    await expect(send(request)).rejects.toThrow('A hunting client sends queries alone')
    expect(sent).toStrictEqual([])
  })
})
