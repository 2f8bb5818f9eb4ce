import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import { compareNewestFirst, selectStuck } from '../../posture/select-actions.ts'
import { hasEnded } from '../../posture/status.ts'
import { actionDocument } from '../../report/documents/action-document.ts'
import { actionTable } from '../../report/terminal/render-actions.ts'
import { counted } from '../../report/words/words.ts'
import { addMs } from '../../schema/instant.ts'
import { looksLikeActionId, readActionIds, requireListed } from '../by-hand/action-ids.ts'
import { AUTO_APPROVE_OPTION, askForAdHoc, requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { cancelActions } from '../by-hand/cancelling.ts'
import { concludeAdHoc, namesOfMachines, questionAt } from '../by-hand/conclude-ad-hoc.ts'
import { findOurs } from '../by-hand/own-in-flight.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'
import { styleOf } from '../terminal-style.ts'

const DEFAULT_TIMEOUT_MS = 60_000
/** A healthy action of a machine that answers has ended long before. Shorter, it would come close to "all". */
const LEAST_STUCK_MS = 3_600_000

/** What is to be cancelled: ids and what of ours is on machines, or what of ours hangs. */
type Request =
  | { readonly ids: readonly string[]; readonly machines: readonly string[] }
  | { readonly stuckOverMs: number }

function readRequest({ args, flags }: CommandContext): Request {
  const stuckOver = flags.duration('stuck-over')
  if (args.length > 0) {
    if (stuckOver !== undefined || flags.has('own')) {
      throw fail(
        'flags-contradict',
        'Action ids or machines, and --own --stuck-over, are two ways to choose: take one.',
      )
    }
    const machines = args.filter(text => !looksLikeActionId(text))
    return { ids: readActionIds(args.filter(looksLikeActionId)), machines: [...new Set(machines)] }
  }
  if (stuckOver === undefined || !flags.has('own')) {
    throw fail('nothing-chosen', 'Expected action ids or machines, or --own together with --stuck-over DUR.')
  }
  if (stuckOver.ms < LEAST_STUCK_MS) {
    throw fail(
      'usage',
      `--stuck-over ${stuckOver.text}: expected at least 1h, since younger ones are under way.`,
    )
  }
  return { stuckOverMs: stuckOver.ms }
}

async function findActions(
  request: Request,
  context: CommandContext,
  session: Session,
): Promise<readonly MachineAction[]> {
  const { signal } = context
  const { service, configuration, historyFrom } = session
  const { client, clock } = service
  if ('ids' in request) {
    const { ids, machines } = request
    const found = ids.length === 0 ? [] : await client.listActions({ kind: 'ids', ids }, signal)
    const listed = new Set(found.map(({ id }) => id))
    requireListed(ids.filter(id => !listed.has(id)))
    const ours = await findOurs(machines, context, session)
    return [...new Map([...found, ...ours].map(action => [action.id, action])).values()].sort(
      compareNewestFirst,
    )
  }
  const all = await client.listActions({ kind: 'tenant', createdFrom: historyFrom }, signal)
  const before = addMs(clock.now(), client.clockSkewMs - request.stuckOverMs)
  return selectStuck(all, before, ownNames(configuration))
}

async function run(context: CommandContext): Promise<number> {
  const { flags, signal, io, color } = context
  const request = readRequest(context)
  const reason = flags.required('reason')
  requireAgreementOrTerminal(context)
  return withService(context, async session => {
    const { service, configuration } = session
    const startedAt = service.clock.now()
    const actions = await findActions(request, context, session)
    const open = actions.filter(action => !hasEnded(action))
    const names = await namesOfMachines(
      service,
      actions.map(({ machineId }) => machineId),
      signal,
    )
    if (open.length > 0) {
      const shown = open.map(action =>
        actionDocument(action, names.get(action.machineId) ?? null, ownNames(configuration)),
      )
      io.stderr.write(actionTable(shown, styleOf(io.stderr, color, io.env)))
      const question = await questionAt(`Cancel ${counted(open.length, 'action')}`, service)
      await askForAdHoc('actions cancel', question, context, service)
    }
    const timeoutMs = flags.duration('timeout')?.ms ?? DEFAULT_TIMEOUT_MS
    const outcomes = await cancelActions({ actions, reason, timeoutMs, names }, context, session)
    const exits = outcomes.some(({ code }) => code === 'unauthorized') ? (['error'] as const) : []
    return concludeAdHoc({ title: 'Cancel', startedAt, outcomes, exits }, context, session)
  })
}

/** `holdfast actions cancel`. */
export const actionsCancel: Command = {
  description:
    'Cancels actions that have not ended: those named by id, whoever asked for them; our own on machines that are named by id or whole name; or our own that have been in flight for too long. Shows them and asks first; there is no way to say all. Then waits for what each really becomes.',
  arguments: '[names...]',
  options: [
    { name: 'own', kind: 'switch', description: 'our own, together with --stuck-over' },
    {
      name: 'stuck-over',
      kind: 'duration',
      value: 'DUR',
      description: 'in flight for longer than this, at least 1h',
    },
    {
      name: 'reason',
      kind: 'text',
      value: 'TEXT',
      description: 'why; becomes the comment of the cancel',
      required: true,
    },
    {
      name: 'timeout',
      kind: 'duration',
      value: 'DUR',
      description: 'wait at most so long for the ends; 60s by default',
    },
    AUTO_APPROVE_OPTION,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast actions cancel cd46c651-f570-4e32-abdb-a02a9e022a92 --reason "wrong machine"',
      does: 'one action',
    },
    {
      command: 'holdfast actions cancel fin-ws-014.contoso.com --reason "wrong machine"',
      does: 'what of ours is in flight on a machine',
    },
    {
      command:
        'holdfast actions cancel --own --stuck-over 24h --reason "offline since yesterday" --auto-approve',
      does: 'what hangs, unasked',
    },
  ],
  exits: {
    ok: 'every action is over without having taken effect, or nothing hangs',
    error: 'usage, authentication, no such action or machine; nothing was sent unless the result says so',
    refused: 'consent is missing, or what is in flight on the machine is not ours; nothing was sent',
    partial: 'one took effect all the same, or the service refused to cancel it',
    pending: 'one had not ended at the time limit, or nobody knows',
  },
  run,
}
