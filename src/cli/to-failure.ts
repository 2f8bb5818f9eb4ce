import { Failure } from '../local/failure.ts'
import { fail } from './fail.ts'
import type { Io } from './io.ts'

/** Whether another room threw an error with a code and a way out, such as the Defender client. */
function isExplained(error: unknown): error is Error & { readonly code: string; readonly wayOut: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'wayOut' in error &&
    typeof error.wayOut === 'string'
  )
}

/** Turns whatever was thrown into a failure. Anything that is not one is a fault of ours: it says so, without a body. */
export function toFailure(error: unknown, env: Io['env']): Failure {
  if (error instanceof Failure) return error
  if (isExplained(error)) return new Failure(error.code, error.message, { wayOut: error.wayOut })
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const shown = (env['HOLDFAST_DEBUG'] ?? '') === '' ? trace.split('\n', 1)[0] : trace
  return fail('internal', `Holdfast itself failed: ${shown}`)
}
