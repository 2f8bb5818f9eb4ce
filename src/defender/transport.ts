/** One HTTP request as the client makes it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Absolute. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Asked when the request would leave, after waiting for a connection; where it says no, nothing is sent. */
  readonly mayLeave?: () => boolean
  /** How long the answer may take; as long as usual where it is missing. */
  readonly timeoutMs?: number
  /**
   * Takes the body of a 2xx answer piece by piece, decompressed, in place of `body` of the answer. A piece may be
   * overwritten after the call.
   */
  readonly take?: (piece: Buffer) => void
}

/** A complete answer, decompressed. Header names are lower case. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/**
 * Sends one request and reads the whole answer. Follows no redirect.
 *
 * Rejects with a {@link TransportError} when no complete answer came.
 */
export type Send = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>

/** Code of a {@link TransportError}: the request was not to leave any more, and did not. */
export const WITHHELD = 'withheld'

/** No complete answer: the request may or may not have reached the service. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  /** As the system or undici names it, such as `ECONNRESET`; `aborted`, `withheld`, `body-too-large` or `body-unreadable` as ours. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
