import type { LibraryFile } from '../../defender/wire-library.ts'
import {
  type LibraryDocument,
  type LibraryFileDocument,
  renderLibrary,
} from '../../report/documents/library-document.ts'
import { compareText } from '../../report/words/words.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { withService } from '../service/inventory.ts'

function time(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}

function fileDocument({ creationTime, lastUpdatedTime, ...file }: LibraryFile): LibraryFileDocument {
  return { ...file, createdAt: time(creationTime), updatedAt: time(lastUpdatedTime) }
}

async function run(context: CommandContext): Promise<number> {
  return withService(context, async ({ service }) => {
    const files = await service.client.listLibraryFiles(context.signal)
    const document: LibraryDocument = {
      formatVersion: '1.0',
      target: await targetOf(service),
      files: files.map(fileDocument).sort((a, b) => compareText(a.fileName, b.fileName)),
    }
    await emitDocument(document, renderLibrary, context)
    return EXIT_CODES.ok
  })
}

/** `holdfast live-response library list`. */
export const libraryList: Command = {
  description: 'Lists the files of the live response library of the tenant.',
  arguments: '',
  options: [...DOCUMENT_OPTIONS, ...CONFIGURATION_OPTIONS, ...SERVICE_OPTIONS],
  examples: [
    { command: 'holdfast live-response library list', does: 'what is there?' },
    {
      command: 'holdfast live-response library list --json | jq -r ".files[].sha256"',
      does: 'the digests for a script',
    },
  ],
  exits: { ok: 'the library was listed', error: true },
  run,
}
