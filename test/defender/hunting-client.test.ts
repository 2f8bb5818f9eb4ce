import { describe, expect, test } from 'vitest'
import { createHuntingClient } from '../../src/defender/hunting-client.ts'
import { onlyHunting } from '../../src/defender/only-hunting.ts'
import type { HttpRequest } from '../../src/defender/transport.ts'
import { readMitigations } from '../../src/defender/wire-mitigation.ts'
import { manualClock } from '../../src/emulator/clock.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import type { MitigationNeed } from '../../src/plan/judge/verify-holds.ts'
import { at } from '../support/build-core.ts'
import { dependencies, rejection, target } from './clients.ts'
import { errorBody, networkError, ORIGIN, type Reply, scripted } from './mock-service.ts'

const URL_OF_HUNTING = `${ORIGIN}/api/advancedqueries/run`
const ONE = 'a'.repeat(40)
const TWO = 'b'.repeat(40)
const NEED: MitigationNeed = { machineIds: [ONE, TWO], alsoIsolated: false }
const ROW = { DeviceId: ONE, Timestamp: '2026-11-20T09:00:00.12Z', MitigationStatus: '{"Isolated":"true"}' }

function results(...rows: readonly object[]): Reply {
  return { body: { Schema: [], Results: rows } }
}

function queryIn(request: HttpRequest | undefined): string {
  return (JSON.parse(String(request?.body)) as { Query: string }).Query
}

describe('hunting', () => {
  test('is one POST for all devices, and a plain query', async () => {
    const service = scripted([results(ROW)])
    const found = await createHuntingClient(dependencies(service.send)).mitigations(NEED)
    expect(found).toStrictEqual([
      { machineId: ONE, reportedAt: at('2026-11-20T09:00:00.12Z'), isIsolated: true },
    ])
    expect(service.requests.map(({ method, url }) => `${method} ${url}`)).toStrictEqual([
      `POST ${URL_OF_HUNTING}`,
    ])
    expect(queryIn(service.requests[0])).toBe(
      [
        'DeviceInfo',
        '| where Timestamp > ago(30d)',
        '| summarize arg_max(Timestamp, MitigationStatus) by DeviceId',
        `| where DeviceId in ("${ONE}", "${TWO}")`,
        '| project DeviceId, Timestamp, MitigationStatus',
      ].join('\n'),
    )
  })

  test('asks for whatever is isolated too where all of the tenant is meant', async () => {
    const service = scripted([results(), results()])
    const client = createHuntingClient(dependencies(service.send))
    await client.mitigations({ machineIds: [ONE], alsoIsolated: true })
    await client.mitigations({ machineIds: [], alsoIsolated: true })
    expect(queryIn(service.requests[0])).toContain(
      `| where DeviceId in ("${ONE}") or MitigationStatus has "Isolated"\n`,
    )
    expect(queryIn(service.requests[1])).toContain('| where MitigationStatus has "Isolated"\n')
  })

  test('asks nothing where there is nothing to ask', async () => {
    const service = scripted([])
    const client = createHuntingClient(dependencies(service.send))
    expect(await client.mitigations({ machineIds: [], alsoIsolated: false })).toStrictEqual([])
    expect(service.requests).toStrictEqual([])
  })

  test('cuts many devices into few queries, and lets nothing but ids into them', async () => {
    const service = scripted([results(ROW), results()])
    const ids = Array.from({ length: 2_500 }, (_, index) => index.toString(16).padStart(40, '0'))
    const client = createHuntingClient(dependencies(service.send))
    const found = await client.mitigations({ machineIds: [...ids, '") or 1 == 1 //'], alsoIsolated: true })
    expect(found).toHaveLength(1)
    const queries = service.requests.map(queryIn)
    expect(queries.map(query => query.split('", "').length)).toStrictEqual([2_000, 500])
    expect(queries.map(query => query.includes('has "Isolated"'))).toStrictEqual([true, false])
    expect(queries.join()).not.toContain('1 == 1')
  })

  test('is tried again as any read is: it changes nothing', async () => {
    const service = scripted([
      networkError('ECONNRESET'),
      { status: 429, headers: { 'retry-after': '1' }, body: errorBody('429', 'quota') },
      results(ROW),
    ])
    const parts = dependencies(service.send)
    const found = createHuntingClient(parts).mitigations(NEED)
    expect(await parts.clock.drive(found)).toHaveLength(1)
  })

  test.each<readonly [string, Reply, string]>([
    ['a missing permission', { status: 403, body: errorBody('Forbidden', 'Missing roles') }, 'forbidden'],
    ['a refused query', { status: 400, body: errorBody('BadRequest', 'syntax') }, 'request-refused'],
    ['an answer without results', { body: { value: [] } }, 'malformed-answer'],
    ['a row without a time', results({ DeviceId: ONE }), 'malformed-answer'],
    ['a row without an id', results({ Timestamp: ROW.Timestamp }), 'malformed-answer'],
    ['a row that is none', { body: { Results: [7] } }, 'malformed-answer'],
  ])('rejects for %s', async (_what, reply, code) => {
    const client = createHuntingClient(dependencies(scripted([reply]).send))
    expect((await rejection(client.mitigations(NEED))).code).toBe(code)
  })
})

