import type { Clock } from '../apply/ports.ts'
import type { Caller, CallLog, CallRequest } from './caller.ts'
import { DefenderError } from './defender-error.ts'
import { explainAnswer } from './explain-answer.ts'
import type { ReadLimits } from './limits.ts'
import { type HttpResponse, TransportError } from './transport.ts'

/** Over how many calls things are counted, and what stops them. */
export interface ReadContext {
  readonly log: CallLog
  readonly signal?: AbortSignal | undefined
}

/** Reads one URL as JSON, again where a read may be tried again. Rejects with a {@link DefenderError}. */
export type ReadJson = (url: string, context: ReadContext) => Promise<unknown>

type Attempt =
  | { readonly kind: 'read'; readonly json: unknown }
  | { readonly kind: 'failed'; readonly error: DefenderError; readonly retryInMs?: number | undefined }

/** Waits before the second, third, … try, in ms. */
const BACK_OFF_MS = [500, 1000, 2000, 4000]

/**
 * Makes the one place where a failing read is tried again: at most `tries` times within `withinMs`.
 *
 * @param requestOf - What is sent: a GET, or the POST of a query that only reads.
 */
export function createJsonReader(
  caller: Caller,
  clock: Clock,
  limits: ReadLimits,
  requestOf: (url: string) => CallRequest = url => ({ method: 'GET', url }),
): ReadJson {
  return async (url, context) => {
    const startMs = clock.monotonicMs()
    for (let attempt = 1; ; attempt += 1) {
      if (context.signal?.aborted) throw interrupted()
      const backOff = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 0
      const answer = await tryOnce(caller, requestOf(url), context, clock, backOff)
      if (answer.kind === 'read') return answer.json
      const wait = answer.retryInMs
      const spent = clock.monotonicMs() - startMs
      if (wait === undefined || attempt >= limits.tries || spent + wait > limits.withinMs) throw answer.error
      await clock.sleep(wait, context.signal)
    }
  }
}

async function tryOnce(
  caller: Caller,
  request: CallRequest,
  context: ReadContext,
  clock: Clock,
  backOffMs: number,
): Promise<Attempt> {
  let response: HttpResponse
  try {
    response = await caller.call(request, context.log, context.signal)
  } catch (error) {
    if (error instanceof DefenderError) {
      return {
        kind: 'failed',
        error,
        retryInMs: error.code === 'sign-in-unavailable' ? backOffMs : undefined,
      }
    }
    if (!(error instanceof TransportError)) throw error
    if (error.code === 'aborted') return { kind: 'failed', error: interrupted() }
    const isFinal = error.code === 'body-too-large'
    return {
      kind: 'failed',
      error: new DefenderError(isFinal ? 'malformed-answer' : 'connection-failed', `${error.message}.`),
      retryInMs: isFinal ? undefined : backOffMs,
    }
  }
  if (response.status >= 200 && response.status < 300) return parse(response, backOffMs)
  const { error, again, afterMs } = explainAnswer(response, clock.now(), request.url)
  return { kind: 'failed', error, retryInMs: again ? (afterMs ?? backOffMs) : undefined }
}

function parse(response: HttpResponse, backOffMs: number): Attempt {
  try {
    // JSON.parse does not take the byte order mark that some gateways put first.
    const json: unknown = JSON.parse(
      response.body.startsWith('\ufeff') ? response.body.slice(1) : response.body,
    )
    return { kind: 'read', json }
  } catch {
    const error = new DefenderError(
      'malformed-answer',
      `The answer is cut or is no JSON (${response.body.length} characters).`,
      { status: response.status },
    )
    return { kind: 'failed', error, retryInMs: backOffMs }
  }
}

function interrupted(): DefenderError {
  return new DefenderError('interrupted', 'The read was interrupted.')
}
