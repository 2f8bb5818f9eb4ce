import type { TokenCredentialOptions } from '@azure/identity'
import { type HttpRequest, type HttpResponse, type Send, TransportError } from '../transport.ts'

/** What `@azure/identity` sends requests with. */
export type HttpClient = NonNullable<TokenCredentialOptions['httpClient']>

type PipelineRequest = Parameters<HttpClient['sendRequest']>[0]
type PipelineResponse = Awaited<ReturnType<HttpClient['sendRequest']>>
type HttpHeaders = PipelineResponse['headers']

/** Why a request of the library was not answered as it should be. */
export interface Trouble {
  /** Fit to be shown; says more than what the library makes of it. */
  readonly message: string
  /** Whether it may be over in a while: an outage is no refusal. */
  readonly isOutage: boolean
}

/** A client for the library, and what came of its last request. */
export interface LibraryTransport {
  readonly client: HttpClient
  /** Undefined where the last request was answered, with a refusal too. */
  readonly trouble: () => Trouble | undefined
}

/** Codes of TLS where nobody vouches for a certificate: that does not end by itself. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/

/** Lets the library send over our connections, so that proxies and time-outs are the same for sign-in as for the service. */
export function libraryTransport(send: Send): LibraryTransport {
  let trouble: Trouble | undefined
  return {
    trouble: () => trouble,
    client: {
      async sendRequest(request) {
        try {
          const { status, headers, body } = await send(requestOf(request), signalOf(request))
          const isOutage = status >= 500 || status === 429 || status === 408
          const message = `${new URL(request.url).host} answered ${status}`
          trouble = isOutage ? { isOutage, message } : undefined
          return { request, status, headers: new AnswerHeaders(headers), bodyAsText: body }
        } catch (error) {
          if (!(error instanceof TransportError)) throw error
          const { code, message } = error
          trouble = { message, isOutage: !UNTRUSTED.test(code) }
          // By this name the library knows what it may try again.
          throw Object.assign(new Error(message), { name: 'RestError', code })
        }
      },
    },
  }
}

function requestOf({ method, url, headers, body }: PipelineRequest): HttpRequest {
  if (method !== 'GET' && method !== 'POST') throw new TypeError(`Sign-in sends no ${method}.`)
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new TypeError('Sign-in sends text alone.')
  }
  const sent = { method, url, headers: headers.toJSON() }
  return typeof body === 'string' ? { ...sent, body } : sent
}

function signalOf({ timeout, abortSignal }: PipelineRequest): AbortSignal | undefined {
  const signals: AbortSignal[] = []
  if (timeout > 0) signals.push(AbortSignal.timeout(timeout))
  if (abortSignal instanceof AbortSignal) signals.push(abortSignal)
  return signals.length === 0 ? undefined : AbortSignal.any(signals)
}

/** Headers of an answer, in the shape that the library reads. */
class AnswerHeaders implements HttpHeaders {
  readonly #values: Map<string, string>

  constructor(headers: HttpResponse['headers']) {
    const present = Object.entries(headers).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    this.#values = new Map(present)
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string | number | boolean): void {
    this.#values.set(name.toLowerCase(), String(value))
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values)
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#values.entries()
  }
}
