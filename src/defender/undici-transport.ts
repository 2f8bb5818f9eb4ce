import type { Dispatcher } from 'undici'
import { ACCEPT_ENCODING, decodeBody } from './content-encoding.ts'
import { isLoopback } from './loopback.ts'
import { type ProxyEnvironment, proxySettings } from './proxy.ts'
import { type HttpRequest, type HttpResponse, type Send, TransportError } from './transport.ts'

/** How {@link undiciTransport} connects and when it gives up. */
export interface UndiciTransportOptions {
  /** Where HTTPS_PROXY and NO_PROXY are read; without it no proxy is used. Loopback never goes through one. */
  readonly env?: ProxyEnvironment
  /** Goes in place of the connections of our own, such as a MockAgent; it is not closed by `close`. */
  readonly dispatcher?: Dispatcher
  readonly userAgent?: string
  readonly connectTimeoutMs?: number
  /** Until the answer's first byte. A page of 10,000 rows can take the service many seconds. */
  readonly headersTimeoutMs?: number
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs?: number
  /** For the whole exchange, however slowly it drips. */
  readonly totalTimeoutMs?: number
  readonly maxBodyBytes?: number
}

/** A {@link Send} that owns connections. */
export type ClosableSend = Send & { close(): Promise<void> }

const DEFAULTS = {
  userAgent: 'holdfast',
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 25_000,
  bodyTimeoutMs: 20_000,
  totalTimeoutMs: 120_000,
  maxBodyBytes: 256 * 1024 * 1024,
}

type Settings = UndiciTransportOptions & typeof DEFAULTS

/** Sends over undici, which is loaded at the first request. Reads every body to its end and decompresses it. */
export function undiciTransport(options: UndiciTransportOptions = {}): ClosableSend {
  const settings: Settings = { ...DEFAULTS, ...options }
  const connections = options.dispatcher === undefined ? lazyConnections(settings) : undefined

  const send: Send = async (request, signal) => {
    const url = new URL(request.url)
    const dispatcher = options.dispatcher ?? (await connections?.to(url))
    if (dispatcher === undefined) throw new TransportError('UND_ERR_CLOSED', 'no connection')
    return exchange(dispatcher, url, request, settings, signal)
  }
  return Object.assign(send, { close: async (): Promise<void> => connections?.close() })
}

interface Connections {
  to(url: URL): Promise<Dispatcher>
  close(): Promise<void>
}

function lazyConnections(settings: Settings): Connections {
  const proxy = proxySettings(settings.env ?? {})
  const pool = {
    // HTTP/1.1 throughout: one slow page must not hold up the others of a shared stream.
    allowH2: false,
    connections: 16,
    connect: { timeout: settings.connectTimeoutMs },
  }
  let direct: Dispatcher | undefined
  let proxied: Dispatcher | undefined
  return {
    async to(url) {
      const { Agent, EnvHttpProxyAgent } = await import('undici')
      if (proxy === undefined || isLoopback(url.hostname)) {
        direct ??= new Agent(pool)
        return direct
      }
      // Every variable is given, so that the agent reads none of the process itself.
      proxied ??= new EnvHttpProxyAgent({
        ...pool,
        httpProxy: '',
        httpsProxy: proxy.uri,
        noProxy: proxy.noProxy,
      })
      return proxied
    },
    async close() {
      await Promise.all([direct?.destroy(), proxied?.destroy()])
    },
  }
}

async function exchange(
  dispatcher: Dispatcher,
  url: URL,
  request: HttpRequest,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(settings.totalTimeoutMs)
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: {
        'user-agent': settings.userAgent,
        'accept-encoding': ACCEPT_ENCODING,
        ...request.headers,
      },
      body: request.body ?? null,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      headersTimeout: settings.headersTimeoutMs,
      bodyTimeout: settings.bodyTimeoutMs,
    })
    const headers = singleHeaders(answer.headers)
    const raw = await collect(answer.body, settings.maxBodyBytes)
    const body = await decodeBody(raw, headers['content-encoding'], settings.maxBodyBytes)
    return { status: answer.statusCode, headers, body: body.toString('utf8') }
  } catch (error) {
    if (error instanceof TransportError) throw error
    throw asTransportError(error, url.host, signal, deadline)
  }
}

function singleHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return single
}

async function collect(
  body: AsyncIterable<unknown> & { destroy(): unknown },
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > maxBytes) {
      throw new TransportError('body-too-large', `the answer is larger than ${maxBytes} bytes`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, length)
}

/** What system and undici codes mean; the code stands beside it. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name could not be resolved',
  EAI_AGAIN: 'the name could not be resolved now',
  ETIMEDOUT: 'the connection timed out',
  EPIPE: 'the connection was closed while sending',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut',
  UND_ERR_PRX_TLS: 'no TLS with the proxy',
  UND_ERR_PRX_CONN: 'no tunnel through the proxy',
  UND_ERR_ABORTED: 'the proxy refused the tunnel or the request was aborted',
}

function asTransportError(
  error: unknown,
  host: string,
  signal: AbortSignal | undefined,
  deadline: AbortSignal,
): TransportError {
  if (signal?.aborted) return new TransportError('aborted', `${host}: the request was interrupted`)
  if (deadline.aborted)
    return new TransportError('ETIMEDOUT', `${host}: no complete answer in time (ETIMEDOUT)`)
  const code = codeOf(error)
  return new TransportError(code, `${host}: ${MEANINGS[code] ?? 'the request failed'} (${code})`)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
