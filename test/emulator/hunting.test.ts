import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { type Drive, drive, HOST, HOUR, MINUTE, onHost, type Read, SECOND } from './drive.ts'

const QUERY = [
  'DeviceInfo',
  '| where Timestamp > ago(30d)',
  '| summarize arg_max(Timestamp, MitigationStatus) by DeviceId',
  `| where DeviceId in ("${HOST}", "0000") or MitigationStatus has "Isolated"`,
  '| project DeviceId, Timestamp, MitigationStatus',
].join('\n')
const QUIET: Scenario['behaviour'] = { settle: { Isolate: '10s', Unisolate: '10s' } }

function hunt({ post }: Drive, query = QUERY): Promise<Read> {
  return post('/api/advancedqueries/run', { Query: query })
}

async function rows(service: Drive, query = QUERY): Promise<readonly Readonly<Record<string, string>>[]> {
  return (await hunt(service, query)).json['Results'] as readonly Readonly<Record<string, string>>[]
}

async function status(service: Drive): Promise<string | undefined> {
  return (await rows(service))[0]?.['MitigationStatus']
}

describe('what advanced hunting shows of a device', () => {
  test('the recorded shape', async () => {
    const answer = await hunt(drive())
    expect(answer.status).toBe(200)
    expect(answer.json).toStrictEqual({
      Schema: [
        { Name: 'DeviceId', Type: 'String' },
        { Name: 'Timestamp', Type: 'DateTime' },
        { Name: 'MitigationStatus', Type: 'String' },
      ],
      Results: [
        { DeviceId: HOST, Timestamp: expect.stringMatching(/^2026-11-22T17:\d\d:/), MitigationStatus: '' },
      ],
    })
  })

  test('an isolation, once its report has come in', async () => {
    const service = drive({ behaviour: QUIET })
    await service.post(onHost('isolate'), { Comment: 'c', IsolationType: 'Full' })
    service.clock.advance(9 * MINUTE)
    expect(await status(service)).toBe('')
    service.clock.advance(2 * MINUTE)
    expect(await status(service)).toBe('{"Isolated":"true"}')
    const [row] = await rows(service)
    expect(String(row?.['Timestamp']) > String(service.emulator.actions()[0]?.lastUpdateDateTimeUtc)).toBe(
      true,
    )
  })

  test('a release', async () => {
    const service = drive({ behaviour: { ...QUIET, hunting: { lag: '1s' } } })
    await service.post(onHost('isolate'), { Comment: 'c', IsolationType: 'Selective' })
    service.clock.advance(30 * SECOND)
    await service.post(onHost('unisolate'))
    service.clock.advance(30 * SECOND)
    expect(await status(service)).toBe('{"Isolated":"false"}')
  })

  test('reports come about hourly, and none of a device that fell silent', async () => {
    const service = drive({ machines: [{ id: HOST, computerDnsName: 'a', offlineAt: '+1h' }] })
    const first = (await rows(service))[0]?.['Timestamp']
    service.clock.advance(HOUR)
    const second = (await rows(service))[0]?.['Timestamp']
    expect(Date.parse(String(second)) - Date.parse(String(first))).toBe(HOUR)
    service.clock.advance(30 * HOUR)
    expect((await rows(service))[0]?.['Timestamp']).toBe(second)
  })

  test('nothing of a device that never reported', async () => {
    const service = drive({
      machines: [{ id: HOST, computerDnsName: 'a', offline: true, lastSeen: null }],
    })
    expect(await rows(service)).toStrictEqual([])
  })

  test('what the scenario puts in its place, from the start or from an event on', async () => {
    const service = drive({
      machines: [{ id: HOST, computerDnsName: 'a', mitigation: '[{"Isolated":"true"}]' }],
      events: [{ after: '1m', machine: { id: HOST, mitigation: '' } }],
    })
    expect(await status(service)).toBe('[{"Isolated":"true"}]')
    service.clock.advance(2 * MINUTE)
    expect(await status(service)).toBe('')
  })

  test('containment does not show', async () => {
    const service = drive({
      machines: [{ id: HOST, computerDnsName: 'a', onboardingStatus: 'CanBeOnboarded' }],
      actions: [{ type: 'Isolate', machineId: HOST, scope: 'UnManagedDevice', creationDateTimeUtc: '-3h' }],
    })
    expect(await status(service)).toBe('')
  })
})

