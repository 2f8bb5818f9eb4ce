import type { Note } from '../plan/document/document.ts'
import type { Recheck } from '../plan/judge/recheck.ts'
import { refusalOf } from '../plan/judge/refusals.ts'
import type { ChangeItem } from './item.ts'
import type { Run } from './run.ts'

/** What is to become of a change, by all that is known now. */
export type Verdict = Recheck | { readonly kind: 'refused'; readonly note: Note }

/**
 * Judges a change on the latest look at its machine: the record against configuration and policies, the history against
 * what was planned.
 *
 * The declaration has no say once a change has begun: a machine that a chain opened is closed.
 */
export function judgeNow(run: Run, { change, step, machineId }: ChangeItem): Verdict {
  if (step === 0) {
    const { known } = run
    const records = known.merges.recordsOf(machineId)
    const note = refusalOf(
      change,
      known.machine(machineId),
      run.deps.configuration,
      run.serviceNow(),
      records,
    )
    if (note !== undefined) return { kind: 'refused', note }
  }
  return run.recheckAsked(change, step)
}
