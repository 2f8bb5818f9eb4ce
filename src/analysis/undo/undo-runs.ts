import type { Item } from '../../plan/judge/item.ts'
import { formatAddress } from '../../plan/select/address.ts'
import { compareText } from '../../posture/history.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { parseMarker } from '../../posture/marker.ts'
import { methodOf } from '../../posture/methods.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import type { FacetName } from '../../schema/policy.ts'
import { isCarried, type UndoSubject, undoItem } from './undo-subject.ts'

/** What undoing a plan comes to among the runs of one machine. */
export interface UndoneRuns {
  /** Cancels of what is in flight. */
  readonly items: readonly Item[]
  /** What has run: nothing undoes it. */
  readonly ran: readonly MachineAction[]
}

/** Cancels the runs of a plan that are in flight on a machine, and lists those that have run. */
export function undoRuns(subject: UndoSubject): UndoneRuns {
  const runs = subject.history.filter(
    action => methodOf(action.type)?.effect === 'run' && isCarried(action, subject),
  )
  const byAddress = new Map<string, MachineAction[]>()
  for (const action of runs.filter(each => !hasEnded(each))) {
    const address = addressOf(action)
    byAddress.set(address, [...(byAddress.get(address) ?? []), action])
  }
  return {
    items: [...byAddress].map(([address, actions]) => cancelItem(address, actions, subject)),
    ran: runs.filter(hasSucceeded),
  }
}

function facetOf(action: MachineAction): FacetName {
  return methodOf(action.type)?.facet as FacetName
}

/** A history names no live response session; the change of its marker tells them apart as well. */
function addressOf(action: MachineAction): string {
  const facet = facetOf(action)
  if (facet === 'quarantined' && action.relatedFileInfo !== null) {
    return formatAddress(action.machineId, facet, action.relatedFileInfo.fileIdentifier.toLowerCase())
  }
  const session = facet === 'liveResponse' ? parseMarker(action.requestorComment)?.change : undefined
  return formatAddress(action.machineId, facet, session ?? null)
}

function cancelItem(address: string, actions: readonly MachineAction[], subject: UndoSubject): Item {
  const ids = actions.map(({ id }) => id).sort(compareText)
  return undoItem(
    {
      address,
      facet: facetOf(actions[0] as MachineAction),
      decision: {
        kind: 'change',
        operations: ['cancel'],
        requests: ids.map(actionId => ({ type: 'Cancel', actionId })),
        before: 'none',
        after: 'none',
        reason: 'undone',
        warnings: [],
        waitsForInFlight: false,
      },
      holds: 'none',
      basis: [],
      inFlight: actions,
    },
    subject,
  )
}
