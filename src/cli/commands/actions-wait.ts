import { awaitedOutcome } from '../../apply/errand.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { escapeTerminal } from '../../report/escape-terminal.ts'
import { addMs } from '../../schema/instant.ts'
import { readActionIds, requireListed } from '../action-ids.ts'
import { awaitActions } from '../await-actions.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { type Session, withService } from '../inventory.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { concludeErrand, namesOfMachines } from '../running-errand.ts'

/** A new action can be missing in lists for so long (defender-api.md 10). */
const UNLISTED_MS = 60_000

/** Ids that the service does not list, after giving it the time that a new action may need to be listed. */
async function findMissing(
  ids: readonly string[],
  timeoutMs: number,
  { signal }: CommandContext,
  { service, configuration }: Session,
): Promise<readonly string[]> {
  const { client, clock } = service
  const deadline = addMs(clock.now(), Math.min(UNLISTED_MS, timeoutMs))
  for (;;) {
    const listed = new Set((await client.listActions({ kind: 'ids', ids }, signal)).map(({ id }) => id))
    const missing = ids.filter(id => !listed.has(id))
    if (missing.length === 0 || signal.aborted || clock.now() >= deadline) return missing
    await clock.sleep(configuration.apply.pollInterval.ms, signal)
  }
}

async function run(context: CommandContext): Promise<number> {
  const { args, flags, signal, io } = context
  const ids = readActionIds(args)
  return withService(context, async session => {
    const { client, clock } = session.service
    const { timeout, pollInterval } = session.configuration.apply
    const startedAt = clock.now()
    const timeoutMs = (flags.duration('timeout') ?? timeout).ms
    requireListed(await findMissing(ids, timeoutMs, context, session))
    const onChange = ({ id, type, status }: MachineAction): void =>
      io.stderr.write(escapeTerminal(`${type} ${id}: ${status}`).concat('\n'))
    const pollIntervalMs = pollInterval.ms
    const seen = await awaitActions({ ids, client, clock, pollIntervalMs, timeoutMs, signal, onChange })
    const actions = [...seen.values()]
    const names = await namesOfMachines(
      session.service,
      actions.map(({ machineId }) => machineId),
      signal,
    )
    const outcomes = actions.map(action => awaitedOutcome(action, names.get(action.machineId) ?? null))
    return concludeErrand({ title: 'Wait', startedAt, outcomes }, context, session)
  })
}

/** `holdfast actions wait`. */
export const actionsWait: Command = {
  description:
    'Waits until actions have ended, by list calls that cover all of them, and says how each ended. Nothing is cancelled at the time limit.',
  arguments: '<ids...>',
  options: [
    {
      name: 'timeout',
      kind: 'duration',
      value: 'DUR',
      description: 'wait at most so long; `apply.timeout` of the configuration, else 30m',
    },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast actions wait cd46c651-f570-4e32-abdb-a02a9e022a92 --timeout 10m',
      does: 'go on when the machine has answered',
    },
  ],
  exits: {
    ok: 'all ended Succeeded',
    error: 'a read failed for good, or the service lists no such action',
    partial: 'one ended Failed, TimeOut or Cancelled',
    pending: 'one had not ended at the time limit',
  },
  run,
}
