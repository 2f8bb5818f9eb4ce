import { describe, expect, test } from 'vitest'
import { createCaller, newCallLog } from '../../src/defender/caller.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import { createJsonReader } from '../../src/defender/json-reader.ts'
import { READ_LIMITS } from '../../src/defender/limits.ts'
import { TransportError } from '../../src/defender/transport.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { dependencies, rejection } from './clients.ts'
import {
  errorBody,
  type MockService,
  networkError,
  ORIGIN,
  type Reply,
  recorded,
  scripted,
} from './mock-service.ts'

const PLAIN = `${ORIGIN}/api/machines?$top=10000`
const FILTERED = `${ORIGIN}/api/machines?$filter=x`
const HTML: Reply = { status: 502, body: '<html>bad gateway</html>' }
const FAILING = (status: number): Reply => ({ status, body: errorBody('InternalServerError', '') })

function reader(replies: readonly Reply[]) {
  const service: MockService = scripted(replies)
  const clock = new FakeClock()
  const parts = dependencies(service.send, { clock })
  const readJson = createJsonReader(createCaller(parts), clock, READ_LIMITS)
  const log = newCallLog()
  return {
    ...service,
    clock,
    log,
    read: (url = PLAIN, signal?: AbortSignal): Promise<unknown> =>
      clock.drive(readJson(url, { log, signal })),
  }
}

describe('a read that fails', () => {
  test.each([
    ['a 500', FAILING(500)],
    ['a 502 of HTML', HTML],
    ['a 503 without a body', { status: 503 }],
    ['a 408', { status: 408 }],
    ['a reset', networkError('ECONNRESET')],
    ['a time-out', networkError('UND_ERR_HEADERS_TIMEOUT')],
    ['a cut body', { body: '{"value":[{"id":' }],
    ['an empty body', { body: '' }],
  ] as const)('by %s is tried again', async (_what, reply) => {
    const { read, log, clock } = reader([reply, { body: { value: [1] } }])
    expect(await read()).toStrictEqual({ value: [1] })
    expect(log.apiCalls).toBe(2)
    expect(clock.slept).toStrictEqual([500])
  })

  test('for want of a token while sign-in is away is tried again', async () => {
    const { send } = scripted([{ body: { value: [1] } }])
    const clock = new FakeClock()
    let asked = 0
    const get = () => {
      asked += 1
      return asked === 1
        ? Promise.reject(new DefenderError('sign-in-unavailable', 'away'))
        : Promise.resolve({ text: 'opaque' })
    }
    const caller = createCaller(dependencies(send, { clock, token: { get } }))
    const readJson = createJsonReader(caller, clock, READ_LIMITS)
    expect(await clock.drive(readJson(PLAIN, { log: newCallLog() }))).toStrictEqual({ value: [1] })
    expect(clock.slept).toStrictEqual([500])
  })

  test.each([
    ['a 500', FAILING(500), 'service-unavailable', 'The service answered 500 InternalServerError: HTTP 500'],
    [
      'a 502 of HTML',
      HTML,
      'service-unavailable',
      'The service answered 502: HTTP 502 without an explanation',
    ],
    [
      'a reset',
      networkError('ECONNRESET'),
      'connection-failed',
      'api.security.microsoft.com: the connection was reset (ECONNRESET).',
    ],
    [
      'a cut body',
      { body: '{"value":[{"id":' },
      'malformed-answer',
      'The answer is cut or is no JSON (16 bytes).',
    ],
  ] as const)('by %s five times is an error', async (_what, reply, code, message) => {
    const { read, requests, clock } = reader([reply, reply, reply, reply, reply])
    expect(await rejection(read())).toMatchObject({ code, message })
    expect(requests).toHaveLength(5)
    expect(clock.slept).toStrictEqual([500, 1000, 2000, 4000])
  })

  test('is not begun again later than 30 seconds after the first try', async () => {
    const clock = new FakeClock()
    const { send, requests } = recorded(async () => {
      await clock.sleep(14_000)
      return { status: 500, headers: {}, body: '' }
    })
    const readJson = createJsonReader(createCaller(dependencies(send, { clock })), clock, READ_LIMITS)
    const error = await rejection(clock.drive(readJson(PLAIN, { log: newCallLog() })))
    expect(error.code).toBe('service-unavailable')
    expect(requests).toHaveLength(3)
  })

  test.each([
    [
      '400',
      { status: 400, body: errorBody('ODataError', 'bad') },
      'query-refused',
      'The service answered 400 ODataError: bad',
    ],
    [
      '403',
      {
        status: 403,
        body: errorBody('Forbidden', 'Missing application roles. API required roles: Machine.Read.All'),
      },
      'forbidden',
      'The service answered 403 Forbidden: Missing application roles. API required roles: Machine.Read.All',
    ],
    [
      '404',
      { status: 404, body: errorBody('ResourceNotFound', 'x') },
      'not-found',
      'The service answered 404 ResourceNotFound: x',
    ],
    [
      '404 of something else',
      { status: 404, body: '<html>' },
      'not-the-service',
      'The service answered 404: HTTP 404 without an explanation',
    ],
    [
      '410',
      { status: 410, body: errorBody('Gone', 'retired') },
      'retired',
      'The service answered 410 Gone: retired',
    ],
    [
      '405 without a body',
      { status: 405 },
      'request-refused',
      'The service answered 405: HTTP 405 without an explanation',
    ],
    ['301', { status: 301 }, 'redirected', 'The service answered with a redirect (301).'],
  ] as const)('by %s is not tried again', async (_what, reply, code, message) => {
    const { read, requests } = reader([reply])
    expect(await rejection(read())).toMatchObject({ code, message })
    expect(requests).toHaveLength(1)
  })

  test('by a body larger than any page is not tried again', async () => {
    const large = recorded(() => Promise.reject(new TransportError('body-too-large', 'too large')))
    const clock = new FakeClock()
    const readJson = createJsonReader(createCaller(dependencies(large.send, { clock })), clock, READ_LIMITS)
    expect(await rejection(readJson(PLAIN, { log: newCallLog() }))).toMatchObject({
      code: 'malformed-answer',
    })
    expect(large.requests).toHaveLength(1)
  })

  test('a filtered list turned away before the service saw it is a refused query', async () => {
    expect(await rejection(reader([{ status: 414 }]).read())).toMatchObject({ code: 'query-refused' })
    expect(await rejection(reader([{ status: 404, body: '' }]).read(FILTERED))).toMatchObject({
      code: 'query-refused',
    })
    const order = `${ORIGIN}/api/machines?$orderby=id`
    expect(await rejection(reader([{ status: 404 }]).read(order))).toMatchObject({ code: 'query-refused' })
  })

  test('by an error of our own is passed on', async () => {
    const clock = new FakeClock()
    const broken = createCaller(dependencies(() => Promise.reject(new TypeError('ours')), { clock }))
    await expect(createJsonReader(broken, clock, READ_LIMITS)(PLAIN, { log: newCallLog() })).rejects.toThrow(
      TypeError,
    )
  })
})

