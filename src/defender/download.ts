import type { Dispatcher } from 'undici'
import { isLoopback } from '../schema/endpoint.ts'
import { DefenderError } from './defender-error.ts'
import { type ConnectionOptions, openConnections } from './undici-connections.ts'
import { asTransportError } from './undici-error.ts'

/** What a signed link leads to. */
export interface Download {
  /** As `Content-Disposition` names it, without any folder; undefined where it does not. */
  readonly fileName: string | undefined
  /** The bytes as they are stored, from `offset` on; rejects with a DefenderError where they are cut. */
  readonly bytes: AsyncIterable<Buffer>
  /** Where in the whole they begin: as asked for, or 0 where the storage gives all of it again. */
  readonly offset: number
  /** Bytes of the whole; undefined where the storage does not say. */
  readonly size: number | undefined
  /** The strong `ETag` of the whole, to be sure that a later part is of the same; undefined where there is none. */
  readonly version: string | undefined
}

/** A part that is asked for after the first was cut. */
export interface Rest {
  /** Bytes that are there already. */
  readonly from: number
  /** The `version` that they are of. */
  readonly version: string | undefined
}

/** Opens signed links. */
export interface Downloader {
  /**
   * Asks for all, or for the rest. Rejects with a DefenderError; neither it nor anything else shows more of the link
   * than its host. Its `status` is 416 where the rest is none, because what is stored is another thing now.
   */
  open(link: string, signal?: AbortSignal, rest?: Rest): Promise<Download>
  close(): Promise<void>
}

const HEADERS_TIMEOUT_MS = 60_000
const BODY_TIMEOUT_MS = 60_000

/**
 * Makes a downloader for the links of packages and live response results.
 *
 * The link itself is the permission, so no token is sent with it; https only, plain http to loopback; no redirects.
 */
export function createDownloader(options: ConnectionOptions = {}): Downloader {
  const connections = openConnections(options)
  return {
    close: () => connections.close(),
    async open(link, signal, rest) {
      const url = safeUrl(link)
      const fail = (error: unknown): DefenderError => interpret(error, url.host, signal)
      try {
        const answer = await request(await connections.to(url), url, signal, rest)
        const { headers } = answer
        const fileName = fileNameOf(headers['content-disposition'])
        return {
          fileName,
          ...extentOf(answer, rest),
          version: versionOf(headers['etag']),
          bytes: bytesOf(answer.body, fail),
        }
      } catch (error) {
        throw fail(error)
      }
    },
  }
}

function safeUrl(link: string): URL {
  const url = URL.parse(link)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url
  throw new DefenderError('malformed-answer', 'What should be a link to download is no https URL.')
}

async function request(
  dispatcher: Dispatcher,
  url: URL,
  signal: AbortSignal | undefined,
  rest: Rest | undefined,
): Promise<Dispatcher.ResponseData> {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'GET',
    headers: rangeHeaders(rest),
    signal: signal ?? null,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  })
  const status = answer.statusCode
  if (status === 200 || (status === 206 && rest !== undefined)) return answer
  await answer.body.dump()
  throw refused(url.host, status)
}

function refused(host: string, status: number): DefenderError {
  const message = `${host} answered ${status} to the link.`
  if (status >= 500 || status === 429) return new DefenderError('service-unavailable', message, { status })
  return new DefenderError(status === 404 ? 'not-found' : 'request-refused', message, {
    status,
    wayOut: 'Links are short-lived: ask for a new one and download at once.',
  })
}

/** Without `Accept-Encoding` a storage may pack what it sends, and then ranges are not of the bytes that are kept. */
function rangeHeaders(rest: Rest | undefined): Record<string, string> {
  const plain = { 'accept-encoding': 'identity' }
  if (rest === undefined) return plain
  const range = { ...plain, range: `bytes=${rest.from}-` }
  return rest.version === undefined ? range : { ...range, 'if-range': rest.version }
}

/** Where the bytes of an answer begin and how many the whole has; an answer that does not fit the question is an error. */
function extentOf(
  answer: Dispatcher.ResponseData,
  rest: Rest | undefined,
): Pick<Download, 'offset' | 'size'> {
  if (answer.statusCode === 200) return { offset: 0, size: wholeNumber(answer.headers['content-length']) }
  const [, first, size] =
    /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(String(answer.headers['content-range'])) ?? []
  if (wholeNumber(first) !== rest?.from) {
    answer.body.on('error', () => undefined).destroy()
    throw new DefenderError('malformed-answer', 'The storage gave another part than was asked for.')
  }
  return { offset: Number(first), size: wholeNumber(size) }
}

function wholeNumber(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** A weak tag does not say that the bytes are the same (RFC 9110, 8.8.1). */
function versionOf(tag: string | string[] | undefined): string | undefined {
  return typeof tag === 'string' && /^"[\x21\x23-\x7e]{1,200}"$/.test(tag) ? tag : undefined
}

async function* bytesOf(
  body: AsyncIterable<unknown>,
  fail: (error: unknown) => DefenderError,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer
  } catch (error) {
    throw fail(error)
  }
}

function interpret(error: unknown, host: string, signal: AbortSignal | undefined): DefenderError {
  if (error instanceof DefenderError) return error
  const { code, message } = asTransportError(error, host, signal, undefined)
  return new DefenderError(code === 'aborted' ? 'interrupted' : 'connection-failed', `${message}.`)
}

/** The file name of the header, reduced to what is safe as the name of a file in one folder. */
function fileNameOf(header: string | string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : ''
  const name = /filename="?([^";]+)"?/i.exec(text)?.[1]?.split(/[\\/]/).at(-1) ?? ''
  const safe = name.replace(/[^\w.-]/g, '_').replace(/^\.+/, '')
  return safe === '' ? undefined : safe
}
