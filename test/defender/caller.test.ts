import { describe, expect, test } from 'vitest'
import { createCaller, newCallLog } from '../../src/defender/caller.ts'
import { readOnly } from '../../src/defender/read-only.ts'
import { staticToken, type TokenRequest, type TokenSource } from '../../src/defender/token.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { dependencies, jwt, rejection, target } from './clients.ts'
import { errorBody, networkError, ORIGIN, type Reply, recorded, scripted } from './mock-service.ts'

const URL_OF_MACHINES = `${ORIGIN}/api/machines`
const UNAUTHORIZED: Reply = { status: 401, body: errorBody('Unauthorized', 'The token expired') }
const TENANT = '11111111-2222-3333-4444-555555555555'

/** Gives token-1, and the next one each time a fresh one is asked for. */
function renewable(): { readonly source: TokenSource; readonly asked: TokenRequest[] } {
  const asked: TokenRequest[] = []
  let number = 1
  return {
    asked,
    source: {
      get: request => {
        asked.push(request)
        if (request.fresh) number += 1
        return Promise.resolve({ text: `token-${number}` })
      },
    },
  }
}

describe('a request', () => {
  test('carries the token and, with a body, its type', async () => {
    const { send, requests } = scripted([{ body: {} }, { status: 201, body: {} }])
    const caller = createCaller(dependencies(send))
    await caller.call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog())
    await caller.call({ method: 'POST', url: URL_OF_MACHINES, body: '{}' }, newCallLog())
    const common = { accept: 'application/json', authorization: 'Bearer opaque-token' }
    expect(requests.map(request => request.headers)).toStrictEqual([
      common,
      { ...common, 'content-type': 'application/json' },
    ])
  })

  test.each([
    'https://evil.example/api/machines',
    'http://api.security.microsoft.com/api/machines',
    'not a url',
  ])('to %s is never sent, and no token is even asked for', async url => {
    const { send, requests } = scripted([])
    const { source, asked } = renewable()
    const caller = createCaller(dependencies(send, { token: source }))
    const error = await rejection(caller.call({ method: 'GET', url }, newCallLog()))
    expect(error.code).toBe('next-link-elsewhere')
    expect(error.message).toContain(`The token for ${ORIGIN} must not be sent to`)
    expect([requests, asked]).toStrictEqual([[], []])
  })

  test('answered with a redirect is an error', async () => {
    const { send } = scripted([{ status: 307, headers: { location: 'https://evil.example' } }])
    const error = await rejection(
      createCaller(dependencies(send)).call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog()),
    )
    expect(error).toMatchObject({ code: 'redirected', status: 307 })
  })

  test.each([400, 403, 404, 429, 500, 503])('answered with %i is given back as it is', async status => {
    const { send } = scripted([{ status }])
    const answer = await createCaller(dependencies(send)).call(
      { method: 'GET', url: URL_OF_MACHINES },
      newCallLog(),
    )
    expect(answer.status).toBe(status)
  })

  test('without an answer rejects with the transport’s error', async () => {
    const { send } = scripted([networkError('ECONNRESET')])
    const call = createCaller(dependencies(send)).call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog())
    await expect(call).rejects.toMatchObject({ name: 'TransportError', code: 'ECONNRESET' })
  })
})

describe('a 401', () => {
  test('is answered once with a fresh token, also for a POST', async () => {
    const { send, requests } = scripted([UNAUTHORIZED, { status: 201, body: {} }])
    const { source, asked } = renewable()
    const log = newCallLog()
    const request = { method: 'POST', url: URL_OF_MACHINES, body: '{"Comment":"x"}' } as const
    const answer = await createCaller(dependencies(send, { token: source })).call(request, log)
    expect(answer.status).toBe(201)
    expect(requests.map(sent => sent.headers['authorization'])).toStrictEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
    expect(asked).toStrictEqual([{ fresh: false }, { fresh: true, refused: 'token-1' }])
    expect(log.apiCalls).toBe(2)
  })

  test('a second time ends it', async () => {
    const { send, requests } = scripted([UNAUTHORIZED, UNAUTHORIZED])
    const error = await rejection(
      createCaller(dependencies(send)).call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog()),
    )
    expect(error).toMatchObject({ code: 'unauthorized', status: 401 })
    expect(error.message).toBe('The service refused the token (401: The token expired).')
    expect(requests).toHaveLength(2)
  })

  test('says what the token itself shows: another audience, an end that has passed', async () => {
    const token = staticToken(jwt({ aud: 'https://management.azure.com', exp: 1_700_000_000 }))
    const { send } = scripted([UNAUTHORIZED, UNAUTHORIZED])
    const caller = createCaller(dependencies(send, { token }))
    const error = await rejection(caller.call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog()))
    expect(error.message).toContain('; it is for https://management.azure.com and it has expired.')
  })

  test('of a token that is still good says nothing of its end', async () => {
    const token = staticToken(jwt({ exp: 4_000_000_000 }))
    const { send } = scripted([UNAUTHORIZED, UNAUTHORIZED])
    const caller = createCaller(dependencies(send, { token }))
    const error = await rejection(caller.call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog()))
    expect(error.message).not.toContain('expired.')
  })
})

