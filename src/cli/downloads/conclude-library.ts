import { exitsOf } from '../../apply/outcomes.ts'
import type { ExitName } from '../../apply/result.ts'
import {
  type LibraryOutcome,
  type LibraryResult,
  renderLibraryResult,
} from '../../report/documents/library-document.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { CommandContext } from '../command.ts'
import { emitDocument } from '../emit-document.ts'
import { EXIT_CODES, worstExit } from '../exit-codes.ts'
import type { Session } from '../service/inventory.ts'

/** The exit of writes to the library; refused where nothing else came of it. */
export function libraryExit(outcomes: readonly Pick<LibraryOutcome, 'outcome'>[]): ExitName {
  if (outcomes.length > 0 && outcomes.every(({ outcome }) => outcome === 'refused')) return 'refused'
  const code = worstExit([...exitsOf(outcomes.map(({ outcome }) => outcome))])
  const names = Object.keys(EXIT_CODES) as ExitName[]
  return names.find(name => EXIT_CODES[name] === code) ?? 'error'
}

/** Tells what became of each file and gives the exit code. */
export async function concludeLibrary(
  files: readonly LibraryOutcome[],
  context: CommandContext,
  { service }: Session,
): Promise<number> {
  const name = libraryExit(files)
  const document: LibraryResult = {
    formatVersion: '1.0',
    exit: { code: EXIT_CODES[name], name },
    target: await targetOf(service),
    files,
  }
  await emitDocument(document, renderLibraryResult, context)
  return EXIT_CODES[name]
}
