import type { Dispatcher } from 'undici'
import { DefenderError } from './defender-error.ts'
import { isLoopback } from './loopback.ts'
import { type ConnectionOptions, openConnections } from './undici-connections.ts'
import { asTransportError } from './undici-error.ts'

/** What a signed link leads to. */
export interface Download {
  /** As `Content-Disposition` names it, without any folder; undefined where it does not. */
  readonly fileName: string | undefined
  /** The bytes as they are stored; rejects with a DefenderError where they are cut. */
  readonly bytes: AsyncIterable<Buffer>
}

/** Opens signed links. */
export interface Downloader {
  /** Rejects with a DefenderError; neither it nor anything else shows more of the link than its host. */
  open(link: string, signal?: AbortSignal): Promise<Download>
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
    async open(link, signal) {
      const url = safeUrl(link)
      const fail = (error: unknown): DefenderError => interpret(error, url.host, signal)
      try {
        const answer = await request(await connections.to(url), url, signal)
        const fileName = fileNameOf(answer.headers['content-disposition'])
        return { fileName, bytes: bytesOf(answer.body, fail) }
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
): Promise<Dispatcher.ResponseData> {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'GET',
    signal: signal ?? null,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  })
  const status = answer.statusCode
  if (status === 200) return answer
  await answer.body.dump()
  throw new DefenderError(
    status === 404 ? 'not-found' : 'request-refused',
    `${url.host} answered ${status} to the link.`,
    { status, wayOut: 'Links are short-lived: ask for a new one and download at once.' },
  )
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
