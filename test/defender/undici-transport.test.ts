import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { decodePieces } from '../../src/defender/content-encoding.ts'
import { proxySettings } from '../../src/defender/proxy.ts'
import { TransportError } from '../../src/defender/transport.ts'
import {
  type ClosableSend,
  type UndiciTransportOptions,
  undiciTransport,
} from '../../src/defender/undici-transport.ts'
import { networkError, ORIGIN, scripted } from './mock-service.ts'

const opened: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map(close => close()))
})

async function listen(handler: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(handler)
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(resolve => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

function transport(options: UndiciTransportOptions = {}): ClosableSend {
  const send = undiciTransport(options)
  opened.push(() => send.close())
  return send
}

function get(url: string): { method: 'GET'; url: string; headers: Record<string, string> } {
  return { method: 'GET', url, headers: {} }
}

async function decodeBody(data: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of decodePieces(Readable.from([data]), encoding, maxBytes)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function failure(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => undefined,
    reason => reason,
  )
  expect(error).toBeInstanceOf(TransportError)
  return error as TransportError
}

describe('one exchange', () => {
  test('sends method, path, headers and body, and reads status, headers in lower case and body', async () => {
    const seen: string[] = []
    const { url } = await listen((request, response) => {
      request.setEncoding('utf8')
      request.on('data', chunk => seen.push(String(chunk)))
      request.on('end', () => {
        seen.push(
          `${request.method} ${request.url} ${request.headers['user-agent']} ${request.headers['x-a']}`,
        )
        response.writeHead(201, { 'Content-Type': 'application/json', 'X-Twice': ['1', '2'] })
        response.end('{"ä":1}')
      })
    })
    const send = transport({ userAgent: 'holdfast/1' })
    const request = {
      method: 'POST',
      url: `${url}/api/x?$top=1`,
      headers: { 'x-a': 'b' },
      body: '{}',
    } as const
    const answer = await send(request)
    expect(seen).toStrictEqual(['{}', 'POST /api/x?$top=1 holdfast/1 b'])
    expect(answer).toMatchObject({ status: 201, body: '{"ä":1}' })
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-twice': '1, 2' })
  })

  test('follows no redirect', async () => {
    const { send, requests } = scripted([{ status: 302, headers: { location: 'https://evil.example/' } }])
    expect((await send(get(`${ORIGIN}/api/machines`))).status).toBe(302)
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['Deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ] as const)('undoes %s', async (encoding, compress) => {
    const { url } = await listen((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip, deflate, br')
      response.writeHead(200, { 'content-encoding': encoding })
      response.end(compress('{"value":[]}'))
    })
    expect((await transport()(get(url))).body).toBe('{"value":[]}')
  })

  test('an encoding that was not asked for, and damaged bytes, are errors', async () => {
    expect((await failure(decodeBody(Buffer.from('x'), 'zstd', 10))).code).toBe('body-unreadable')
    expect((await failure(decodeBody(gzipSync('hello').subarray(0, 12), 'gzip', 10))).code).toBe(
      'body-unreadable',
    )
  })

  test('an empty or plain body needs no decoding', async () => {
    expect(await decodeBody(Buffer.alloc(0), 'gzip', 10)).toHaveLength(0)
    expect(String(await decodeBody(Buffer.from('x'), 'identity', 10))).toBe('x')
  })

  test('a small body that unfolds beyond the limit, and a large one, are errors', async () => {
    expect((await failure(decodeBody(gzipSync('x'.repeat(1000)), 'gzip', 999))).code).toBe('body-too-large')
    const { url } = await listen((_request, response) => response.end('x'.repeat(1000)))
    const error = await failure(transport({ maxBodyBytes: 999 })(get(url)))
    expect(error).toMatchObject({ code: 'body-too-large', message: 'the answer is larger than 999 bytes' })
  })
})

describe('an exchange that does not end', () => {
  test('a body shorter than announced is an error, not a short body', async () => {
    const { url } = await listen((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"value":[')
      setImmediate(() => response.destroy())
    })
    expect((await failure(transport()(get(url)))).code).toBe('UND_ERR_SOCKET')
  })

  test('a chunked body without its end is an error', async () => {
    const { url } = await listen((_request, response) => {
      response.write('{"value":[]}')
      setImmediate(() => response.destroy())
    })
    expect((await failure(transport()(get(url)))).message).toMatch(
      /^127\.0\.0\.1:\d+: the connection was closed/,
    )
  })

  test('a refused connection names the host and the code', async () => {
    const { url, server } = await listen(() => undefined)
    await new Promise(resolve => server.close(resolve))
    const error = await failure(transport()(get(`${url}/api/secret-path`)))
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: the connection was refused \(ECONNREFUSED\)$/)
  })

  test('no answer within the whole time is a time-out', async () => {
    const { url } = await listen(() => undefined)
    const error = await failure(transport({ totalTimeoutMs: 30 })(get(url)))
    expect(error).toMatchObject({ code: 'ETIMEDOUT' })
  })

  test('an interrupt ends it at once', async () => {
    const { url } = await listen(() => undefined)
    const controller = new AbortController()
    setImmediate(() => controller.abort())
    expect((await failure(transport()(get(url), controller.signal))).code).toBe('aborted')
  })

  test('a code without words stays beside its message, and an error without a code its name', async () => {
    const { send } = scripted([networkError('DEPTH_ZERO_SELF_SIGNED_CERT'), { error: new RangeError('odd') }])
    expect((await failure(send(get(ORIGIN)))).message).toBe(
      'api.security.microsoft.com: the request failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    )
    expect((await failure(send(get(ORIGIN)))).code).toBe('RangeError')
  })
})

describe('proxies', () => {
  test.each([
    ['none', {}, undefined],
    ['an empty one is none', { HTTPS_PROXY: ' ' }, undefined],
    ['upper case', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a,b' }, { uri: 'http://p:1/', noProxy: 'a,b' }],
    [
      'lower case wins',
      { HTTPS_PROXY: 'http://p:1', https_proxy: 'https://q:2', NO_PROXY: 'a', no_proxy: 'b' },
      { uri: 'https://q:2/', noProxy: 'b' },
    ],
    [
      'without a scheme it is http',
      { HTTPS_PROXY: 'p.contoso.com:8080' },
      { uri: 'http://p.contoso.com:8080/', noProxy: '' },
    ],
    ['HTTP_PROXY is not for https', { HTTP_PROXY: 'http://p:1' }, undefined],
  ])('%s', (_rule, env, want) => {
    expect(proxySettings(env)).toStrictEqual(want)
  })

  test.each(['ftp://user:secret@p', 'http://user:secret@:1'])(
    '%s is refused, and its password not shown',
    text => {
      expect(() => proxySettings({ HTTPS_PROXY: text })).toThrow(
        expect.objectContaining({ code: 'proxy-invalid', message: expect.not.stringContaining('secret') }),
      )
    },
  )

  /** A proxy that notes what it is asked to connect to and refuses. */
  async function refusingProxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
    const asked: string[] = []
    const { url, server } = await listen((_request, response) => response.end())
    server.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['authorization'] ?? 'no token'}`)
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    })
    return { url, asked }
  }

  test('https goes through the proxy as a tunnel, which never sees the token', async () => {
    const { url, asked } = await refusingProxy()
    const send = transport({ env: { HTTPS_PROXY: url } })
    const request = { ...get('https://api.invalid/api/machines'), headers: { authorization: 'Bearer x' } }
    await failure(send(request))
    expect(asked).toStrictEqual(['api.invalid:443 no token'])
  })

  test('a host of NO_PROXY goes directly', async () => {
    const { url, asked } = await refusingProxy()
    const send = transport({ env: { HTTPS_PROXY: url, NO_PROXY: '.invalid' }, connectTimeoutMs: 500 })
    await failure(send(get('https://api.invalid/')))
    expect(asked).toStrictEqual([])
  })

  test('loopback goes directly, whatever the variables say', async () => {
    const proxy = await refusingProxy()
    const { url } = await listen((_request, response) => response.end('direct'))
    const send = transport({ env: { HTTPS_PROXY: proxy.url } })
    expect((await send(get(url))).body).toBe('direct')
    expect(proxy.asked).toStrictEqual([])
  })
})

test('closing a transport that never sent, or that was given its connections, is fine', async () => {
  await undiciTransport().close()
  const { send, requests } = scripted([{ body: 'x' }])
  await send(get(ORIGIN))
  expect(requests).toHaveLength(1)
})

describe('a request that is asked about when it leaves', () => {
  test('is not sent where the answer is no, and the next one is', async () => {
    const seen: string[] = []
    const { url } = await listen((request, response) => {
      seen.push(String(request.url))
      response.end('ok')
    })
    const send = transport()
    await send(get(`${url}/first`))
    const post = { method: 'POST', headers: {}, body: '{}' } as const
    const error = await failure(send({ ...post, url: `${url}/withheld`, mayLeave: () => false }))
    expect(error.code).toBe('withheld')
    expect(await send({ ...post, url: `${url}/sent`, mayLeave: () => true })).toMatchObject({ status: 200 })
    expect(seen).toStrictEqual(['/first', '/sent'])
  })

  test('is asked about only once a connection is free for it', async () => {
    const held: (() => void)[] = []
    const seen: string[] = []
    const all = Promise.withResolvers<void>()
    const { url } = await listen((request, response) => {
      seen.push(String(request.url))
      held.push(() => response.end('ok'))
      if (held.length === 16) all.resolve()
    })
    const send = transport()
    const busy = Array.from({ length: 16 }, () => send(get(`${url}/busy`)))
    await all.promise
    let isGood = true
    const asked: boolean[] = []
    const late = send({
      ...get(`${url}/late`),
      mayLeave: () => {
        asked.push(isGood)
        return isGood
      },
    })
    await new Promise(resolve => setImmediate(resolve))
    expect(asked).toStrictEqual([])
    isGood = false
    for (const release of held.splice(0)) release()
    expect((await failure(late)).code).toBe('withheld')
    await Promise.all(busy)
    expect(seen).not.toContain('/late')
  })
})
