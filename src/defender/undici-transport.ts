import type { Dispatcher } from 'undici'
import { ACCEPT_ENCODING, decodeBody } from './content-encoding.ts'
import { askBeforeLeaving } from './last-look.ts'
import { type HttpRequest, type HttpResponse, type Send, TransportError } from './transport.ts'
import { type ConnectionOptions, openConnections } from './undici-connections.ts'
import { asTransportError } from './undici-error.ts'

/** How {@link undiciTransport} connects and when it gives up. */
export interface UndiciTransportOptions extends ConnectionOptions {
  readonly userAgent?: string
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
  headersTimeoutMs: 25_000,
  bodyTimeoutMs: 20_000,
  totalTimeoutMs: 120_000,
  maxBodyBytes: 256 * 1024 * 1024,
}

type Settings = UndiciTransportOptions & typeof DEFAULTS

/** Sends over undici, which is loaded at the first request. Reads every body to its end and decompresses it. */
export function undiciTransport(options: UndiciTransportOptions = {}): ClosableSend {
  const settings: Settings = { ...DEFAULTS, ...options }
  const connections = openConnections(options)
  const send: Send = async (request, signal) => {
    const url = new URL(request.url)
    return exchange(await connections.to(url), url, request, settings, signal)
  }
  return Object.assign(send, { close: () => connections.close() })
}

async function exchange(
  dispatcher: Dispatcher,
  url: URL,
  request: HttpRequest,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const { timeoutMs = 0 } = request
  const deadline = AbortSignal.timeout(Math.max(settings.totalTimeoutMs, timeoutMs))
  try {
    const { mayLeave } = request
    const asking = mayLeave === undefined ? dispatcher : dispatcher.compose(askBeforeLeaving(mayLeave))
    const answer = await asking.request({
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
      headersTimeout: Math.max(settings.headersTimeoutMs, timeoutMs),
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
