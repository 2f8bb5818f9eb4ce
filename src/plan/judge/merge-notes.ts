import { foldHold } from '../../posture/fold-hold.ts'
import type { History } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { MachineIndex } from '../select/resolve.ts'

/**
 * Tells what is doubtful about merged records: twins that live on, where policies or holds concern one of them, and
 * records that were merged into none that is there, where something holds on them.
 *
 * @param declared - Says of a record whether a policy speaks of it.
 */
export function mergeDiagnostics(
  { all, merges }: MachineIndex,
  history: History,
  declared: (recordId: string) => boolean,
  lens: HoldLens,
): readonly Diagnostic[] {
  const levelsOf = ({ id }: Machine): readonly string[] =>
    Object.values(HOLD_PAIRS).flatMap(pair => {
      const { level } = foldHold(history.of(id), pair, lens)
      return level === 'none' ? [] : [`${pair.name}${level === pair.name ? '' : ` ${level}`}`]
    })
  const stateOf = (machine: Machine): string => levelsOf(machine).join(' and ') || 'free'
  const say = (machine: Machine): string =>
    `${machine.computerDnsName ?? machine.id} (${machine.id}, ${stateOf(machine)})`
  const twins = all.flatMap(heir => {
    const pair = [heir, ...merges.twinsOf(heir.id)]
    const concerns = pair.some(record => declared(record.id) || levelsOf(record).length > 0)
    return pair.length > 1 && concerns ? [twinsAlive(pair.map(say))] : []
  })
  const lost = merges.unresolved.flatMap(({ machine, why }) =>
    levelsOf(machine).length > 0 ? [unresolvedMerge(say(machine), machine, why)] : [],
  )
  return [...twins, ...lost]
}

function twinsAlive(records: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'twins-alive',
    message: `${records.join(' and ')} are merged and both report; they share one declaration, and each is judged by its own history.`,
  }
}

function unresolvedMerge(
  who: string,
  { mergedIntoMachineId }: Machine,
  why: 'no-record' | 'circle',
): Diagnostic {
  const what = why === 'circle' ? 'and the merges lead in a circle' : 'which is not there'
  return {
    severity: 'warning',
    code: 'merge-unresolved',
    message: `${who} was merged into ${mergedIntoMachineId}, ${what}; nobody knows which device holds, and nothing is lifted.`,
  }
}
