import type { Clock } from '../apply/ports.ts'
import { type BodyReader, wholeJson } from './body-reader.ts'
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

/** Reads one URL, again where a read may be tried again. Rejects with a {@link DefenderError}. */
export type Read<T> = (url: string, context: ReadContext) => Promise<T>

/** Reads one URL as JSON. */
export type ReadJson = Read<unknown>

/** Makes a {@link Read} of whatever reads one body. */
export type ReadBody = <T>(openBody: () => BodyReader<T>) => Read<T>

type Attempt<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: DefenderError; readonly retryInMs?: number | undefined }

/** Waits before the second, third, … try, in ms. */
const BACK_OFF_MS = [500, 1000, 2000, 4000]

/** Reads one URL as JSON; see {@link createReader}. */
export function createJsonReader(
  caller: Caller,
  clock: Clock,
  limits: ReadLimits,
  requestOf?: (url: string) => CallRequest,
): ReadJson {
  return createReader(caller, clock, limits, wholeJson, requestOf)
}

/**
 * Makes the one place where a failing read is tried again: at most `tries` times within `withinMs`.
 *
 * @param openBody - Makes what reads one answer, anew for each try.
 * @param requestOf - What is sent: a GET, or the POST of a query that only reads.
 */
export function createReader<T>(
  caller: Caller,
  clock: Clock,
  limits: ReadLimits,
  openBody: () => BodyReader<T>,
  requestOf: (url: string) => CallRequest = url => ({ method: 'GET', url }),
): Read<T> {
  return async (url, context) => {
    const startMs = clock.monotonicMs()
    for (let attempt = 1; ; attempt += 1) {
      if (context.signal?.aborted) throw interrupted()
      const backOff = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 0
      const answer = await tryOnce(caller, requestOf(url), context, clock, backOff, openBody())
      if (answer.kind === 'read') return answer.value
      const wait = answer.retryInMs
      const spent = clock.monotonicMs() - startMs
      if (wait === undefined || attempt >= limits.tries || spent + wait > limits.withinMs) throw answer.error
      await clock.sleep(wait, context.signal)
    }
  }
}

async function tryOnce<T>(
  caller: Caller,
  request: CallRequest,
  context: ReadContext,
  clock: Clock,
  backOffMs: number,
  body: BodyReader<T>,
): Promise<Attempt<T>> {
  let length = 0
  const take = (piece: Buffer): void => {
    length += piece.length
    body.take(piece)
  }
  let response: HttpResponse
  try {
    response = await caller.call({ ...request, take }, context.log, context.signal)
  } catch (error) {
    return failedCall(error, backOffMs)
  }
  if (response.status < 200 || response.status >= 300) {
    const { error, again, afterMs } = explainAnswer(response, clock.now(), request.url)
    return { kind: 'failed', error, retryInMs: again ? (afterMs ?? backOffMs) : undefined }
  }
  try {
    // A transport may know of no pieces.
    if (length === 0 && response.body !== '') take(Buffer.from(response.body))
    return { kind: 'read', value: body.end() }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const message = `The answer is cut or is no JSON (${length} bytes).`
    const malformed = new DefenderError('malformed-answer', message, { status: response.status })
    return { kind: 'failed', error: malformed, retryInMs: backOffMs }
  }
}

/** What a call that brought no answer comes to. */
function failedCall(error: unknown, backOffMs: number): Attempt<never> {
  if (error instanceof DefenderError) {
    const retryInMs = error.code === 'sign-in-unavailable' ? backOffMs : undefined
    return { kind: 'failed', error, retryInMs }
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

function interrupted(): DefenderError {
  return new DefenderError('interrupted', 'The read was interrupted.')
}
