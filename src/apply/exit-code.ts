import { exitsOf } from './outcomes.ts'
import { type ApplyResult, type ChangeOutcome, EXIT_CODES, type ExitName } from './result.ts'

/** Stands for a signal; the command line turns it into 128 and the signal's number (docs/contract.md#exit-codes). */
const SIGNAL_CODE = 128

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
  return { code: name === 'signal' ? SIGNAL_CODE : EXIT_CODES[name], name }
}

function byOutcomes(outcomes: ExitInput['outcomes'], chainOpen: readonly string[]): ExitName {
  const counted = outcomes.filter(({ code }) => code !== WITHOUT_EFFECT)
  const exits = exitsOf(counted.map(({ outcome }) => outcome))
  if (chainOpen.length > 0 || exits.has('partial')) return 'partial'
  return exits.has('pending') ? 'pending' : 'ok'
}
