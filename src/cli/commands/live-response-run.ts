import { Failure } from '../../local/failure.ts'
import { runFacet } from '../../plan/claim/run-facets.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import { selectActions } from '../../posture/select-actions.ts'
import { hasEnded } from '../../posture/status.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { counted, shownTime } from '../../report/words/words.ts'
import { addMs } from '../../schema/instant.ts'
import type { LiveResponseCommand } from '../../schema/policy.ts'
import { AUTO_APPROVE_OPTION, requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { awaitOne, TIMEOUT_OPTION } from '../by-hand/await-one.ts'
import { submitAdHoc } from '../by-hand/submit-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import {
  concludeLiveResponse,
  openResultFolder,
  RESULT_OPTIONS,
  resultCommand,
} from '../downloads/conclude-live-response.ts'
import { describeCommand, readCommands } from '../downloads/live-response-request.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'
import { resolveMachine } from '../service/resolve-machine.ts'

const TYPE = 'LiveResponse'
/** Longer than a live response stays queued for a device, formerly three days (docs/service.md#live-response-queue). */
const LONGEST_MS = 4 * 86_400_000

/** What only waiting makes use of. */
const NEED_WAIT = ['out', 'force', 'timeout'] as const

function readReason({ flags }: CommandContext): string {
  const useless = flags.has('wait') ? undefined : NEED_WAIT.find(name => flags.has(name))
  if (useless !== undefined) {
    throw fail('flags-contradict', `--${useless} is for the results, which only --wait waits for.`, {
      wayOut: 'Add --wait, or fetch the results later with `holdfast live-response result`.',
    })
  }
  return flags.required('reason')
}

function busy(action: MachineAction | undefined, message: string): Failure {
  const facts =
    action === undefined
      ? message
      : `Live response ${action.id} by ${action.requestor ?? 'somebody'} is ${action.status} since ${shownTime(action.creationDateTimeUtc)}.`
  return fail('live-response-busy', facts, { exit: 'refused' })
}

/** The live response that is in flight on a machine. */
async function openSession(
  machine: Machine,
  { service, configuration }: Session,
  signal: AbortSignal,
): Promise<MachineAction | undefined> {
  const createdFrom = addMs(service.clock.now(), -LONGEST_MS)
  const query = { kind: 'machines', machineIds: [machine.id], createdFrom } as const
  const actions = await service.client.listActions(query, signal)
  return selectActions(actions, { types: [TYPE] }, ownNames(configuration)).find(action => !hasEnded(action))
}

async function submit(
  commands: readonly LiveResponseCommand[],
  machine: Machine,
  reason: string,
  context: CommandContext,
  session: Session,
): Promise<MachineAction> {
  const { io, signal } = context
  const open = await openSession(machine, session, signal)
  if (open !== undefined) throw busy(open, '')
  for (const command of commands) io.stderr.write(`  ${escapeTerminal(describeCommand(command))}\n`)
  const body = runFacet('liveResponse')?.bodyOf({ commands }) ?? {}
  const what = `Run ${counted(commands.length, 'live response command')}`
  const request = { machine, type: TYPE, body, reason, what, command: 'live-response run' } as const
  const answer = await submitAdHoc(request, context, session)
  switch (answer.kind) {
    case 'accepted':
      return answer.action
    case 'active':
      throw busy(answer.action ?? (await openSession(machine, session, signal)), answer.message)
    case 'uncertain':
      throw fail('request-uncertain', answer.message, { exit: 'pending' })
    case 'rejected':
      throw new Failure(answer.code, answer.message, { exit: 'partial' })
  }
}

async function run(context: CommandContext): Promise<number> {
  const { args, flags, io, signal } = context
  const commands = readCommands(flags)
  const reason = readReason(context)
  requireAgreementOrTerminal(context)
  const folder = await openResultFolder(context)
  return withService(context, async session => {
    const machine = await resolveMachine(args[0] ?? '', session.service.client, signal)
    const action = await submit(commands, machine, reason, context, session)
    io.stderr.write(`Submitted ${escapeTerminal(`${action.type} ${action.id}`)}.\n`)
    const last = flags.has('wait') ? await awaitOne(action, resultCommand(action), context, session) : action
    const about = { dnsName: machine.computerDnsName, submitted: true, folder }
    return concludeLiveResponse(last, about, context, session)
  })
}

/** `holdfast live-response run`. */
export const liveResponseRun: Command = {
  description:
    'Runs a live response on one machine: puts files of the library there, runs a script of the library, gets files from it, in this order. Asks first. With --wait it waits for the end, saves what each command brought, shows what the script printed and ends with 5 where the script did not end with 0. The service takes 10 a minute, 50 at once, and one on a machine.',
  arguments: '<machine>',
  options: [
    {
      name: 'put',
      kind: 'list',
      value: 'FILE',
      description: 'put this file of the library there (repeatable)',
    },
    { name: 'script', kind: 'text', value: 'NAME', description: 'run this script of the library' },
    { name: 'args', kind: 'text', value: 'TEXT', description: 'with these arguments' },
    { name: 'get', kind: 'list', value: 'PATH', description: 'get this file from the device (repeatable)' },
    {
      name: 'reason',
      kind: 'text',
      value: 'TEXT',
      description: 'why; becomes the comment of the action',
      required: true,
    },
    { name: 'wait', kind: 'switch', description: 'wait for the end and fetch the results' },
    TIMEOUT_OPTION,
    ...RESULT_OPTIONS,
    AUTO_APPROVE_OPTION,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command:
        "holdfast live-response run fin-ws-014.contoso.com --script triage.ps1 --args=-Deep --get 'C:\\temp\\triage.zip' --reason INC-4211 --wait --out evidence",
      does: 'run a script, bring what it wrote',
    },
    {
      command: "holdfast live-response run fin-ws-014.contoso.com --get 'C:\\temp\\x.log' --reason INC-4211",
      does: 'submit alone; the results later',
    },
  ],
  exits: {
    ok: 'every command was completed, and the script ended with 0',
    error: true,
    refused: 'consent is missing, the machine is protected or busy; nothing was sent',
    partial: 'the service refused it, a command failed, or the script ended with another code than 0',
    pending: 'it has not ended, also without --wait; `live-response result` goes on',
  },
  run,
}
