import type { ExitName } from '../apply/result.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import { LOCAL_CODES } from './codes.ts'

/** What a {@link Failure} may carry beside its code and message. */
export interface FailureDetails {
  /** What the user can do about it; of several, each way is a sentence that stands alone. */
  readonly wayOut?: string | readonly string[]
  /** `error` where absent. */
  readonly exit?: ExitName
  /** What was found on the way, shown with the failure. */
  readonly diagnostics?: readonly Diagnostic[]
  /** Whether stdout has its document already, so that the failure is told on stderr alone. */
  readonly hasDocument?: boolean
}

/** Why a command ends without having done its work. Thrown at the edge, caught once in main of the CLI. */
export class Failure extends Error {
  override readonly name = 'Failure'
  /** Stable; of this room, or of the room that the failure came from. */
  readonly code: string
  /** Each way out, a sentence that stands alone; none where the message says it. */
  readonly ways: readonly string[]
  readonly exit: ExitName
  readonly diagnostics: readonly Diagnostic[]
  readonly hasDocument: boolean

  constructor(code: string, message: string, details: FailureDetails = {}) {
    super(message)
    this.code = code
    this.ways = [details.wayOut ?? []].flat().filter(way => way !== '')
    this.exit = details.exit ?? 'error'
    this.diagnostics = details.diagnostics ?? []
    this.hasDocument = details.hasDocument ?? false
  }

  /** All ways out as one text; empty where the message says it. */
  get wayOut(): string {
    return this.ways.join(' ')
  }

  /** The same failure with other ways out. */
  withWays(wayOut: readonly string[]): Failure {
    const { code, message, exit, diagnostics, hasDocument } = this
    return new Failure(code, message, { wayOut, exit, diagnostics, hasDocument })
  }
}

/** Codes of one room, each with the way out that a failure takes where none is given. */
type Registry = Readonly<Record<string, { readonly wayOut: string | readonly string[] }>>

/** Makes a failure with a code of a registry, whose way out it takes where none is given. */
export type Fail<Codes extends Registry> = (
  code: keyof Codes & string,
  message: string,
  details?: FailureDetails,
) => Failure

/** Gives a room the function that makes its failures. */
export function failuresOf<const Codes extends Registry>(codes: Codes): Fail<Codes> {
  return (code, message, details = {}) =>
    new Failure(code, message, { wayOut: codes[code]?.wayOut ?? '', ...details })
}

/** Makes a failure with a code of this room. */
export const fail: Fail<typeof LOCAL_CODES> = failuresOf(LOCAL_CODES)