describe('queries', () => {
  const machines = [
    { id: 'a'.repeat(40), computerDnsName: 'one', mitigation: '{"Isolated":"true"}' },
    { id: 'b'.repeat(40), computerDnsName: 'two', mitigation: '{"Other":"true"}' },
    { id: 'c'.repeat(40), computerDnsName: 'old', offline: true, lastSeen: '-20d' },
    { id: 'd'.repeat(40), computerDnsName: 'gone', offline: true, lastSeen: '-40d' },
  ]

  test.each([
    ['DeviceInfo', 'one two old'],
    ['DeviceInfo | where Timestamp > ago(15d)', 'one two'],
    ['DeviceInfo | where Timestamp > ago(480h)', 'one two'],
    ['DeviceInfo | where Timestamp > ago(60d)', 'one two old'],
    ['DeviceInfo | where isnotempty(MitigationStatus)', 'one two'],
    ['DeviceInfo | extend OSPlatform = column_ifexists("OSPlatform", "")', 'one two old'],
    ['DeviceInfo | where MitigationStatus has "isolated"', 'one'],
    ['DeviceInfo | where MitigationStatus has "Isol"', ''],
    ["DeviceInfo | where DeviceName == 'two'", 'two'],
    [
      `DeviceInfo | where DeviceId in ("${'a'.repeat(40)}") or DeviceName == "old" | where DeviceName == "old"`,
      'old',
    ],
    ['DeviceInfo\n| summarize arg_max(Timestamp, *) by DeviceId', 'one two old'],
    ['DeviceInfo | summarize arg_max(Timestamp, DeviceName, OSPlatform) by DeviceId', 'one two old'],
  ])('%s', async (query, want) => {
    const found = await rows(drive({ machines }), query)
    expect(found.map(row => row['DeviceName']).join(' ')).toBe(want)
  })

  test.each([
    '',
    'DeviceEvents',
    'DeviceInfo | take 5',
    'DeviceInfo | where',
    'DeviceInfo | where Nothing == "x"',
    'DeviceInfo | where DeviceId in (abc)',
    'DeviceInfo | where DeviceName startswith "a"',
    'DeviceInfo | summarize count() by DeviceId',
    'DeviceInfo | summarize arg_max(Timestamp, Nothing) by DeviceId',
    'DeviceInfo | project Nothing',
    'DeviceInfo | extend Nothing = column_ifexists("Nothing", "")',
    'DeviceInfo | extend OSPlatform = column_ifexists("DeviceName", "")',
    'DeviceInfo | extend OSPlatform = "x"',
    'DeviceInfo | where isnotempty(Nothing)',
  ])('what cannot be read is refused in the recorded words: %j', async query => {
    const answer = await hunt(drive(), query === '' ? ' DeviceInfo |' : query)
    expect(answer.status).toBe(400)
    expect(answer.json.error).toMatchObject({
      code: 'BadRequest',
      message: 'A recognition error occurred.. Fix syntax errors in your query.',
    })
  })

  test.each([
    ['no query', {}, 'MissingRequiredParameter'],
    ['another spelling', { query: 'DeviceInfo' }, 'InvalidRequestBody'],
  ])('a body with %s is refused', async (_what, body, code) => {
    const answer = await drive().post('/api/advancedqueries/run', body)
    expect(answer).toMatchObject({ status: 400, json: { error: { code } } })
  })

  test('need their own permission', async () => {
    const answer = await hunt(drive({ behaviour: { roles: ['Machine.Read.All'] } }))
    expect(answer.status).toBe(403)
    expect(answer.json.error?.message).toContain('API required roles: AdvancedQuery.Read.All')
  })

  test('are 45 a minute', async () => {
    const service = drive()
    for (let call = 0; call < 45; call += 1) expect((await hunt(service)).status).toBe(200)
    expect((await hunt(service)).status).toBe(429)
    service.clock.advance(61 * SECOND)
    expect((await hunt(service)).status).toBe(200)
  })
})

describe('the shape of MitigationStatus', () => {
  const actions = [{ type: 'Isolate', machineId: HOST, scope: 'Full', creationDateTimeUtc: '-3h' }]

  test.each([
    [{}, '{"Isolated":"true"}', '{"Isolated":"false"}'],
    [{ form: 'array', value: 'capital' }, '[{"Isolated":"True"}]', '[{"Isolated":"False"}]'],
    [{ value: 'boolean', released: 'absent' }, '{"Isolated":true}', '{}'],
    [{ value: 'number', released: 'empty' }, '{"Isolated":1}', ''],
  ] as const)('%o', async (shape, held, released) => {
    const service = drive({ actions, behaviour: { ...QUIET, hunting: { lag: 0, status: shape } } })
    expect(await status(service)).toBe(held)
    await service.post(onHost('unisolate'))
    service.clock.advance(HOUR)
    expect(await status(service)).toBe(released)
  })
})

describe('the old path', () => {
  test.each([
    ['gone', 410, 'Gone'],
    ['not-found', 404, 'NotFound'],
    ['forbidden', 403, 'Forbidden'],
    ['empty', 200, undefined],
  ] as const)('%s from its end on', async (oldPathAnswer, code, word) => {
    const service = drive({ behaviour: { hunting: { oldPathEnds: '+1h', oldPathAnswer } } })
    expect(await rows(service)).toHaveLength(1)
    service.clock.advance(HOUR)
    const answer = await hunt(service)
    expect(answer).toMatchObject({ status: code })
    expect(answer.json.error?.code).toBe(word)
    if (code === 200) expect(answer.json['Results']).toStrictEqual([])
  })

  test('ends on 2027-02-01, and no other path with it', async () => {
    const service = drive({ now: '2027-01-31T23:59:59Z' })
    expect((await hunt(service)).status).toBe(200)
    service.clock.advance(SECOND)
    expect((await hunt(service)).status).toBe(410)
    expect((await service.get('/api/machineactions')).status).toBe(200)
  })

  test('and any other one can answer 410 from an instant on', async () => {
    const faults = [{ on: '* /**', from: '2026-11-22T19:00:00Z', status: 410 }] as const
    const service = drive({ behaviour: { faults } })
    expect((await service.get('/api/machines')).status).toBe(200)
    service.clock.advance(HOUR)
    expect(await service.get('/api/machines')).toMatchObject({
      status: 410,
      json: { error: { code: 'Gone' } },
    })
  })
})

test('more rows than one answer takes are refused', async () => {
  const answer = await hunt(drive({ behaviour: { hunting: { rowLimit: 0 } } }))
  expect(answer).toMatchObject({ status: 400, json: { error: { code: 'BadRequest' } } })
  expect(answer.json.error?.message).toContain('exceeded')
})
