import { resolve } from 'node:path'
import type { MachineAction } from '../../posture/machine-action.ts'
import { hasEnded } from '../../posture/status.ts'
import {
  commandDocument,
  type LiveResponseDocument,
  liveResponseExit,
  liveResponseParts,
  NO_RESULT,
} from '../../report/documents/live-response-document.ts'
import { renderLiveResponse } from '../../report/terminal/render-live-response.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { CommandContext } from '../command.ts'
import { emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { OptionSpec } from '../flags.ts'
import type { Session } from '../service/inventory.ts'
import { fetchResults } from './fetch-results.ts'
import { makeFolder } from './save-place.ts'

/** Where results are saved. */
export const RESULT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'out',
    kind: 'text',
    value: 'DIR',
    description: 'save results into this folder; else into this one',
  },
  { name: 'force', kind: 'switch', description: 'replace files that are there already' },
]

/** The command line that waits for the results of a live response. */
export function resultCommand({ id }: Pick<MachineAction, 'id'>): string {
  return `holdfast live-response result ${id} --wait`
}

/**
 * The folder of `--out`, made where it is missing.
 *
 * @throws Failure `file-not-written`.
 */
export async function openResultFolder({ io, flags }: CommandContext): Promise<string> {
  const folder = resolve(io.cwd, flags.text('out') ?? '.')
  await makeFolder(folder, io.cwd)
  return folder
}

/** Fetches the results of a live response that has ended, tells how it stands, and gives the exit code. */
export async function concludeLiveResponse(
  action: MachineAction,
  {
    dnsName,
    submitted,
    folder,
  }: { readonly dnsName: string | null; readonly submitted: boolean; readonly folder: string },
  context: CommandContext,
  session: Session,
): Promise<number> {
  const { flags } = context
  const place = {
    folder,
    force: flags.has('force'),
    machine: dnsName ?? action.machineId,
  }
  const commands = hasEnded(action)
    ? await fetchResults(action, place, context, session)
    : action.commands.map(command => commandDocument(command, NO_RESULT))
  const name = liveResponseExit(action.status, commands)
  const document: LiveResponseDocument = {
    formatVersion: '1.0',
    exit: { code: EXIT_CODES[name], name },
    target: await targetOf(session.service),
    machine: { id: action.machineId, dnsName },
    ...liveResponseParts(action),
    submitted,
    commands,
  }
  await emitDocument(document, renderLiveResponse, context)
  return EXIT_CODES[name]
}
