import type { MachineHistory } from './history.ts'
import type { MachineAction } from './machine-action.ts'
import { isOwn, type OwnNames } from './marker.ts'
import { hasFailed, hasSucceeded } from './status.ts'

/**
 * Own actions of a type that ended `Failed` or `TimeOut` since the last success of that type, oldest first.
 *
 * @param counts - Says whether an action is about the same thing.
 */
export function failedAttempts(
  history: MachineHistory,
  type: string,
  name: OwnNames,
  counts: (action: MachineAction) => boolean = () => true,
): readonly MachineAction[] {
  let failed: MachineAction[] = []
  for (const action of history) {
    if (action.type !== type || !counts(action)) continue
    if (hasSucceeded(action)) failed = []
    else if (hasFailed(action) && isOwn(action, name)) failed.push(action)
  }
  return failed
}
