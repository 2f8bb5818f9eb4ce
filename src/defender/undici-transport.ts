import type { Dispatcher } from 'undici'
import { ACCEPT_ENCODING, decodePieces } from './content-encoding.ts'
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

/** Sends over undici, which is loaded at the first request. Reads every body to its end and decompresses it as it comes. */
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
    const { maxBodyBytes } = settings
    const status = answer.statusCode
    const pieces = decodePieces(atMost(answer.body, maxBodyBytes), headers['content-encoding'], maxBodyBytes)
    const isTaken = status >= 200 && status < 300
    return { status, headers, body: await readBody(pieces, isTaken ? request.take : undefined) }
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

/** Gives the body to whoever takes it, or as one text. */
async function readBody(pieces: AsyncIterable<Buffer>, take: HttpRequest['take']): Promise<string> {
  const kept: Buffer[] = []
  for await (const piece of pieces) {
    if (take === undefined) kept.push(piece)
    else take(piece)
  }
  return Buffer.concat(kept).toString('utf8')
}

async function* atMost(body: AsyncIterable<unknown>, maxBytes: number): AsyncGenerator<Buffer> {
  let length = 0
  for await (const piece of body) {
    const bytes = piece as Buffer
    length += bytes.length
    if (length > maxBytes) {
      throw new TransportError('body-too-large', `the answer is larger than ${maxBytes} bytes`)
    }
    yield bytes
  }
}
