import type { HoldPosture } from '../../posture/fold-hold.ts'
import type { Note } from '../document/document.ts'
import type { DecidedChange } from './decision.ts'

/**
 * Aims the lift of a change at the record that carries the latest succeeded impose, where that one was merged into the
 * record of the change: the service releases what it lists under that id (docs/contract.md#merged-records).
 */
export function aimLift(change: DecidedChange, { pair, imposes }: HoldPosture): DecidedChange {
  const machineId = imposes.at(-1)?.action.recordId
  if (machineId === undefined || !change.operations.includes('lift')) return change
  const requests = change.requests.map(request =>
    request.type === pair.lift ? { ...request, machineId } : request,
  )
  return { ...change, requests, warnings: [...change.warnings, onMergedRecord(machineId)] }
}

function onMergedRecord(recordId: string): Note {
  return {
    code: 'merged-record',
    message: `the hold stands on the record ${recordId}, which was merged into this one; the release goes to that record.`,
  }
}
