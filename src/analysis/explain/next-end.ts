import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { foldHold } from '../../posture/fold-hold.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Instant } from '../../schema/instant.ts'

/** When the first of the tenant's isolations ends by itself; undefined where none does. */
export function nextEndOf({ history, lens }: Pick<Findings, 'history' | 'lens'>): Instant | undefined {
  let next: Instant | undefined
  for (const id of history.machineIds) {
    const { until } = foldHold(history.of(id), HOLD_PAIRS.isolated, lens)
    if (until !== null && (next === undefined || until < next)) next = until
  }
  return next
}
