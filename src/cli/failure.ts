import type { ExitName } from '../apply/result.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import { CLI_CODES, type CliCode } from './codes.ts'

/** What a {@link Failure} may carry beside its code and message. */
export interface FailureDetails {
  /** What the user can do about it. */
  readonly wayOut?: string
  /** `error` where absent. */
  readonly exit?: ExitName
  /** What was found on the way, shown with the failure. */
  readonly diagnostics?: readonly Diagnostic[]
  /** Whether stdout has its document already, so that the failure is told on stderr alone. */
  readonly hasDocument?: boolean
}

/** Why a command ends without having done its work. Thrown inside the CLI, caught once in main. */
export class Failure extends Error {
  override readonly name = 'Failure'
  /** Stable; of this room, or of the room that the failure came from. */
  readonly code: string
  readonly wayOut: string
  readonly exit: ExitName
  readonly diagnostics: readonly Diagnostic[]
  readonly hasDocument: boolean

  constructor(code: string, message: string, details: FailureDetails = {}) {
    super(message)
    this.code = code
    this.wayOut = details.wayOut ?? ''
    this.exit = details.exit ?? 'error'
    this.diagnostics = details.diagnostics ?? []
    this.hasDocument = details.hasDocument ?? false
  }
}

/** Makes a failure with a code of this room, whose way out it takes where none is given. */
export function fail(code: CliCode, message: string, details: FailureDetails = {}): Failure {
  return new Failure(code, message, { wayOut: CLI_CODES[code].wayOut, ...details })
}
