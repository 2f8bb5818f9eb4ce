import type { ByteSource } from './byte-source.ts'

/** Which of the two services a path belongs to. */
export type Api = 'defender' | 'graph'

/** One HTTP request as it reaches the emulator. */
export interface EmulatorRequest {
  readonly method: string
  /** Path and query, or an absolute URL. */
  readonly url: string
  /** Names in any letter case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: string | Buffer
}

/** A complete answer. Header names are lower case. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** Stands in for a body that is too large for memory; `body` is empty then. */
  readonly stream?: ByteSource
}

/** What the other side gets to see. */
export type EmulatorAnswer =
  | ({ readonly kind: 'response' } & Reply)
  /** The connection breaks without an answer. */
  | { readonly kind: 'reset' }
  /** No answer ever comes. */
  | { readonly kind: 'hang' }
  /** The connection breaks after so many bytes of the body. */
  | ({ readonly kind: 'cut'; readonly afterBytes: number } & Reply)

/** One line of the request log. Never holds tokens, bodies or signatures of links. */
export interface LoggedRequest {
  readonly method: string
  readonly path: string
  /** Decoded only as far as the client encoded it; without the question mark. */
  readonly query: string
  /** HTTP status, or how the connection ended. */
  readonly status: number | 'reset' | 'hang' | 'cut'
  /** Time of the emulator's clock. */
  readonly at: string
}

/** The error body of the service, thrown by whatever finds the error. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** A 404 in the service's words. */
export function notFound(kind: string, name: string): Refusal {
  return new Refusal(404, 'ResourceNotFound', `${kind} ${name} was not found`)
}