describe('the tenant', () => {
  test.each([
    [
      'the token’s, where it can be read',
      jwt({ tid: TENANT, roles: ['Machine.Read.All'] }),
      undefined,
      { tenantId: TENANT, roles: ['Machine.Read.All'] },
    ],
    ['the configuration’s, where not', 'opaque', TENANT, { tenantId: TENANT, roles: null }],
    ['unknown, where neither says', jwt({}), undefined, { tenantId: null, roles: null }],
    [
      'the same in another case',
      jwt({ tid: TENANT.toUpperCase() }),
      TENANT,
      { tenantId: TENANT.toUpperCase(), roles: null },
    ],
  ])('is %s', async (_rule, token, tenantId, want) => {
    const to = target(tenantId === undefined ? {} : { tenantId })
    const { send } = scripted([])
    const caller = createCaller(dependencies(send, { token: staticToken(token), target: to }))
    expect(await caller.identify()).toStrictEqual(want)
  })

  test('of another token than the configured one is an error before the first request', async () => {
    const { send, requests } = scripted([])
    const token = staticToken(jwt({ tid: TENANT }))
    const caller = createCaller(dependencies(send, { token, target: target({ tenantId: 'other' }) }))
    const call = caller.call({ method: 'GET', url: URL_OF_MACHINES }, newCallLog())
    expect(await rejection(call)).toMatchObject({ code: 'tenant-mismatch' })
    expect(await rejection(caller.identify())).toMatchObject({
      message: `The token is of tenant ${TENANT}, the configuration names other.`,
    })
    expect(requests).toStrictEqual([])
  })
})

describe('the service’s clock', () => {
  test('is the Date of the first answer that has one, and how far it is from ours', async () => {
    const { send } = scripted([
      { headers: { date: 'x' } },
      { headers: { date: 'Fri, 20 Nov 2026 10:06:00 GMT' } },
      { headers: { date: 'Fri, 20 Nov 2026 11:00:00 GMT' } },
    ])
    const clock = new FakeClock('2026-11-20T10:00:00Z')
    const caller = createCaller(dependencies(send, { clock }))
    const log = newCallLog()
    for (let call = 0; call < 3; call += 1) await caller.call({ method: 'GET', url: URL_OF_MACHINES }, log)
    expect(log).toStrictEqual({
      apiCalls: 3,
      firstDate: '2026-11-20T10:06:00.0000000Z',
      clockSkewMs: 360_000,
      noMachines: false,
      latestSkewMs: 3_600_000,
    })
  })
})

describe('a transport that only reads', () => {
  test.each([
    { method: 'POST', url: URL_OF_MACHINES, headers: {}, body: '{}' },
    { method: 'DELETE', url: URL_OF_MACHINES, headers: {} },
    { method: 'GET', url: URL_OF_MACHINES, headers: {}, body: '{}' },
  ] as const)('stops $method with body $body', async request => {
    const { send, requests } = recorded(() => Promise.reject(new Error('sent')))
    await expect(readOnly(send)(request)).rejects.toThrow(TypeError)
    expect(requests).toStrictEqual([])
  })

  test('lets GET through', async () => {
    const { send } = scripted([{ body: 'x' }])
    expect((await readOnly(send)({ method: 'GET', url: URL_OF_MACHINES, headers: {} })).body).toBe('x')
  })
})
