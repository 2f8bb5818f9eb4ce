import { TEXT_RULES } from '../../schema/text-formats.ts'
import type { Command, CommandContext } from '../command.ts'
import { concludeLibrary } from '../downloads/conclude-library.ts'
import { putFiles, readLocalFiles } from '../downloads/library-put.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { withService } from '../service/inventory.ts'

async function run(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const description = flags.text('description')
  const problem = description === undefined ? undefined : TEXT_RULES.line(description)
  if (problem !== undefined) throw fail('usage', `--description: expected ${problem.expected}.`)
  const files = await readLocalFiles(args, io.cwd)
  return withService(context, async session => {
    session.service.audit.prepare({ command: 'live-response library put' })
    const outcomes = await putFiles(files, { description, override: flags.has('override') }, context, session)
    return concludeLibrary(outcomes, context, session)
  })
}

/** `holdfast live-response library put`. */
export const libraryPut: Command = {
  description:
    'Puts files into the live response library, under their own names. A file that is there already with the same SHA-256 is not sent again; another one of the name is left alone without --override. All files are checked before the first is sent.',
  arguments: '<files...>',
  options: [
    { name: 'description', kind: 'text', value: 'TEXT', description: 'what the library says of the files' },
    { name: 'override', kind: 'switch', description: 'replace files of the same names' },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast live-response library put triage.ps1 --description "Triage, INC-4211"',
      does: 'put a script there',
    },
    {
      command: 'holdfast live-response library put scripts/*.ps1 --override',
      does: 'bring the library up to date from a repository; run it as often as you like',
    },
  ],
  exits: {
    ok: 'every file is there as it is here',
    error: 'a file cannot be read or cannot go there; nothing was sent',
    refused: 'every file would replace another one, and --override was not given',
    partial: 'a file was refused or failed; the others are there',
    pending: 'whether a file is there is not known, or the quota left no time for it',
  },
  run,
}
