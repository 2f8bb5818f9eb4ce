import { serializeDocument } from '../report/documents/serialize-document.ts'
import type { Style } from '../report/terminal/style.ts'
import type { CommandContext } from './command.ts'
import type { OptionSpec } from './flags.ts'
import { styleOf } from './terminal-style.ts'
import { writeCopies } from './write-copies.ts'

/** Where the document of a command goes that has no other format. */
export const DOCUMENT_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', kind: 'switch', description: 'print one JSON document' },
  { name: 'json-into', kind: 'text', value: 'FILE', description: 'write the JSON document into a file too' },
]

/**
 * Writes a document to stdout, for people unless `--json` asks for it, and into the file of `--json-into`.
 *
 * @throws Failure `file-not-written`, after stdout has its document.
 */
export async function emitDocument<T>(
  document: T,
  render: (document: T, style: Style) => string,
  { io, flags, color, options }: CommandContext,
): Promise<void> {
  const json = serializeDocument(document)
  const style = { ...styleOf(io.stdout, color, io.env), options }
  io.stdout.write(flags.has('json') ? json : render(document, style))
  const file = flags.text('json-into')
  if (file !== undefined) await writeCopies([{ path: file, text: json }], io)
}
