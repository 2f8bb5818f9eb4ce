import { PIPELINE_CODES, type PipelineCode } from './codes.ts'

/** What a {@link PipelineError} may carry beside its code and message. */
export interface PipelineErrorDetails {
  /** Replaces the code's general way out. */
  readonly wayOut?: string
  /** How long the other side asks to wait before another try, in ms. */
  readonly retryAfterMs?: number
}

/** Why a document could not be read or told. Neither message nor cause ever holds a token or a body. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: PipelineCode
  readonly wayOut: string
  readonly retryAfterMs: number | undefined

  constructor(code: PipelineCode, message: string, details: PipelineErrorDetails = {}) {
    super(message)
    this.code = code
    this.wayOut = details.wayOut ?? PIPELINE_CODES[code].wayOut
    this.retryAfterMs = details.retryAfterMs
  }
}
