import type { MachineAction } from './machine-action.ts'
import { TERMINAL_STATUSES } from './methods.ts'

/** Says whether an action has ended; a status word never seen before counts as in flight (docs/contract.md#history). */
export function hasEnded(action: MachineAction): boolean {
  return TERMINAL_STATUSES.has(action.status)
}

/** Says whether an action ended with its effect in place. */
export function hasSucceeded(action: MachineAction): boolean {
  return action.status === 'Succeeded'
}

/** Says whether an action was tried and did not reach the device: `Failed` or `TimeOut`. */
export function hasFailed(action: MachineAction): boolean {
  return action.status === 'Failed' || action.status === 'TimeOut'
}
