import { awaitedOutcome } from '../../apply/ad-hoc.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { addMs } from '../../schema/instant.ts'
import { readActionIds, requireListed } from '../by-hand/action-ids.ts'
import { awaitActions } from '../by-hand/await-actions.ts'
import { concludeAdHoc, namesOfMachines } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'

/** A new action can be missing in lists for so long (docs/service.md#listed-late). */
const UNLISTED_MS = 60_000

/** Finds the actions, after giving each the time that a new one may need to be listed. Throws `action-not-found`. */
async function findActions(
  ids: readonly string[],
  timeoutMs: number,
  { signal }: CommandContext,
  { service, configuration }: Session,
): Promise<readonly MachineAction[]> {
  const { client, clock } = service
  const deadline = addMs(clock.now(), Math.min(UNLISTED_MS, timeoutMs))
  for (;;) {
    const found = await client.listActions({ kind: 'ids', ids }, signal)
    const listed = new Set(found.map(({ id }) => id))
    const missing = ids.filter(id => !listed.has(id))
    if (missing.length === 0) return found
    if (signal.aborted || clock.now() >= deadline) requireListed(missing)
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
    const found = await findActions(ids, timeoutMs, context, session)
    const machineIds = found.map(({ machineId }) => machineId)
    const names = await namesOfMachines(session.service, machineIds, signal)
    const onChange = ({ id, type, status }: MachineAction): void =>
      io.stderr.write(escapeTerminal(`${type} ${id}: ${status}`).concat('\n'))
    const pollIntervalMs = pollInterval.ms
    const seen = await awaitActions({ ids, client, clock, pollIntervalMs, timeoutMs, signal, onChange })
    const outcomes = found.map(action =>
      awaitedOutcome(seen.get(action.id) ?? action, names.get(action.machineId) ?? null),
    )
    return concludeAdHoc({ title: 'Wait', startedAt, outcomes }, context, session)
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
