import type { Observation } from '../../plan/select/observation.ts'
import { lensFor } from '../../plan/select/plan-lens.ts'
import { indexHistory } from '../../posture/history.ts'
import type { Machine } from '../../posture/machine.ts'
import { foldMachine, withoutRecord } from '../../posture/machine-posture.ts'
import { ownNames } from '../../posture/marker.ts'
import { type MachineDocument, machineDocument } from '../../report/documents/machine-document.ts'
import type { Configuration } from '../../schema/configuration.ts'

/**
 * Says of records what the history says of them.
 *
 * @param withLost - Whether machines that the history alone knows belong to it: they can be held as well.
 */
export function foldRecords(
  records: readonly Machine[],
  observation: Observation,
  configuration: Configuration,
  withLost: boolean,
): readonly MachineDocument[] {
  const { machines, actions, readAt } = observation
  const history = indexHistory(actions)
  const lens = lensFor(observation, configuration, readAt, history)
  const lost = withLost ? withoutRecord(history, new Set(machines.map(({ id }) => id))) : []
  return [...records, ...lost].map(machine => {
    const id = typeof machine === 'string' ? machine : machine.id
    return machineDocument(machine, foldMachine(history.of(id), lens), ownNames(configuration))
  })
}
