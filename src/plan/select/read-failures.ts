import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Observation } from './observation.ts'

/** Says what could not be read, each thing once: two lists of a host that is down fail in the same words. */
export function readFailures({ failures }: Pick<Observation, 'failures'>): readonly Diagnostic[] {
  const told = new Map(failures.map(failure => [failure.message, failure]))
  return [...told.values()].map(({ code, message }) => ({ severity: 'error', code, message }))
}
