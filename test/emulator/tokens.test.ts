import { describe, expect, test } from 'vitest'
import { drive, HOUR } from './drive.ts'

const TENANT = '80fe8ff8-2624-418e-9591-41f0491218f9'
const V2 = `/${TENANT}/oauth2/v2.0/token`
const V1 = `/${TENANT}/oauth2/token`
const FORM = 'grant_type=client_credentials&client_id=app-1&client_secret=s3cret'
const SCOPE = 'https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default'

function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())
}

describe('a token', () => {
  test('of v2 lasts an hour and says so with numbers', async () => {
    const { json, headers } = await drive().post(V2, `${FORM}&scope=${SCOPE}`)
    const { access_token: token, ...rest } = json
    expect(rest).toStrictEqual({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 0 })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(claimsOf(token)).toMatchObject({
      aud: 'https://api.securitycenter.microsoft.com',
      tid: TENANT,
      appid: 'app-1',
      exp: Date.parse('2026-11-22T19:00:00Z') / 1000,
      roles: expect.arrayContaining(['Machine.Isolate', 'Machine.Read.All']),
    })
  })

  test('of v1 says so with texts', async () => {
    const { json } = await drive().post(V1, `${FORM}&resource=https://api.securitycenter.windows.com`)
    expect(json).toMatchObject({
      expires_in: '3599',
      expires_on: String(Date.parse('2026-11-22T19:00:00Z') / 1000),
      resource: 'https://api.securitycenter.windows.com',
    })
    expect(claimsOf(json['access_token'])['aud']).toBe('https://api.securitycenter.windows.com')
  })

  test('has the tenant and the roles of the scenario', async () => {
    const { post } = drive({ tenantId: 'other', behaviour: { roles: ['Machine.Scan'] } })
    const { json } = await post(V2, `${FORM}&scope=${SCOPE}`)
    expect(claimsOf(json['access_token'])).toMatchObject({ tid: 'other', roles: ['Machine.Scan'] })
    const named = await drive().post('/contoso.com/oauth2/v2.0/token/', `${FORM}&scope=${SCOPE}`)
    expect(claimsOf(named.json['access_token'])['tid']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['no grant', V2, 'client_id=a&scope=b', 400, 'invalid_request', /'grant_type'/],
    ['no client', V2, 'grant_type=client_credentials&scope=b', 400, 'invalid_request', /'client_id'/],
    ['no scope', V2, FORM, 400, 'invalid_request', /'scope'/],
    ['no resource', V1, FORM, 400, 'invalid_request', /'resource'/],
    ['nothing', V1, '', 400, 'invalid_request', /AADSTS900144/],
    [
      'another grant',
      V2,
      'grant_type=magic&client_id=a&scope=b',
      400,
      'unsupported_grant_type',
      /AADSTS70003/,
    ],
    ['another secret', V2, `${FORM}&scope=b`, 401, 'invalid_client', /^AADSTS7000215: /],
  ])('is refused with %s', async (_what, path, form, status, error, text) => {
    const answer = await drive({ behaviour: { tokens: { secrets: { 'app-1': 'other' } } } }).post(path, form)
    expect(answer.status).toBe(status)
    expect(answer.json.error).toBe(error)
    expect(answer.json['error_description']).toMatch(text)
  })

  test('is given for the right secret', async () => {
    const { post } = drive({ behaviour: { tokens: { secrets: { 'app-1': 's3cret' } } } })
    expect((await post(V2, `${FORM}&scope=b`)).status).toBe(200)
  })

  test('is not given for a GET', async () => {
    expect(await drive().ask('GET', V2)).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  test('is 401 where it was never issued or has expired, if the scenario is strict', async () => {
    const { post, emulator, clock } = drive({ behaviour: { tokens: { enforce: true, lifetime: '2h' } } })
    const { json } = await post(V2, `${FORM}&scope=b`)
    expect(json['expires_in']).toBe(7199)
    const call = async (token: unknown): Promise<unknown> =>
      emulator.handle({ method: 'GET', url: '/api/machines', headers: { authorization: `Bearer ${token}` } })
    expect(await call('any')).toMatchObject({ status: 401 })
    expect(await call(json['access_token'])).toMatchObject({ status: 200 })
    clock.advance(2 * HOUR)
    expect(await call(json['access_token'])).toMatchObject({ status: 401 })
  })

  test('is where the discovery document says', async () => {
    const { get, post } = drive({}, { authorization: '' })
    for (const version of ['v2.0/', '']) {
      const { json } = await get(`https://login.example/${TENANT}/${version}.well-known/openid-configuration`)
      expect(json['token_endpoint']).toBe(`https://login.example${V2}`)
      expect((await post(String(json['token_endpoint']), `${FORM}&scope=b`)).status).toBe(200)
    }
  })

  test('is any text otherwise, but it has to be a bearer token', async () => {
    expect((await drive({}, { authorization: 'bearer x' }).get('/api/machines')).status).toBe(200)
    expect((await drive({}, { authorization: 'Basic x' }).get('/api/machines')).status).toBe(401)
  })
})
