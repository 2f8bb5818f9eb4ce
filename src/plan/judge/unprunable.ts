import type { MachineAction } from '../../posture/machine-action.ts'
import { policyNamed } from '../../posture/marker.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import { hasExpired } from '../claim/compose.ts'
import type { Note } from '../document/document.ts'
import type { MachineIndex } from '../select/resolve.ts'

/** Says why `--prune` must not lift a hold that nobody seems to declare; undefined where nothing speaks against it. */
export type Unprunable = (machineId: string, impose: MachineAction) => Note | undefined

/**
 * Compiles what `--prune` leaves alone: holds of which nobody knows whether a policy declares them, since their record
 * is not there, or leads to none (docs/contract.md#prune).
 */
export function compileUnprunable(index: MachineIndex, policies: readonly Policy[], at: Instant): Unprunable {
  const live = new Set(policies.filter(policy => !hasExpired(policy, at)).map(({ name }) => name))
  const lost = new Set(index.merges.unresolved.map(({ machine }) => machine.id))
  return (machineId, { requestorComment }) => {
    if (lost.has(machineId)) {
      return {
        code: 'merge-unresolved',
        message:
          'the record was merged into one that is not there, so that nobody knows whether a policy declares the device; release it in the portal.',
      }
    }
    const policy = policyNamed(requestorComment) ?? ''
    if (index.byId.has(machineId) || !live.has(policy)) return undefined
    return {
      code: 'record-missing',
      message: `the service lists no record of this machine, and the policy ${policy}, which is in force, put the hold there: nobody knows whether it still declares it. Release it in the portal, or take the policy away first.`,
    }
  }
}
