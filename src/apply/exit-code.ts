import type { ApplyResult, ChangeOutcome, ExitName, Outcome } from './result.ts'

/** Exit codes by name (docs/contract.md#exit-codes). The CLI turns `signal` into 128 and the signal's number. */
const CODES: Readonly<Record<ExitName | 'signal', number>> = {
  ok: 0,
  error: 1,
  differences: 2,
  stale: 3,
  refused: 4,
  partial: 5,
  pending: 6,
  locked: 7,
  signal: 128,
}

/** Outcomes that make an apply partial, and those that leave it to be resumed. */
const PARTIAL: ReadonlySet<Outcome> = new Set(['failed', 'timed-out', 'cancelled', 'refused'])
const PENDING: ReadonlySet<Outcome> = new Set(['pending', 'uncertain', 'not-attempted'])

/** A run on an Inactive machine is reported and has no effect on the exit (docs/contract.md#inactive-machines). */
const WITHOUT_EFFECT = 'waiting-for-machine'

/** What decides how an apply exits. */
export interface ExitInput {
  /** A conclusion of the whole run that outweighs its outcomes; null where there is none. */
  readonly overall: 'error' | 'stale' | 'refused' | 'locked' | 'signal' | null
  readonly outcomes: readonly Pick<ChangeOutcome, 'outcome' | 'code'>[]
  readonly chainOpen: readonly string[]
}

/** Chooses the exit: 1, 3, 4 and 7 and a signal before any outcome, then 5, then 6. */
export function exitOf({ overall, outcomes, chainOpen }: ExitInput): ApplyResult['exit'] {
  const name = overall ?? byOutcomes(outcomes, chainOpen)
  return { code: CODES[name], name }
}

function byOutcomes(outcomes: ExitInput['outcomes'], chainOpen: readonly string[]): ExitName {
  const counted = outcomes.filter(({ code }) => code !== WITHOUT_EFFECT)
  if (chainOpen.length > 0 || counted.some(({ outcome }) => PARTIAL.has(outcome))) return 'partial'
  return counted.some(({ outcome }) => PENDING.has(outcome)) ? 'pending' : 'ok'
}
