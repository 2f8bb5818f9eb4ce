import { indexHistory } from '../../src/posture/history.ts'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { foldMachine } from '../../src/posture/machine-posture.ts'
import {
  type MachineDocument,
  type MachinesDocument,
  machineDocument,
  summarizeMachines,
} from '../../src/report/documents/machine-document.ts'
import { action, actionId, lens, machine } from '../support/build-core.ts'

/** Machine 1 with these actions of its own, in documents. */
export function machineWith(
  over: Partial<Machine> | string,
  ...actions: readonly Partial<MachineAction>[]
): MachineDocument {
  const record = typeof over === 'string' ? over : machine(over)
  const id = typeof record === 'string' ? record : record.id
  const rows = actions.map((each, index) => action({ id: actionId(index + 1), machineId: id, ...each }))
  return machineDocument(record, foldMachine(indexHistory(rows).of(id), lens()), undefined)
}

/** A document of the whole tenant with these machines. */
export function machinesDocument(
  machines: readonly MachineDocument[],
  over: Partial<MachinesDocument> & { readonly leftOut?: number } = {},
): MachinesDocument {
  const { leftOut = 0, ...rest } = over
  return {
    formatVersion: '1.0',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: '2026-11-22T18:00:00Z',
    historyFrom: '2026-05-26T18:00:00Z',
    scope: 'tenant',
    complete: true,
    machines,
    summary: summarizeMachines(machines, leftOut),
    ...rest,
  }
}
