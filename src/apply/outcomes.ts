import type { ExitName, Outcome } from './result.ts'

/** Everything that follows from one outcome. */
export interface OutcomeMeaning {
  /** `good`: nothing is left to do. `wrong`: final, and not what was planned. `open`: the same command goes on with it. */
  readonly verdict: 'good' | 'wrong' | 'open'
  /** The exit that it leads to by itself. */
  readonly exit: Extract<ExitName, 'ok' | 'partial' | 'pending'>
  /** Whether it speaks against going on with the next wave. */
  readonly failsWave: boolean
  /** Whether another attempt at the same action may change it (`--retry-failed`). */
  readonly isRetried: boolean
}

const GOOD: OutcomeMeaning = { verdict: 'good', exit: 'ok', failsWave: false, isRetried: false }
const FAILED: OutcomeMeaning = { verdict: 'wrong', exit: 'partial', failsWave: true, isRetried: true }
const OPEN: OutcomeMeaning = { verdict: 'open', exit: 'pending', failsWave: false, isRetried: false }

/**
 * What each outcome means, in the order in which they are told: the good ones, what went wrong, what is still open
 * (docs/contract.md#one-outcome). A new outcome has to say all of it here, or nothing compiles.
 */
export const OUTCOME_MEANINGS: Readonly<Record<Outcome, OutcomeMeaning>> = {
  succeeded: GOOD,
  adopted: GOOD,
  unchanged: GOOD,
  failed: FAILED,
  'timed-out': FAILED,
  // A cancelled action is somebody's objection.
  cancelled: FAILED,
  // What was refused beforehand was never tried.
  refused: { ...FAILED, failsWave: false, isRetried: false },
  pending: OPEN,
  // It may have done anything.
  uncertain: { ...OPEN, failsWave: true },
  'not-attempted': OPEN,
}

/** Every outcome, the good ones first, then what went wrong, then what is still open. */
export const OUTCOMES: readonly Outcome[] = Object.keys(OUTCOME_MEANINGS) as Outcome[]

/** Says whether nothing is left to do about an outcome. */
export function isGood(outcome: Outcome): boolean {
  return OUTCOME_MEANINGS[outcome].verdict === 'good'
}

/** Says whether an outcome is not final: the same command goes on with it. */
export function isOpen(outcome: Outcome): boolean {
  return OUTCOME_MEANINGS[outcome].verdict === 'open'
}

/** Says whether a text is an outcome, and not one that another version wrote. */
export function isOutcome(text: unknown): text is Outcome {
  return typeof text === 'string' && Object.hasOwn(OUTCOME_MEANINGS, text)
}

/** The exits that outcomes lead to by themselves, each once. */
export function exitsOf(outcomes: Iterable<Outcome>): ReadonlySet<OutcomeMeaning['exit']> {
  return new Set([...outcomes].map(outcome => OUTCOME_MEANINGS[outcome].exit))
}
