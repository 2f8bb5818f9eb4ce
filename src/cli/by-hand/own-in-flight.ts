import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, ownNames } from '../../posture/marker.ts'
import { compareNewestFirst } from '../../posture/select-actions.ts'
import { hasEnded } from '../../posture/status.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { counted } from '../../report/words/words.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { Session } from '../service/inventory.ts'
import { resolveMachine } from '../service/resolve-machine.ts'

/**
 * Finds what of ours is in flight on machines that are named by id or whole name. What others asked for is told, and
 * cancelled by its own id alone, so that nobody stops it unseen.
 *
 * @throws Failure as {@link resolveMachine} does, and `foreign-in-flight` where nothing but theirs is in flight.
 */
export async function findOurs(
  names: readonly string[],
  { io, signal }: CommandContext,
  { service, configuration, historyFrom }: Session,
): Promise<readonly MachineAction[]> {
  if (names.length === 0) return []
  const machineIds: string[] = []
  for (const name of names) machineIds.push((await resolveMachine(name, service.client, signal)).id)
  const query = { kind: 'machines', machineIds, createdFrom: historyFrom } as const
  const open = (await service.client.listActions(query, signal)).filter(action => !hasEnded(action))
  const own = ownNames(configuration)
  const ours = open.filter(action => isOwn(action, own))
  const theirs = open.filter(action => !isOwn(action, own)).sort(compareNewestFirst)
  if (theirs.length === 0) return ours
  const told = theirs.map(
    ({ type, requestor, id }) => `${type} by ${requestor ?? 'an unknown requestor'} (${id})`,
  )
  const message = `${counted(theirs.length, 'action')} in flight ${theirs.length === 1 ? 'is' : 'are'} not ours: ${told.join(', ')}.`
  if (ours.length === 0) throw fail('foreign-in-flight', message, { exit: 'refused' })
  io.stderr.write(`${escapeTerminal(message)} Left alone.\n`)
  return ours
}
