import { expect, test } from 'vitest'
import { drive, HOST, onHost, rowsOf } from './drive.ts'

/** The capture of m365-docs#12638, compact as the service sends it. */
const CAPTURED = {
  '@odata.context': 'https://api.securitycenter.microsoft.com/api/$metadata#MachineActions/$entity',
  id: 'cd46c651-f570-4e32-abdb-a02a9e022a92',
  type: 'Offboard',
  title: null,
  requestor: 'Customer App',
  requestorComment: 'Offboard machine by postman',
  status: 'Pending',
  machineId: 'd95f8b657a36ced22147cb7b54802152caa29247',
  computerDnsName: 'desktop-5o2hkn5',
  creationDateTimeUtc: '2023-08-08T01:34:32.1341831Z',
  lastUpdateDateTimeUtc: '2023-08-08T01:34:32.1341838Z',
  cancellationRequestor: null,
  cancellationComment: null,
  cancellationDateTimeUtc: null,
  errorHResult: 0,
  scope: null,
  externalId: null,
  requestSource: 'PublicApi',
  relatedFileInfo: null,
  commands: [],
  troubleshootInfo: null,
}

const CAPTURED_SCENARIO = {
  now: '2023-08-08T01:35:00Z',
  machines: [{ id: CAPTURED.machineId, computerDnsName: CAPTURED.computerDnsName, offline: true }],
  actions: [
    {
      id: CAPTURED.id,
      type: CAPTURED.type,
      machineId: CAPTURED.machineId,
      status: CAPTURED.status,
      requestor: CAPTURED.requestor,
      requestorComment: CAPTURED.requestorComment,
      requestSource: CAPTURED.requestSource,
      creationDateTimeUtc: CAPTURED.creationDateTimeUtc,
      lastUpdateDateTimeUtc: CAPTURED.lastUpdateDateTimeUtc,
    },
  ],
}

test('an entity has the captured keys, in the captured order, as compact JSON', async () => {
  const { get } = drive(CAPTURED_SCENARIO)
  expect((await get(`/api/machineactions/${CAPTURED.id}`)).text).toBe(JSON.stringify(CAPTURED))
})

test('a list names its set, and its rows have no context of their own', async () => {
  const { get } = drive(CAPTURED_SCENARIO)
  const { '@odata.context': _context, ...row } = CAPTURED
  expect((await get('/api/machineactions')).text).toBe(
    JSON.stringify({
      '@odata.context': 'https://api.securitycenter.microsoft.com/api/$metadata#MachineActions',
      value: [row],
    }),
  )
})

test('a new action is answered 201 with all its keys and a first update some ticks later', async () => {
  const { post } = drive()
  const answer = await post(onHost('isolate'), { Comment: 'Contain', IsolationType: 'Full' })
  expect(answer.status).toBe(201)
  expect(Object.keys(answer.json)).toStrictEqual(Object.keys(CAPTURED))
  const { creationDateTimeUtc, lastUpdateDateTimeUtc, ...rest } = answer.json
  expect(String(lastUpdateDateTimeUtc) > String(creationDateTimeUtc)).toBe(true)
  expect(rest).toMatchObject({
    type: 'Isolate',
    status: 'Pending',
    scope: 'Full',
    requestorComment: 'Contain',
    machineId: HOST,
    computerDnsName: 'fin-ws-014.contoso.com',
    requestSource: 'PublicApi',
    errorHResult: 0,
  })
})

test('times drop trailing zeros of the fraction, and the dot with them', async () => {
  const times = ['2026-11-20T10:20:00.154974Z', '2026-11-20T10:19:00Z', '2026-11-20T10:18:00.5Z']
  const { get } = drive({
    actions: times.map(creationDateTimeUtc => ({ type: 'Isolate', machineId: HOST, creationDateTimeUtc })),
  })
  const rows = rowsOf(await get('/api/machineactions'))
  expect(rows.map(row => row['creationDateTimeUtc'])).toStrictEqual(times)
})

