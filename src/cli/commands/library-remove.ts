import type { LibraryFile } from '../../defender/wire-library.ts'
import type { LibraryOutcome } from '../../report/documents/library-document.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { counted } from '../../report/words/words.ts'
import { AUTO_APPROVE_OPTION, askForAdHoc, requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { questionAt } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { concludeLibrary } from '../downloads/conclude-library.ts'
import { findInLibrary, libraryPace, unwritten, writeOnce } from '../downloads/library-put.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'
import { openRecordedLibrary } from '../service/recorded-requests.ts'

/** The files meant, each once; nothing is removed where one of them is not there. */
async function findFiles(
  { args, signal }: CommandContext,
  { service }: Session,
): Promise<readonly LibraryFile[]> {
  const library = await service.client.listLibraryFiles(signal)
  const missing = args.filter(name => findInLibrary(library, name) === undefined)
  if (missing.length > 0) {
    throw fail('library-file-not-found', `The library has no file named ${missing.join(', ')}.`)
  }
  return library.filter(({ fileName }) => args.some(name => name.toLowerCase() === fileName.toLowerCase()))
}

async function removeFiles(
  files: readonly LibraryFile[],
  context: CommandContext,
  session: Session,
): Promise<readonly LibraryOutcome[]> {
  const api = await openRecordedLibrary(session.service)
  const pace = libraryPace(context, session)
  const outcomes: LibraryOutcome[] = []
  for (const { fileName } of files) {
    const answer = await pace.send(() => writeOnce(() => api.remove(fileName, context.signal)))
    outcomes.push(
      answer.kind !== 'done'
        ? unwritten(fileName, null, answer)
        : {
            fileName,
            sha256: null,
            outcome: answer.found ? 'succeeded' : 'unchanged',
            change: answer.found ? 'removed' : null,
            code: null,
            detail: answer.found ? null : 'somebody else removed it',
          },
    )
  }
  return outcomes
}

async function run(context: CommandContext): Promise<number> {
  requireAgreementOrTerminal(context)
  return withService(context, async session => {
    const files = await findFiles(context, session)
    for (const { fileName, createdBy } of files) {
      const by = createdBy === null ? '' : `, put there by ${createdBy}`
      context.io.stderr.write(`  ${escapeTerminal(`${fileName}${by}`)}\n`)
    }
    const what = `Remove ${counted(files.length, 'file')} from the live response library`
    await askForAdHoc(
      'live-response library remove',
      await questionAt(what, session.service),
      context,
      session.service,
    )
    return concludeLibrary(await removeFiles(files, context, session), context, session)
  })
}

/** `holdfast live-response library remove`. */
export const libraryRemove: Command = {
  description:
    'Removes files from the live response library by name, after asking. Where one of the names is not there nothing is removed. The service keeps no copy.',
  arguments: '<names...>',
  options: [AUTO_APPROVE_OPTION, ...DOCUMENT_OPTIONS, ...CONFIGURATION_OPTIONS, ...SERVICE_OPTIONS],
  examples: [
    {
      command: 'holdfast live-response library remove old-triage.ps1',
      does: 'remove a script, after asking',
    },
  ],
  exits: {
    ok: 'the files are no longer there',
    error: 'a name is not there, or the service could not be asked; nothing was removed',
    refused: 'consent is missing; nothing was removed',
    partial: 'a file could not be removed',
    pending: 'whether a file is there is not known, or the quota left no time for it',
  },
  run,
}
