import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { selfSignedCertificate } from '../../src/emulator/certificate.ts'
import { manualClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { FaultRule, Scenario } from '../../src/emulator/scenario-types.ts'
import { type EmulatorServer, serveEmulator } from '../../src/emulator/serve.ts'
import { HOST, onHost, START } from './drive.ts'
import { randomScenario } from './random-scenario.ts'

const headers = { authorization: 'Bearer secret-token-1' }
/** How long no answer is waited for, once the request has arrived. */
const HANG_MS = 20
const servers: EmulatorServer[] = []
let agent: Agent

beforeEach(() => {
  agent = new Agent()
})

afterEach(async () => {
  await agent.destroy()
  for (const server of servers.splice(0)) await server.close()
})

async function serve(scenario: Scenario, recordTo?: string): Promise<{ url: string; emulator: Emulator }> {
  const emulator = createEmulator({
    scenario: { machines: [{ id: HOST, computerDnsName: 'fin-ws-014.contoso.com' }], ...scenario },
    clock: manualClock(Date.parse(START)),
  })
  const server = await serveEmulator(emulator, { port: 0, ...(recordTo === undefined ? {} : { recordTo }) })
  servers.push(server)
  return { url: server.url, emulator }
}

interface Seen {
  readonly status: number
  readonly text: string
  readonly contentType: unknown
  readonly retryAfter: unknown
}

async function ask(
  url: string,
  method: 'GET' | 'POST' = 'GET',
  body?: string,
  signal: AbortSignal | null = null,
): Promise<Seen> {
  const answer = await request(url, {
    method,
    headers,
    dispatcher: agent,
    signal,
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    text,
    contentType: answer.headers['content-type'],
    retryAfter: answer.headers['retry-after'],
  }
}

/** Gives up a request a little after the emulator has seen it, however long that takes on a busy machine. */
function afterArrival(emulator: Emulator): AbortSignal {
  const controller = new AbortController()
  const look = (): void => {
    if (emulator.requests().length === 0) setTimeout(look, 1)
    else setTimeout(() => controller.abort(), HANG_MS)
  }
  look()
  return controller.signal
}

/** What the other side of a real socket sees of a request that a fault strikes. */
async function strike(fault: Omit<FaultRule, 'on'>): Promise<Seen | { readonly error: string }> {
  const { url, emulator } = await serve({ behaviour: { faults: [{ on: 'GET /machines', ...fault }] } })
  const signal = fault.fault?.startsWith('timeout') === true ? afterArrival(emulator) : null
  return ask(`${url}/api/machines`, 'GET', undefined, signal).catch(
    (error: { readonly code?: string; readonly name: string }) => ({
      error: error.name === 'AbortError' ? 'no answer' : String(error.code),
    }),
  )
}

describe('what a fault does to a connection', () => {
  test.each([
    ['reset-before', 'ECONNRESET'],
    ['reset-after', 'ECONNRESET'],
    ['timeout', 'no answer'],
    ['timeout-after', 'no answer'],
    ['cut-body', 'UND_ERR_SOCKET'],
  ] as const)('%s', async (fault, error) => {
    expect(await strike({ fault })).toStrictEqual({ error })
  })

  test('invalid-json is a whole answer with half the text', async () => {
    const seen = await strike({ fault: 'invalid-json' })
    expect(seen).toMatchObject({ status: 200, text: expect.stringMatching(/^\{"@odata/) })
    expect(() => JSON.parse('text' in seen ? seen.text : '')).toThrow(SyntaxError)
  })

  test('wrong-content is a page of HTML with status 200', async () => {
    expect(await strike({ fault: 'wrong-content' })).toMatchObject({
      status: 200,
      contentType: 'text/html',
      text: expect.stringContaining('<html>'),
    })
  })

  test.each([
    [{ status: 503 }, 503, /"code":"ServiceUnavailable"/],
    [{ status: 503, body: 'html' }, 503, /<h1>503 Service Unavailable<\/h1>/],
    [{ status: 502, body: 'empty' }, 502, /^$/],
    [{ status: 500 }, 500, /"code":"InternalServerError","message":""/],
    [{ status: 401 }, 401, /"code":"Unauthorized"/],
    [
      { status: 403, code: 'DisabledFeature', message: 'off' },
      403,
      /"code":"DisabledFeature","message":"off"/,
    ],
    [{ status: 404 }, 404, /"code":"ResourceNotFound"/],
    [{ status: 418 }, 418, /"code":"InternalServerError"/],
    [{ status: 400 }, 400, /"code":"BadRequest"/],
    [{ status: 429 }, 429, /"code":"429"/],
    [{ status: 504, body: 'html' }, 504, /Gateway Timeout/],
  ] as const)('%o', async (fault, status, text) => {
    const seen = await strike(fault)
    expect(seen).toMatchObject({ status, retryAfter: undefined })
    expect('text' in seen ? seen.text : '').toMatch(text)
  })

  test('429 and 503 may say when to come back', async () => {
    expect(await strike({ status: 429, retryAfter: 30 })).toMatchObject({ retryAfter: '30' })
    expect(await strike({ status: 503, retryAfter: 7, body: 'empty' })).toMatchObject({ retryAfter: '7' })
  })
})

describe('whether the request took effect', () => {
  test.each([
    [{ fault: 'reset-before' }, 0],
    [{ fault: 'reset-after' }, 1],
    [{ fault: 'timeout' }, 0],
    [{ fault: 'timeout-after' }, 1],
    [{ fault: 'cut-body' }, 1],
    [{ fault: 'invalid-json' }, 1],
    [{ fault: 'wrong-content' }, 1],
    [{ status: 503 }, 0],
    [{ status: 503, accepted: true }, 1],
  ] as const)('%o: %d', async (fault, count) => {
    const { url, emulator } = await serve({
      behaviour: { faults: [{ on: 'POST /machines/*/isolate', ...fault }] },
    })
    await ask(`${url}${onHost('isolate')}`, 'POST', '{"Comment":"c"}', afterArrival(emulator)).catch(
      () => undefined,
    )
    expect(emulator.actions()).toHaveLength(count)
  })
})

describe('which requests a fault strikes', () => {
  const status = 503
  test.each([
    ['one path', 'GET /machines', '-++'],
    ['any method', '* /machineactions', '++-'],
    ['one segment', 'GET /machines/*', '+-+'],
    ['a segment in braces', 'get /Machines/{id}', '+-+'],
    ['no more than one segment', 'GET /*', '-+-'],
    ['any rest', 'GET /machines**', '--+'],
    ['another method', 'POST **', '+++'],
    ['everything', '*', '---'],
  ])('%s', async (_which, on, expected) => {
    const { emulator } = await serve({ behaviour: { faults: [{ on, status }] } })
    const seen: string[] = []
    for (const url of ['/api/machines', `/api/machines/${HOST}`, '/api/machineactions/']) {
      const answer = await emulator.handle({ method: 'GET', url, headers })
      seen.push(answer.kind === 'response' && answer.status === 200 ? '+' : '-')
    }
    expect(seen.join('')).toBe(expected)
  })

  test('the second page only, by its query', async () => {
    const { emulator } = await serve({
      behaviour: { faults: [{ on: 'GET /machineactions', query: '$skip=2', status }] },
    })
    const get = async (query: string): Promise<unknown> =>
      emulator.handle({ method: 'GET', url: `/api/machineactions?${query}`, headers })
    expect(await get('$top=2&%24skip=2')).toMatchObject({ status: 503 })
    expect(await get('$top=2')).toMatchObject({ status: 200 })
    expect(await get('$top=2&$skip=%')).toMatchObject({ status: 400 })
  })

  test('for a time only', async () => {
    const clock = manualClock(Date.parse(START))
    const faults = [{ on: 'GET **', from: '1m', until: '2m', status }]
    const emulator = createEmulator({ scenario: { behaviour: { faults } }, clock })
    const seen: unknown[] = []
    for (let minute = 0; minute < 3; minute += 1) {
      const answer = await emulator.handle({ method: 'GET', url: '/api/machines', headers })
      seen.push(answer.kind === 'response' && answer.status)
      clock.advance(60_000)
    }
    expect(seen).toStrictEqual([200, 503, 200])
  })

  test('the first rule that strikes decides, and each counts what it matches', async () => {
    const { emulator } = await serve({
      behaviour: {
        faults: [
          { on: 'GET /machines', nth: 2, status: 500 },
          { on: 'GET /machines', first: 2, status: 502 },
        ],
      },
    })
    const seen: unknown[] = []
    for (let count = 0; count < 3; count += 1) {
      const answer = await emulator.handle({ method: 'GET', url: '/api/machines', headers })
      seen.push(answer.kind === 'response' && answer.status)
    }
    expect(seen).toStrictEqual([502, 500, 200])
  })

  test('token requests as well', async () => {
    const { emulator } = await serve({
      behaviour: { faults: [{ on: 'POST /*/oauth2/**', first: 1, status }] },
    })
    const ask = async (): Promise<unknown> =>
      emulator.handle({
        method: 'POST',
        url: '/t/oauth2/v2.0/token',
        headers: {},
        body: 'grant_type=password&client_id=a&scope=b',
      })
    expect(await ask()).toMatchObject({ status: 503 })
    expect(await ask()).toMatchObject({ status: 200 })
  })

  test.each([
    ['skip-row', ['a', 'c']],
    ['repeat-row', ['a', 'b', 'c', 'c']],
  ] as const)('%s changes the rows of a page', async (fault, expected) => {
    const machines = ['a', 'b', 'c'].map(letter => ({ id: letter.repeat(40) }))
    const { emulator } = await serve({
      machines,
      behaviour: { faults: [{ on: 'GET /machines', nth: 1, fault }] },
    })
    const ids = async (): Promise<unknown> => {
      const answer = await emulator.handle({ method: 'GET', url: '/api/machines', headers })
      const { value } = JSON.parse(answer.kind === 'response' ? answer.body.toString() : '')
      return value.map(({ id }: { id: string }) => id[0])
    }
    expect(await ids()).toStrictEqual(expected)
    expect(await ids()).toStrictEqual(['a', 'b', 'c'])
  })

  test('a row that is alone is skipped, and an empty page is left as it is', async () => {
    const faults = [{ on: 'GET **', fault: 'skip-row' }] as const
    const one = await serve({ behaviour: { faults } })
    expect((await ask(`${one.url}/api/machines`)).text).toMatch(/"value":\[\]/)
    expect((await ask(`${one.url}/api/machineactions`)).text).toMatch(/"value":\[\]/)
  })
})

describe('over a socket', () => {
  test('answers are chunked, and packed only for those who ask for it', async () => {
    const { url } = await serve(randomScenario(1, 30, 0))
    const plain = await request(`${url}/api/machines`, { headers, dispatcher: agent })
    expect(plain.headers).toMatchObject({
      'transfer-encoding': 'chunked',
      date: 'Sun, 22 Nov 2026 18:00:00 GMT',
    })
    expect(plain.headers['content-encoding']).toBeUndefined()
    const text = await plain.body.text()
    const packed = await undiciFetch(`${url}/api/machines`, {
      headers: { ...headers, 'accept-encoding': 'gzip, deflate' },
      dispatcher: agent,
    })
    expect(packed.headers.get('content-encoding')).toBe('deflate')
    expect(await packed.text()).toBe(text)
  })

  test('a wrong verb has a length of 0 and no body', async () => {
    const { url } = await serve({})
    const answer = await request(`${url}${onHost('isolate')}`, { headers, dispatcher: agent })
    expect(answer.statusCode).toBe(405)
    expect(answer.headers).toMatchObject({ 'content-length': '0', allow: 'POST' })
    expect(await answer.body.text()).toBe('')
  })

  test('a nextLink leads back to the server', async () => {
    const { url } = await serve({ ...randomScenario(1, 3, 0), behaviour: { pageLimit: 2 } })
    const { text } = await ask(`${url}/api/machines`)
    const next = String(JSON.parse(text)['@odata.nextLink'])
    expect(next.startsWith(url)).toBe(true)
    expect(JSON.parse((await ask(next)).text).value).toHaveLength(1)
  })

  test('a token form is read without a Content-Type', async () => {
    const { url } = await serve({})
    const { text } = await ask(
      `${url}/t/oauth2/v2.0/token`,
      'POST',
      'grant_type=client_credentials&client_id=a&scope=b',
    )
    expect(JSON.parse(text)).toMatchObject({ token_type: 'Bearer' })
  })

  test('a body beyond all measure breaks the connection', async () => {
    const { url } = await serve({})
    const body = 'x'.repeat(25 * 1024 * 1024)
    await expect(ask(`${url}/api/libraryfiles`, 'POST', body)).rejects.toThrow()
  })

  test('every request is recorded, and no token, body or signature with it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'holdfast-record-')), 'requests.jsonl')
    const { url, emulator } = await serve(
      { behaviour: { faults: [{ on: '* /machineactions', fault: 'reset-before' }] } },
      file,
    )
    await ask(`${url}/api/machines?$top=1&sig=s3cret`)
    await ask(`${url}/api/machineactions`).catch(() => undefined)
    await ask(
      `${url}/t/oauth2/v2.0/token`,
      'POST',
      'client_secret=s3cret&client_id=a&scope=b&grant_type=password',
    )
    const text = await readFile(file, 'utf8')
    expect(text).not.toMatch(/s3cret|secret-token/)
    const lines = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toStrictEqual(emulator.requests())
    expect(lines).toStrictEqual([
      { method: 'GET', path: '/api/machines', query: '$top=1&sig=…', status: 200, at: START },
      { method: 'GET', path: '/api/machineactions', query: '', status: 'reset', at: START },
      { method: 'POST', path: '/t/oauth2/v2.0/token', query: '', status: 200, at: START },
    ])
  })

  test('a port that is taken is an error', async () => {
    const { url, emulator } = await serve({})
    await expect(serveEmulator(emulator, { port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE')
  })
})

describe('over TLS', () => {
  const certificate = selfSignedCertificate()

  async function serveTls(faults: readonly FaultRule[] = []): Promise<string> {
    const emulator = createEmulator({
      scenario: { machines: [{ id: HOST }, { id: 'b'.repeat(40) }], behaviour: { pageLimit: 1, faults } },
      clock: manualClock(Date.parse(START)),
    })
    const server = await serveEmulator(emulator, { port: 0, tls: certificate })
    servers.push(server)
    return server.url
  }

  test('a client that trusts the certificate gets its answer, by address and by name', async () => {
    await agent.destroy()
    agent = new Agent({ connect: { ca: certificate.cert } })
    const url = await serveTls()
    expect(url).toMatch(/^https:/)
    expect(JSON.parse((await ask(`${url}/api/machines`)).text)['@odata.nextLink']).toMatch(url)
    expect((await ask(`${url.replace('127.0.0.1', 'localhost')}/api/machines`)).status).toBe(200)
  })

  test('a client that does not trust it refuses', async () => {
    const url = await serveTls()
    await expect(ask(`${url}/api/machines`)).rejects.toThrow(/self.signed/)
  })

  test('a connection breaks here too', async () => {
    await agent.destroy()
    agent = new Agent({ connect: { ca: certificate.cert } })
    const url = await serveTls([{ on: '*', fault: 'reset-before' }])
    await expect(ask(`${url}/api/machines`)).rejects.toThrow()
  })

  test('the certificate is of this computer, good for a year', () => {
    const { subjectAltName, validFrom, validTo, ca } = new X509Certificate(certificate.cert)
    expect(subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(ca).toBe(true)
    expect(Date.parse(validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(360 * 86_400_000)
  })
})
