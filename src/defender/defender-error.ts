import { DEFENDER_CODES, type DefenderCode } from './codes.ts'

/** What a {@link DefenderError} may carry beside its code and message. */
export interface DefenderErrorDetails extends ErrorOptions {
  /** Replaces the code's general way out. */
  readonly wayOut?: string
  /** HTTP status of the answer, where there was one. */
  readonly status?: number
  /** How long the service asks to wait before another try, in ms. */
  readonly retryAfterMs?: number
}

/**
 * Why the service could not be asked, or what it answered instead.
 *
 * Neither the message nor the cause ever holds a token, a request body or a signed link.
 */
export class DefenderError extends Error {
  override readonly name = 'DefenderError'
  readonly code: DefenderCode
  readonly wayOut: string
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: DefenderCode, message: string, details: DefenderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.wayOut = details.wayOut ?? DEFENDER_CODES[code].wayOut
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Codes after which no further request can succeed: they leave every read as an exception. */
const FATAL: ReadonlySet<DefenderCode> = new Set<DefenderCode>([
  'authentication-failed',
  'credentials-contradict',
  'credential-incomplete',
  'identity-changed',
  'tenant-mismatch',
  'unauthorized',
])

/** Says whether an error ends everything, as opposed to one read that stays unknown. */
export function isFatal(error: DefenderError): boolean {
  return FATAL.has(error.code)
}
