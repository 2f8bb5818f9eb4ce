import type { Need, Observation } from '../plan/select/observation.ts'
import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import { DEFENDER_CODES } from './codes.ts'

/** What one look brought, as far as a list can be doubted by it. */
export interface Brought {
  readonly machines: readonly Machine[]
  readonly actions: readonly MachineAction[]
  /** Whether all of the tenant was asked for. */
  readonly isWhole: boolean
  /** Whether the list of machines was answered with 404. */
  readonly noMachines: boolean
}

/**
 * Says where a list of machines that came empty cannot be believed: the history names machines
 * (docs/contract.md#unknown-is-not-absent). Undefined where nothing speaks against it.
 */
export function doubtMachines(need: Need, brought: Brought): Observation['failures'][number] | undefined {
  const unlisted = unlistedIds(need, brought)
  const [first] = unlisted
  if (first === undefined) return undefined
  const how = brought.noMachines ? 'was answered with 404' : 'is empty'
  const { wayOut } = DEFENDER_CODES['list-missing']
  const message = `The list of machines ${how}, and the history names ${unlisted.length} of them, such as ${first}. ${wayOut}`
  return { code: 'list-missing', message }
}

/** Machines of the history that an empty list lacks; of a read by name only a 404 makes them doubtful. */
function unlistedIds(need: Need, { machines, actions, isWhole, noMachines }: Brought): readonly string[] {
  if (isWhole ? machines.length > 0 : !noMachines) return []
  const named = [...new Set(actions.map(({ machineId }) => machineId))].sort()
  if (isWhole) return named
  const listed = new Set(machines.map(({ id }) => id))
  return named.filter(id => need.ids.includes(id) && !listed.has(id))
}

/** That somebody vouches for the machines being gone. */
export function acceptedEmpty({ message }: Observation['failures'][number]): Diagnostic {
  return {
    severity: 'warning',
    code: 'accepted-empty',
    message: `${message.split('. ')[0]}; accepted as empty (--accept-empty), and nothing is lifted.`,
  }
}
