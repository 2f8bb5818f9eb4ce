import { awaitOne, TIMEOUT_OPTION } from '../by-hand/await-one.ts'
import type { Command, CommandContext } from '../command.ts'
import {
  concludeLiveResponse,
  openResultFolder,
  RESULT_OPTIONS,
  resultCommand,
} from '../downloads/conclude-live-response.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'

async function findAction(id: string, { service }: Session, signal: AbortSignal) {
  const action = await service.client.getAction(id.toLowerCase(), signal)
  if (action === null) throw fail('action-not-found', `The service lists no action ${id}.`)
  if (action.type === 'LiveResponse') return action
  throw fail('action-of-another-type', `Action ${action.id} is a ${action.type}, not a LiveResponse.`)
}

async function run(context: CommandContext): Promise<number> {
  const { args, flags, signal } = context
  const id = args[0] ?? ''
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw fail('usage', `"${id}" is no action id; one looks like 4b7c9784-3499-4afe-a87b-2f348bcc0dbc.`)
  }
  if (flags.has('timeout') && !flags.has('wait')) throw fail('flags-contradict', '--timeout is for --wait.')
  const folder = await openResultFolder(context)
  return withService(context, async session => {
    const action = await findAction(id, session, signal)
    const machine =
      action.machineId === '' ? null : await session.service.client.getMachine(action.machineId, signal)
    const last = flags.has('wait') ? await awaitOne(action, resultCommand(action), context, session) : action
    const about = { dnsName: machine?.computerDnsName ?? null, submitted: false, folder }
    return concludeLiveResponse(last, about, context, session)
  })
}

/** `holdfast live-response result`. */
export const liveResponseResult: Command = {
  description:
    'Fetches what a live response brought, whoever ran it, as often as it is asked for: nothing is run again. A script gives a JSON file and its output; a file of the device comes packed (.gz), as the service keeps it. Files get names of ours.',
  arguments: '<action>',
  options: [
    { name: 'wait', kind: 'switch', description: 'wait until it has ended' },
    TIMEOUT_OPTION,
    ...RESULT_OPTIONS,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast live-response result 4b7c9784-3499-4afe-a87b-2f348bcc0dbc --out evidence',
      does: 'fetch the results into a folder',
    },
    {
      command: 'holdfast live-response result 4b7c9784-3499-4afe-a87b-2f348bcc0dbc --wait --json',
      does: 'wait for them, and tell a script how it went',
    },
  ],
  exits: {
    ok: 'every command was completed, and the script ended with 0',
    error: 'there is no such live response, or it could not be read or written',
    partial: 'a command failed, the script ended with another code than 0, or a result could not be had',
    pending: 'it has not ended',
  },
  run,
}