/** `MitigationStatus` as it comes, and what it means. */
const STATUSES: readonly (readonly [unknown, boolean | null])[] = [
  ['{"Isolated":"true"}', true],
  ['{"Isolated":"True"}', true],
  ['{"Isolated":true}', true],
  ['[{"Other":"true"},{"Isolated":"true"}]', true],
  [{ Isolated: 'true' }, true],
  ['{"Isolated":"false"}', false],
  ['{"Isolated":null}', false],
  ['{"Isolated":{"toString":7,"valueOf":7}}', false],
  ['{"AppRestriction":"true"}', false],
  ['{}', false],
  ['[]', false],
  ['null', false],
  ['', false],
  [null, false],
  [undefined, false],
  ['true', null],
  ['[7]', null],
  ['isolated', null],
]

test.each(STATUSES)('a MitigationStatus of %j means %s', (MitigationStatus, want) => {
  const [row] = readMitigations({ Results: [{ ...ROW, MitigationStatus }] })
  expect(row?.isIsolated).toBe(want)
})

test('the id of a row is lower case, as the ids of machines are', () => {
  const [row] = readMitigations({ Results: [{ ...ROW, DeviceId: ONE.toUpperCase() }] })
  expect(row?.machineId).toBe(ONE)
})

describe('whoever may hunt can do nothing else', () => {
  test.each<HttpRequest>([
    { method: 'POST', url: `${ORIGIN}/api/machines/${ONE}/isolate`, headers: {}, body: '{}' },
    { method: 'POST', url: `${URL_OF_HUNTING}?x`, headers: {}, body: '{}' },
    { method: 'GET', url: URL_OF_HUNTING, headers: {} },
    { method: 'DELETE', url: URL_OF_HUNTING, headers: {} },
  ])('$method $url does not leave', async request => {
    const sent: HttpRequest[] = []
    const send = onlyHunting(async one => {
      sent.push(one)
      return { status: 200, headers: {}, body: '' }
    }, URL_OF_HUNTING)
    await expect(send(request)).rejects.toThrow('A hunting client sends queries alone')
    expect(sent).toStrictEqual([])
  })
})

test('the emulator reads the query, and answers it', async () => {
  const scenario: Scenario = {
    now: '2026-11-20T10:00:00Z',
    machines: [
      { id: ONE, computerDnsName: 'one' },
      { id: TWO, computerDnsName: 'two' },
    ],
    actions: [{ type: 'Isolate', machineId: ONE, creationDateTimeUtc: '-2h' }],
  }
  const emulator = createEmulator({ scenario, clock: manualClock(Date.parse('2026-11-20T10:00:00Z')) })
  const client = createHuntingClient(
    dependencies(
      async request => {
        const answer = await emulator.handle(request)
        if (answer.kind !== 'response') throw new Error(answer.kind)
        return { status: answer.status, headers: answer.headers, body: answer.body.toString() }
      },
      { target: target({ endpoint: 'http://127.0.0.1' }) },
    ),
  )
  const isolated = async (need: MitigationNeed): Promise<readonly (boolean | null)[]> =>
    (await client.mitigations(need)).map(({ isIsolated }) => isIsolated)
  expect(await isolated(NEED)).toStrictEqual([true, false])
  expect(await isolated({ machineIds: [], alsoIsolated: true })).toStrictEqual([true])
})
