import type { MachineAction } from '../../posture/machine-action.ts'
import { hasEnded } from '../../posture/status.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import type { Session } from '../service/inventory.ts'
import { awaitActions } from './await-actions.ts'

/** How long is waited; the configuration's `apply.timeout` where it is not given. */
export const TIMEOUT_OPTION: OptionSpec = {
  name: 'timeout',
  kind: 'duration',
  value: 'DUR',
  description: 'wait at most so long; else `apply.timeout` of the configuration (30m)',
}

/**
 * Waits until one action has ended, by list calls, and tells each change of its status on stderr.
 *
 * @param action - As it was seen last.
 * @param resume - The command line that goes on waiting, for the message of an interrupt.
 * @returns What was seen last: it has not ended where the time was over or a signal came.
 * Rejects with a fatal DefenderError, and with Failure `interrupted`.
 */
export async function awaitOne(
  action: MachineAction,
  resume: string,
  { io, flags, signal }: CommandContext,
  { configuration, service }: Session,
): Promise<MachineAction> {
  if (hasEnded(action)) return action
  const { timeout, pollInterval } = configuration.apply
  io.stderr.write(`Waiting for ${escapeTerminal(`${action.type} ${action.id}`)}.\n`)
  const seen = await awaitActions({
    ids: [action.id],
    client: service.client,
    clock: service.clock,
    pollIntervalMs: pollInterval.ms,
    timeoutMs: (flags.duration('timeout') ?? timeout).ms,
    signal,
    onChange: ({ id, status }) => io.stderr.write(`${escapeTerminal(`${id}: ${status}`)}\n`),
  })
  if (signal.aborted) {
    throw fail('interrupted', `Interrupted; ${action.type} ${action.id} goes on at the service.`, {
      wayOut: `Run \`${resume}\`.`,
    })
  }
  return seen.get(action.id) ?? action
}