describe('a 429', () => {
  const quota = (retryAfter?: string): Reply => ({
    status: 429,
    body: errorBody('429', 'API calls quota exceeded! maximum allowed 100 per 00:01:00'),
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  })

  test('waits as long as it asks, where that fits', async () => {
    const { read, clock } = reader([quota('7'), quota('20'), { body: {} }])
    await read()
    expect(clock.slept).toStrictEqual([7000, 20_000])
  })

  test.each([
    ['an hour', quota('3600'), '(again after 3600 s)'],
    ['31 seconds', quota('31'), '(again after 31 s)'],
    ['nothing, which is taken for a minute', quota(), '(again after 60 s)'],
  ])('that asks for %s is an error at once, and says for how long', async (_what, reply, text) => {
    const { read, clock } = reader([reply])
    const error = await rejection(read())
    expect(error).toMatchObject({ code: 'throttled', status: 429 })
    expect(error.message).toContain(text)
    expect(clock.slept).toStrictEqual([])
  })

  test('that would take the waits beyond 30 seconds is an error', async () => {
    const { read, clock } = reader([quota('20'), quota('20')])
    expect(await rejection(read())).toMatchObject({ code: 'throttled' })
    expect(clock.slept).toStrictEqual([20_000])
  })

  test('is known by the status, whatever the code', async () => {
    const other: Reply = { status: 429, body: '<html>', headers: { 'retry-after': '1' } }
    const { read, clock } = reader([other, { body: {} }])
    await read()
    expect(clock.slept).toStrictEqual([1000])
  })

  test('a 503 that says when to come back is believed too', async () => {
    const { read, clock } = reader([{ status: 503, headers: { 'retry-after': '9' } }, { body: {} }])
    await read()
    expect(clock.slept).toStrictEqual([9000])
  })
})

describe('an interrupt', () => {
  test('before the read sends nothing', async () => {
    const { read, requests } = reader([])
    expect(await rejection(read(PLAIN, AbortSignal.abort()))).toMatchObject({ code: 'interrupted' })
    expect(requests).toStrictEqual([])
  })

  test('while it waits ends it', async () => {
    const { clock, log, requests, send } = reader([FAILING(500)])
    const controller = new AbortController()
    const readJson = createJsonReader(createCaller(dependencies(send, { clock })), clock, READ_LIMITS)
    const read = rejection(readJson(PLAIN, { log, signal: controller.signal }))
    await clock.settle()
    controller.abort()
    expect(await read).toMatchObject({ code: 'interrupted' })
    expect(requests).toHaveLength(1)
  })

  test('while it is answered ends it', async () => {
    const clock = new FakeClock()
    const aborted = createCaller(
      dependencies(() => Promise.reject(new TransportError('aborted', 'x')), { clock }),
    )
    const read = createJsonReader(aborted, clock, READ_LIMITS)(PLAIN, { log: newCallLog() })
    expect(await rejection(read)).toMatchObject({ code: 'interrupted' })
  })
})

test('a byte order mark before the JSON is no error', async () => {
  expect(await reader([{ body: '\ufeff{"value":[]}' }]).read()).toStrictEqual({ value: [] })
})

test('a 401 within a read is answered with a fresh token and does not count as a try', async () => {
  const { read, log } = reader([{ status: 401 }, { body: {} }])
  expect(await read()).toStrictEqual({})
  expect(log.apiCalls).toBe(2)
})
