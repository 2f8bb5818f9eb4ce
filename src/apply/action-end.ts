import type { MachineAction } from '../posture/machine-action.ts'

/** How an action can end. */
export type ActionEnd = 'succeeded' | 'failed' | 'timed-out' | 'cancelled'

/** The service's words for an end; an older rendering of its documentation spells `Canceled` with one l. */
const ENDS: ReadonlyMap<string, ActionEnd> = new Map([
  ['Succeeded', 'succeeded'],
  ['Failed', 'failed'],
  ['TimeOut', 'timed-out'],
  ['Cancelled', 'cancelled'],
  ['Canceled', 'cancelled'],
])

/** Reads a status word; null while the action is in flight, which every unknown word means (docs/contract.md#history). */
export function endOf(status: string): ActionEnd | null {
  return ENDS.get(status) ?? null
}

/** Says in one sentence how an action ended without success, and what to do about it. */
export function describeEnd(action: MachineAction): string {
  const code =
    action.errorHResult === 0 ? '' : ` (0x${(action.errorHResult >>> 0).toString(16).padStart(8, '0')})`
  switch (endOf(action.status)) {
    case 'cancelled':
      return `${action.type} was cancelled by ${action.cancellationRequestor ?? 'somebody'}; plan again to see whose word counts.`
    case 'timed-out':
      return `${action.type} was given up by the service because the device did not answer${code}; plan again when it is back.`
    default: {
      const errors = action.commands.flatMap(command => command.errors)
      const told = errors[0] === undefined ? '' : `: ${errors[0]}`
      return `${action.type} failed on the device${code}${told}; plan again to retry.`
    }
  }
}
