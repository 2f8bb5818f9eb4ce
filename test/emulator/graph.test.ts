import { describe, expect, test } from 'vitest'
import type { Behaviour, Scenario } from '../../src/emulator/scenario-types.ts'
import { type Drive, drive, HOST, HOUR, MINUTE, type Read } from './drive.ts'

const PATH = '/v1.0/security/runHuntingQuery'
const QUERY = `DeviceInfo | where DeviceId in ("${HOST}") | project DeviceId, MitigationStatus, IsExcluded`
const ACTIONS: Scenario['actions'] = [
  { type: 'Isolate', machineId: HOST, scope: 'Full', creationDateTimeUtc: '-3h' },
]

function hunt({ post }: Drive, body: unknown = { Query: QUERY, Timespan: 'P30D' }): Promise<Read> {
  return post(PATH, body)
}

function asked(behaviour: Behaviour): Promise<Read> {
  return hunt(drive({ behaviour }))
}

describe('runHuntingQuery', () => {
  test('answers in the shape that was captured: small letters, a type beside a boolean, 0 and 1', async () => {
    const answer = await hunt(drive({ actions: ACTIONS }))
    expect(answer.status).toBe(200)
    expect(answer.json).toStrictEqual({
      '@odata.context': 'http://127.0.0.1/v1.0/$metadata#microsoft.graph.security.huntingQueryResults',
      schema: [
        { name: 'DeviceId', type: 'String' },
        { name: 'MitigationStatus', type: 'String' },
        { name: 'IsExcluded', type: 'SByte' },
      ],
      results: [
        {
          DeviceId: HOST,
          MitigationStatus: '{"Isolated":"true"}',
          'IsExcluded@odata.type': '#SByte',
          IsExcluded: 0,
        },
      ],
    })
  })

  test('keys of rows with a small first letter, on demand', async () => {
    const { json } = await asked({ hunting: { keys: 'camel' } })
    expect(json['results']).toMatchObject([{ deviceId: HOST, 'isExcluded@odata.type': '#SByte' }])
  })

  test.each([
    ['P1D', 1],
    ['PT30M', 0],
    ['PT3H30M', 1],
    ['PT9000S', 1],
  ])('a time span of %s', async (Timespan, count) => {
    const machines = [{ id: HOST, offline: true, lastSeen: '-2h' }]
    const { json } = await hunt(drive({ machines }), { Query: 'DeviceInfo', Timespan })
    expect(json['results']).toHaveLength(count)
  })

  test('a time span in another form is refused', async () => {
    const { status } = await hunt(drive(), { Query: 'DeviceInfo', Timespan: 'a week' })
    expect(status).toBe(400)
  })

  test.each([
    ['forbidden', 403, 'Forbidden', 'Missing application roles'],
    ['unresolved', 400, 'BadRequest', "Failed to resolve table or column expression named 'DeviceInfo'"],
  ] as const)('without its permission: %s', async (unpermitted, status, code, message) => {
    const roles = ['Machine.Read.All', 'AdvancedQuery.Read.All']
    const answer = await asked({ roles, hunting: { unpermitted } })
    expect(answer.status).toBe(status)
    expect(answer.json.error?.code).toBe(code)
    expect(answer.json.error?.message).toContain(message)
    expect(answer.json.error).toHaveProperty('innerError.request-id')
  })

  test('its permission is no permission of Defender, and the other way round', async () => {
    const service = drive({ behaviour: { roles: ['ThreatHunting.Read.All'] } })
    expect((await hunt(service)).status).toBe(200)
    expect((await service.get('/api/machines')).status).toBe(403)
  })

  test('a tenant without the table: 400 on both paths', async () => {
    const service = drive({ behaviour: { hunting: { noTable: true } } })
    expect((await hunt(service)).json.error?.message).toContain('Failed to resolve')
    const old = await service.post('/api/advancedqueries/run', { Query: 'DeviceInfo' })
    expect(old.json.error?.message).toContain('Failed to resolve')
  })

  test('45 a minute for the tenant, whoever calls, and any number an hour', async () => {
    const service = drive()
    for (let call = 0; call < 45; call += 1) expect((await hunt(service)).status).toBe(200)
    const claims = Buffer.from(JSON.stringify({ appid: 'another' })).toString('base64url')
    const other = await service.emulator.handle({
      method: 'POST',
      url: PATH,
      headers: { authorization: `Bearer h.${claims}.s` },
      body: JSON.stringify({ Query: QUERY }),
    })
    expect(other).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    for (let minute = 0; minute < 40; minute += 1) {
      service.clock.advance(MINUTE)
      for (let call = 0; call < 45; call += 1) expect((await hunt(service)).status).toBe(200)
    }
  })

  test('429 without a time to wait', async () => {
    const service = drive({ behaviour: { quotas: { perMinute: 0, retryAfter: false } } })
    const { status, headers, json } = await hunt(service)
    expect([status, headers['retry-after'], json.error?.code]).toStrictEqual([
      429,
      undefined,
      'TooManyRequests',
    ])
  })

  test.each([500, 504])('%i has an empty message', async status => {
    const faults = [{ on: 'POST /v1.0/security/runHuntingQuery', status, first: 1 }]
    const service = drive({ behaviour: { faults } })
    const { json } = await hunt(service)
    expect(json.error).toMatchObject({ code: 'UnknownError', message: '', innerError: {} })
    expect((await hunt(service)).status).toBe(200)
  })

  test('no rows although there are some', async () => {
    const { status, json } = await asked({ faults: [{ on: `POST ${PATH}`, fault: 'no-rows' }] })
    expect([status, json['results']]).toStrictEqual([200, []])
  })

  test('wants a token, and says so as Graph does', async () => {
    const answer = await drive().emulator.handle({ method: 'POST', url: PATH, headers: {} })
    expect(answer).toMatchObject({ status: 401 })
    expect(JSON.parse(answer.kind === 'response' ? answer.body.toString() : '').error.code).toBe(
      'InvalidAuthenticationToken',
    )
  })
})

