import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { unlistedMachine } from '../../plan/assemble/unlisted-machine.ts'
import type { Machine } from '../../posture/machine.ts'
import { normalName } from '../../schema/machine-name.ts'
import { resolveMachine } from '../service/resolve-machine.ts'

/**
 * Finds the machine that an argument names in what was read: by record, where one alone has it by the first part of its name, or by id where only its history is left.
 *
 * @throws Failure where there is none, or where it could be one of several.
 */
export async function findObservedMachine(
  text: string,
  { input, history }: Findings,
  signal: AbortSignal,
): Promise<Machine> {
  const { machines } = input.observation
  const id = normalName(text)
  if (history.of(id).length > 0 && !machines.some(machine => machine.id === id)) return unlistedMachine(id)
  return resolveMachine(text, { listMachines: async () => machines }, signal, true)
}
