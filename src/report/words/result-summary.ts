import { isGood, isOpen, OUTCOMES } from '../../apply/outcomes.ts'
import type { ApplyResult, ChangeOutcome } from '../../apply/result.ts'
import { isStoppedByWave } from './rollout-text.ts'

/** The outcomes that a reader must look at: what went wrong first, then what is open. */
export function troubledOutcomes({ outcomes }: ApplyResult): readonly ChangeOutcome[] {
  const wrong = outcomes.filter(({ outcome }) => !isGood(outcome) && !isOpen(outcome))
  return [...wrong, ...outcomes.filter(({ outcome }) => isOpen(outcome))]
}

const OPENINGS: Readonly<Partial<Record<ApplyResult['exit']['name'], string>>> = {
  signal: 'Apply interrupted',
  error: 'Apply stopped by an error',
  stale: 'Nothing was submitted, the plan is stale',
  refused: 'Nothing was submitted, refused',
  locked: 'Nothing was submitted, somebody else holds the lease',
}

const NOTHING_SENT: Readonly<Partial<Record<ApplyResult['exit']['name'], string>>> = {
  stale: 'Nothing was submitted: the plan is stale.',
  refused: 'Nothing was submitted: refused.',
  locked: 'Nothing was submitted: somebody else holds the lease.',
  signal: 'Interrupted before anything was submitted.',
  error: 'Nothing was submitted: an error came first.',
}

/**
 * The line of counts that ends a result: `Apply complete: 3 succeeded, 1 failed, 2 pending.`, every count that is not
 * zero. Part of the contract (docs/contract.md#result-summary): without outcomes it never sounds like success.
 */
export function resultLine(result: ApplyResult): string {
  const { exit, outcomes, summary } = result
  if (outcomes.length === 0) return NOTHING_SENT[exit.name] ?? 'Nothing to apply.'
  const counts = OUTCOMES.flatMap(outcome => {
    const count = summary[outcome] ?? 0
    return count === 0 ? [] : [`${count} ${outcome}`]
  })
  const opening = isStoppedByWave(result) ? 'Apply stopped by a stop rule' : 'Apply complete'
  return `${OPENINGS[exit.name] ?? opening}: ${counts.join(', ')}.`
}

/** Ends that the same command meets again: first the plan, or what refused it, has to become another. */
const SAME_AGAIN: ReadonlySet<ApplyResult['exit']['name']> = new Set(['stale', 'refused'])

/** Nothing was sent for it and nothing of it was found: whatever stopped the run stood before all of it. */
function isUntouched({ outcome, actionId }: ChangeOutcome): boolean {
  return actionId === null && (outcome === 'not-attempted' || outcome === 'refused')
}

/** How to go on where something is open or was interrupted; empty where that leads nowhere. Not escaped. */
export function resumeHint(result: ApplyResult): string {
  if (SAME_AGAIN.has(result.exit.name)) return ''
  const open = result.outcomes.filter(({ outcome }) => isOpen(outcome)).length
  if (open === 0 && result.exit.name !== 'signal') return ''
  if (result.exit.name === 'error' && result.outcomes.every(isUntouched)) return ''
  if (isStoppedByWave(result)) {
    return 'A stop rule ended this: look at those machines first. A saved plan comes to the same stop again (--retry-failed sends what failed once more), a new one holds only what is left, and --no-waves --reason TEXT sends it all at once.'
  }
  return 'Run the same command again to go on: nothing that was submitted is submitted twice.'
}