describe('tokens for Graph', () => {
  const FORM = 'grant_type=client_credentials&client_id=app-1'
  const GRAPH = 'https://graph.microsoft.com'

  async function tokenFor(service: Drive, audience: string, version: 1 | 2): Promise<string> {
    const { json } = await (version === 1
      ? service.post('/contoso/oauth2/token', `${FORM}&resource=${audience}`)
      : service.post('/contoso/oauth2/v2.0/token', `${FORM}&scope=${audience}/.default`))
    return String(json['access_token'])
  }

  function rolesOf(token: string): unknown {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).roles
  }

  test.each([1, 2] as const)('both endpoints issue them, with its roles alone: v%i', async version => {
    const service = drive()
    expect(rolesOf(await tokenFor(service, GRAPH, version))).toStrictEqual(['ThreatHunting.Read.All'])
    const other = rolesOf(await tokenFor(service, 'https://api.securitycenter.microsoft.com', version))
    expect(other).not.toContain('ThreatHunting.Read.All')
    expect(other).toContain('AdvancedQuery.Read.All')
  })

  test.each([
    ['/api/machines', 'GET', 'https://api.securitycenter.microsoft.com', GRAPH],
    [PATH, 'POST', GRAPH, 'https://api.securitycenter.microsoft.com'],
  ])(
    'a token of another audience is 403 where audiences are looked at: %s',
    async (url, method, good, bad) => {
      const audiences = { defender: ['https://api.securitycenter.microsoft.com'], graph: [GRAPH] }
      const service = drive({ behaviour: { tokens: { audiences } } })
      const statusWith = async (token: string): Promise<unknown> => {
        const headers = { authorization: `Bearer ${token}` }
        const body = method === 'POST' ? { body: JSON.stringify({ Query: QUERY }) } : {}
        return service.emulator.handle({ method, url, headers, ...body })
      }
      expect(await statusWith(await tokenFor(service, good, 2))).toMatchObject({ status: 200 })
      expect(await statusWith(await tokenFor(service, bad, 2))).toMatchObject({ status: 403 })
      expect(await statusWith('any')).toMatchObject({ status: 403 })
    },
  )

  test('an audience that the scenario gives to Graph makes a token for it', async () => {
    const service = drive({ behaviour: { tokens: { audiences: { graph: ['https://graph.example'] } } } })
    expect(rolesOf(await tokenFor(service, 'https://graph.example', 2))).toStrictEqual([
      'ThreatHunting.Read.All',
    ])
    service.clock.advance(HOUR)
    expect((await service.get('/api/machines')).status).toBe(200)
  })
})
