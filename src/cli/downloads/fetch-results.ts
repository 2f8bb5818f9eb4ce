import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { DefenderError, isFatal } from '../../defender/defender-error.ts'
import { readScriptResult } from '../../defender/wire-script-result.ts'
import type { ActionCommand, MachineAction } from '../../posture/machine-action.ts'
import {
  type CommandDocument,
  type CommandResult,
  commandDocument,
  NO_RESULT,
  scriptDocument,
  subjectOf,
} from '../../report/documents/live-response-document.ts'
import { CLI_CODES } from '../codes.ts'
import type { CommandContext } from '../command.ts'
import type { Session } from '../service/inventory.ts'
import { fetchFile } from './fetch-file.ts'
import { resultFileName } from './own-file-name.ts'
import { requireFree, type SaveTarget } from './save-download.ts'
import { placeFile } from './save-place.ts'

/** Where results go. */
export interface ResultPlace {
  /** Absolute; made where it is missing. */
  readonly folder: string
  readonly force: boolean
  /** The machine's name, or its id; a part of the names of the files. */
  readonly machine: string
}

const unpack = promisify(gunzip)
/** A script's result is read into memory only up to so many bytes. */
const SCRIPT_LIMIT = 32 * 1_048_576
const GZIP = Buffer.from([0x1f, 0x8b])
/** A live response that ended just now may have no link yet. */
const LOOKS = 3
const LOOK_EVERY_MS = 5000

/** PutFile brings nothing, and after a command that failed no other ran (docs/service.md#live-response-order). */
function bringsResult({ type, commandStatus }: ActionCommand): boolean {
  return commandStatus === 'Completed' && type !== 'PutFile'
}

/**
 * Fetches what each command of an ended live response brought, one file each under a name of ours, and reads what the
 * scripts say. A result that cannot be had is told at its command; the others are fetched all the same.
 *
 * @throws Failure `file-exists` before anything is fetched, `file-not-written`; rejects with a fatal DefenderError.
 */
export async function fetchResults(
  action: MachineAction,
  place: ResultPlace,
  context: CommandContext,
  session: Session,
): Promise<readonly CommandDocument[]> {
  const commands = [...action.commands].sort((a, b) => a.index - b.index)
  const targets = new Map<ActionCommand, SaveTarget>()
  for (const command of commands.filter(bringsResult)) {
    const extension = command.type === 'RunScript' ? 'json' : 'gz'
    const name = resultFileName(place.machine, action.id, command.index, subjectOf(command), extension)
    const target = await placeFile(
      { kind: 'folder', folder: place.folder },
      name,
      context.io.cwd,
      place.force,
    )
    await requireFree(target)
    targets.set(command, target)
  }
  const documents: CommandDocument[] = []
  for (const command of commands) {
    const target = targets.get(command)
    const result =
      target === undefined ? NO_RESULT : await fetchResult(action.id, command, target, context, session)
    documents.push(commandDocument(command, result))
  }
  return documents
}

async function fetchResult(
  actionId: string,
  command: ActionCommand,
  target: SaveTarget,
  context: CommandContext,
  session: Session,
): Promise<CommandResult> {
  try {
    const link = (): Promise<string> => linkOf(actionId, command.index, context, session)
    const { size, sha256 } = await fetchFile(link, target, context, session)
    const result = { file: target.shown, size, sha256 }
    return command.type === 'RunScript'
      ? { ...(await readScript(target.path, size)), result }
      : { ...NO_RESULT, result }
  } catch (error) {
    if (error instanceof MissingResult) return { ...NO_RESULT, ...problem('result-missing') }
    if (!(error instanceof DefenderError) || isFatal(error) || error.code === 'interrupted') throw error
    return { ...NO_RESULT, code: error.code, detail: `${error.message} ${error.wayOut}` }
  }
}

/** The service has no link. */
class MissingResult extends Error {}

async function linkOf(
  actionId: string,
  index: number,
  { signal }: CommandContext,
  { service }: Session,
): Promise<string> {
  for (let look = 1; ; look += 1) {
    const link = await service.client.liveResponseLink(actionId, index, signal)
    if (link !== null) return link
    if (look >= LOOKS || signal.aborted) throw new MissingResult()
    await service.clock.sleep(LOOK_EVERY_MS, signal)
  }
}

function problem(code: 'result-missing' | 'result-unreadable'): Pick<CommandResult, 'code' | 'detail'> {
  const { meaning, wayOut } = CLI_CODES[code]
  return { code, detail: `${meaning} ${wayOut}` }
}

/** Reads the file that a script's result was saved into. */
async function readScript(path: string, size: number): Promise<Omit<CommandResult, 'result'>> {
  const script = size > SCRIPT_LIMIT ? undefined : readScriptResult(await readPlain(path))
  if (script === undefined) return { script: null, ...problem('result-unreadable') }
  const failed = script.exitCode !== 0
  return {
    script: scriptDocument(script),
    code: failed ? 'script-failed' : null,
    detail: failed ? `The script ended with ${script.exitCode}.` : null,
  }
}

/** A storage may hold results packed. */
async function readPlain(path: string): Promise<string> {
  const bytes = await readFile(path)
  if (!bytes.subarray(0, GZIP.length).equals(GZIP)) return bytes.toString('utf8')
  try {
    return (await unpack(bytes, { maxOutputLength: SCRIPT_LIMIT })).toString('utf8')
  } catch {
    return ''
  }
}
