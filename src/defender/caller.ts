import type { Clock } from '../apply/ports.ts'
import { fromEpochMs, type Instant, msBetween } from '../schema/instant.ts'
import { dateOf } from './answer-headers.ts'
import type { ServiceTarget } from './clouds.ts'
import { DefenderError } from './defender-error.ts'
import { readServiceError } from './service-error.ts'
import { type AccessToken, type TokenClaims, type TokenSource, tokenClaims } from './token.ts'
import type { HttpRequest, HttpResponse, Send } from './transport.ts'

/** What is counted and noted over the calls of one command or one look. */
export interface CallLog {
  /** Requests sent, each try counted. */
  apiCalls: number
  /** The service's clock at the first answer that told it, and how far it is from ours. */
  firstDate?: Instant
  clockSkewMs: number
  /** Whether the list of machines was answered with 404 and taken for empty. */
  noMachines: boolean
  /** The same at the latest answer that told it. */
  latestSkewMs?: number
}

/** An empty {@link CallLog}. */
export function newCallLog(): CallLog {
  return { apiCalls: 0, clockSkewMs: 0, noMachines: false }
}

/** Who the token says we are. */
export interface Identity {
  /** The token's tenant, else the configuration's; null where neither is known. */
  readonly tenantId: string | null
  /** Application permissions; null where they cannot be read from the token. */
  readonly roles: readonly string[] | null
}

/** A request before it has a token. */
export interface CallRequest {
  readonly method: HttpRequest['method']
  /** Absolute. */
  readonly url: string
  readonly body?: string | Buffer
  /** Of the body; JSON where it is not given. */
  readonly contentType?: string
  /** Asked each time the request would leave; where it says no, `call` rejects with a TransportError `withheld`. */
  readonly mayLeave?: () => boolean
  /** How long the answer may take; as long as usual where it is missing. */
  readonly timeoutMs?: number
  /** See {@link HttpRequest.take}. */
  readonly take?: HttpRequest['take']
}

/** Sends requests with a token, after looking where they go. */
export interface Caller {
  /** Gets a token if need be and reads it. Rejects with `authentication-failed` or `tenant-mismatch`. */
  identify(): Promise<Identity>
  /**
   * Sends one request; a 401 is answered once with a fresh token, since nothing was accepted. Gives any other answer
   * back as it is.
   *
   * Rejects with a TransportError where no answer came, with a fatal {@link DefenderError}, and with `redirected`.
   */
  call(request: CallRequest, log: CallLog, signal?: AbortSignal): Promise<HttpResponse>
}

/** What every call needs. */
export interface CallerDependencies {
  readonly send: Send
  readonly token: TokenSource
  readonly target: ServiceTarget
  readonly clock: Clock
}

/** Makes the one place where a token meets a URL. */
export function createCaller(dependencies: CallerDependencies): Caller {
  const { send, token: source, target, clock } = dependencies

  async function trusted(request: { fresh: boolean; refused?: string }): Promise<AccessToken> {
    const token = await source.get(request)
    checkTenant(tokenClaims(token.text), target)
    return token
  }

  async function sendOnce(
    request: CallRequest,
    token: AccessToken,
    log: CallLog,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    log.apiCalls += 1
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: `Bearer ${token.text}`,
    }
    const { method, url, body, contentType = 'application/json', mayLeave, timeoutMs, take } = request
    if (body !== undefined) headers['content-type'] = contentType
    const sent: HttpRequest = {
      ...{ method, url, headers },
      ...(body === undefined ? {} : { body }),
      ...(mayLeave === undefined ? {} : { mayLeave }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(take === undefined ? {} : { take }),
    }
    const response = await send(sent, signal)
    noteDate(log, response, clock)
    return response
  }

  return {
    async identify() {
      const claims = tokenClaims((await trusted({ fresh: false })).text)
      return { tenantId: claims?.tid ?? target.tenantId ?? null, roles: claims?.roles ?? null }
    },
    async call(request, log, signal) {
      assertAllowed(target, request.url)
      const token = await trusted({ fresh: false })
      let response = await sendOnce(request, token, log, signal)
      if (response.status === 401) {
        const fresh = await trusted({ fresh: true, refused: token.text })
        response = await sendOnce(request, fresh, log, signal)
        if (response.status === 401) throw refusedTwice(response, tokenClaims(fresh.text), clock.now())
      }
      if (response.status >= 300 && response.status < 400) {
        throw new DefenderError('redirected', `The service answered with a redirect (${response.status}).`, {
          status: response.status,
        })
      }
      return response
    },
  }
}

function assertAllowed(target: ServiceTarget, text: string): void {
  const url = URL.parse(text)
  if (url === null || !target.allows(url)) {
    throw new DefenderError(
      'next-link-elsewhere',
      `The token for ${target.endpoint} must not be sent to ${url?.origin ?? 'a URL that cannot be read'}.`,
    )
  }
}

function checkTenant(claims: TokenClaims | undefined, target: ServiceTarget): void {
  const tid = claims?.tid ?? undefined
  if (tid === undefined || target.tenantId === undefined) return
  if (tid.toLowerCase() === target.tenantId.toLowerCase()) return
  throw new DefenderError(
    'tenant-mismatch',
    `The token is of tenant ${tid}, the configuration names ${target.tenantId}.`,
  )
}

function noteDate(log: CallLog, response: HttpResponse, clock: Clock): void {
  const date = dateOf(response)
  if (date === undefined) return
  log.latestSkewMs = msBetween(clock.now(), date)
  if (log.firstDate !== undefined) return
  log.firstDate = date
  log.clockSkewMs = log.latestSkewMs
}

/** Says what the token itself tells about why it was refused: nothing in a JWT's `aud` and `exp` is secret. */
function refusedTwice(response: HttpResponse, claims: TokenClaims | undefined, now: Instant): DefenderError {
  const hints: string[] = []
  if (claims?.aud) hints.push(`it is for ${claims.aud}`)
  if (claims?.exp && fromEpochMs(claims.exp * 1000) < now) hints.push('it has expired')
  const hint = hints.length > 0 ? `; ${hints.join(' and ')}` : ''
  return new DefenderError(
    'unauthorized',
    `The service refused the token (401: ${readServiceError(response).message})${hint}.`,
    { status: 401 },
  )
}