test('success says OData 4.0 and JSON with minimal metadata', async () => {
  const { headers } = await drive().get('/api/machines')
  expect(headers).toMatchObject({
    'content-type': 'application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8',
    'odata-version': '4.0',
    vary: 'Accept-Encoding',
    date: 'Sun, 22 Nov 2026 18:00:00 GMT',
  })
  expect(headers['mise-correlation-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(headers['strict-transport-security']).toBeDefined()
})

test('errors say plain JSON and no OData version, with a correlation id as target', async () => {
  const { headers, json } = await drive().get('/api/machines/nobody')
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  expect(headers['odata-version']).toBeUndefined()
  expect(json.error?.target).toMatch(/^\|[0-9a-f]{8}-[0-9a-f]{16}\.$/)
})

test('the commands of a live response have the documented shape', async () => {
  const { post, clock, get } = drive()
  const params = [{ key: 'ScriptName', value: 'x.ps1' }]
  const { json } = await post(onHost('runliveresponse'), {
    Commands: [{ type: 'RunScript', params }],
    Comment: 'c',
  })
  const command = { type: 'RunScript', params }
  expect(json['commands']).toStrictEqual([
    { index: 0, startTime: null, endTime: null, commandStatus: 'Created', errors: [], command },
  ])
  clock.advance(181_000)
  const done = await get(`/api/machineactions/${json['id']}`)
  expect(done.json['commands']).toMatchObject([{ index: 0, commandStatus: 'Completed', errors: [], command }])
})

test('a machine has the captured keys in the captured order', async () => {
  const { get } = drive()
  const { text } = await get(`/api/machines/${HOST}`)
  expect(text).toMatch(/^\{"@odata.context":"[^"]+#Machines\/\$entity","id":"1e5b/)
  expect(Object.keys(JSON.parse(text)).slice(1)).toStrictEqual(
    (
      'id mergedIntoMachineId isPotentialDuplication isExcluded exclusionReason computerDnsName firstSeen lastSeen ' +
      'osPlatform osVersion osProcessor version lastIpAddress lastExternalIpAddress agentVersion osBuild ' +
      'healthStatus deviceValue rbacGroupId rbacGroupName riskScore exposureLevel isAadJoined aadDeviceId ' +
      'machineTags defenderAvStatus onboardingStatus osArchitecture managedBy managedByStatus ipAddresses vmMetadata'
    ).split(' '),
  )
})

test.each(
  Object.entries({
    'a null scope where the scenario says so': {
      answeredScope: 'hidden' as const,
      body: { IsolationType: 'Full' },
    },
    'a null scope where the body left it out': { answeredScope: 'echo' as const, body: {} },
  }),
)('a 201 has %s, and a later GET has the real one', async (_rule, { answeredScope, body }) => {
  const { post, get } = drive({ behaviour: { answeredScope } })
  const { json } = await post(onHost('isolate'), { Comment: 'c', ...body })
  expect(json['scope']).toBeNull()
  expect((await get(`/api/machineactions/${json['id']}`)).json['scope']).toBe('Full')
})

test('the old name of the last update and other words for statuses are a matter of the scenario', async () => {
  const { post, get } = drive({
    behaviour: { legacyUpdateField: true, statusWords: { Pending: 'Queued' } },
  })
  await post(onHost('isolate'))
  const [row] = rowsOf(await get("/api/machineactions?$filter=status eq 'Queued'"))
  expect(row).toMatchObject({ status: 'Queued', lastUpdateTimeUtc: expect.any(String) })
  expect(row).not.toHaveProperty('lastUpdateDateTimeUtc')
})

test('the context may name another host, and comments may be cut', async () => {
  const { post } = drive({ behaviour: { contextHost: 'api-us3.example', comments: { keep: 5 } } })
  const { json } = await post(onHost('unisolate'), { Comment: 'INC-4211 done' })
  expect(json['@odata.context']).toBe('https://api-us3.example/api/$metadata#MachineActions/$entity')
  expect(json['requestorComment']).toBe('INC-4')
})
