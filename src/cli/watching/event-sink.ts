import { createHmac } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../../apply/ports.ts'
import type { Send } from '../../defender/transport.ts'
import { describeFileError } from '../../local/file-error.ts'
import { serializeLine } from '../../report/documents/serialize-document.ts'
import { isLoopback } from '../../schema/endpoint.ts'
import type { WatchEvent } from '../../watch/watch-events.ts'
import { fail } from '../fail.ts'
import type { Io } from '../io.ts'

/** Where events go. */
export interface EventSink {
  /** Delivers what it has and these, in order. Resolves with why it could not, and keeps them for the next time. */
  deliver(events: readonly WatchEvent[], signal: AbortSignal): Promise<string | undefined>
  close(): Promise<void>
}

/** What a receiver that is away may let pile up: older events go, and it is said how many. */
const MOST_KEPT = 10_000
/** As many events as one request carries. */
const BATCH = 100
const ATTEMPTS = 4
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/** Variable with the secret that requests to a webhook are signed with. */
export const WEBHOOK_SECRET = 'HOLDFAST_WEBHOOK_SECRET'

/** Appends one JSON line per event to a file; never cuts it. */
function fileSink(path: string): EventSink {
  let kept: readonly WatchEvent[] = []
  return {
    async deliver(events) {
      kept = [...kept, ...events].slice(-MOST_KEPT)
      if (kept.length === 0) return undefined
      try {
        await appendFile(path, kept.map(serializeLine).join(''), { mode: 0o600 })
        kept = []
        return undefined
      } catch (error) {
        return describeFileError(error)
      }
    },
    close: () => Promise.resolve(),
  }
}

/** The signature of a body: HMAC-SHA256 over it, in hexadecimal, so that a receiver knows who sent it. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** What a webhook is sent: one event alone as itself, several as a batch (CloudEvents HTTP binding 1.0, 3.2 and 3.3). */
function messageOf(events: readonly WatchEvent[]): { readonly contentType: string; readonly body: string } {
  const [only] = events
  return events.length === 1 && only !== undefined
    ? { contentType: 'application/cloudevents+json; charset=utf-8', body: serializeLine(only).trimEnd() }
    : {
        contentType: 'application/cloudevents-batch+json; charset=utf-8',
        body: serializeLine(events).trimEnd(),
      }
}

interface WebhookParts {
  readonly url: string
  readonly secret: string | undefined
  readonly send: Send & { close(): Promise<void> }
  readonly clock: Clock
}

/** How long to wait before the next attempt: what the receiver asks for, else twice as long as the last time. */
function pauseMs(retryAfter: string | undefined, attempt: number): number {
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : FIRST_PAUSE_MS * 2 ** attempt
  return Math.min(LONGEST_PAUSE_MS, asked)
}

/** Posts to a webhook, with retries; an address may be a secret, so that no message names more than its host. */
function webhookSink({ url, secret, send, clock }: WebhookParts): EventSink {
  let kept: readonly WatchEvent[] = []
  const { host } = new URL(url)
  const post = async (events: readonly WatchEvent[], signal: AbortSignal): Promise<string | undefined> => {
    const { contentType, body } = messageOf(events)
    const signed = secret === undefined ? {} : { 'x-holdfast-signature-256': signatureOf(body, secret) }
    let problem = ''
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
      let retryAfter: string | undefined
      try {
        const headers = { 'content-type': contentType, ...signed }
        const { status, headers: answered } = await send({ method: 'POST', url, headers, body }, signal)
        if (status >= 200 && status < 300) return undefined
        problem = `${host} answered ${status}`
        if (status < 500 && status !== 429 && status !== 408) return problem
        retryAfter = answered['retry-after']
      } catch {
        problem = `${host} gave no answer`
      }
      if (attempt + 1 < ATTEMPTS) await clock.sleep(pauseMs(retryAfter, attempt), signal)
    }
    return problem === '' ? 'the watch was ended' : problem
  }
  return {
    async deliver(events, signal) {
      kept = [...kept, ...events].slice(-MOST_KEPT)
      while (kept.length > 0) {
        const batch = kept.slice(0, BATCH)
        const problem = await post(batch, signal)
        if (problem !== undefined) return problem
        kept = kept.slice(batch.length)
      }
      return undefined
    },
    close: () => send.close(),
  }
}

/** An address of a webhook; undefined where the text is a file. Throws Failure `usage` where events would go in the clear. */
function readWebhook(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url.href
  throw fail(
    'usage',
    '--events: expected a file or an https address; plain http goes to this computer alone.',
  )
}

/** Opens where `--events` sends events. */
export async function openEventSink(target: string, io: Io, userAgent: string): Promise<EventSink> {
  const url = readWebhook(target)
  if (url === undefined) return fileSink(resolve(io.cwd, target))
  const { undiciTransport } = await import('../../defender/undici-transport.ts')
  const secret = io.env[WEBHOOK_SECRET] || undefined
  return webhookSink({ url, secret, send: undiciTransport({ env: io.env, userAgent }), clock: io.clock })
}
