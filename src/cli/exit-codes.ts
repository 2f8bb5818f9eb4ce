import { EXIT_CODES, type ExitName } from '../apply/result.ts'

export { EXIT_CODES } from '../apply/result.ts'

/** What each exit code means, for `--help`; a command may say it in narrower words. */
export const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  ok: 'converged, nothing to do, or every outcome succeeded',
  error: 'usage, configuration, authentication or API error: no conclusion can be drawn',
  differences: 'there are differences',
  stale: 'the plan is stale, expired, altered or for another target; nothing was submitted',
  refused: 'a guard failed, approval is missing, or everything is blocked; nothing was submitted',
  partial: 'an outcome failed, timed out, was cancelled or refused',
  pending: 'an outcome is pending, uncertain or not attempted; the same command resumes',
  locked: 'somebody else is applying to this tenant',
}

/** Which exit stands where several apply at once. */
const PRECEDENCE: readonly ExitName[] = [
  'error',
  'stale',
  'refused',
  'locked',
  'partial',
  'pending',
  'differences',
]

/** Chooses the exit code of the gravest of several exits; 0 where there is none. */
export function worstExit(exits: readonly ExitName[]): number {
  return EXIT_CODES[PRECEDENCE.find(name => exits.includes(name)) ?? 'ok']
}

/** Signal numbers of POSIX, for the exit code 128+n. */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** The exit that a signal makes of whatever a command ended with; undefined where none came. */
export function signalExit(
  signal: AbortSignal,
): { readonly code: number; readonly name: 'signal' } | undefined {
  if (!signal.aborted) return undefined
  const name = Object.keys(SIGNAL_NUMBERS).find(
    (known): known is keyof typeof SIGNAL_NUMBERS => known === signal.reason,
  )
  return { code: 128 + SIGNAL_NUMBERS[name ?? 'SIGINT'], name: 'signal' }
}

/** The name of an exit code. */
export function nameOfExit(code: number): ExitName {
  const names = Object.keys(EXIT_CODES) as ExitName[]
  return names.find(name => EXIT_CODES[name] === code) ?? 'error'
}
