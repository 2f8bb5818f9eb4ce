import type { Style } from '../report/terminal/style.ts'
import type { CommandContext } from './command.ts'
import type { Outputs } from './outputs.ts'
import { styleOf } from './terminal-style.ts'
import { writeCopies } from './write-copies.ts'

/**
 * Writes a document that has formats of its own to stdout and into every file asked for.
 *
 * @param formats - By the names that `--format` of the command offers.
 * @throws Failure `file-not-written`, after stdout has its document.
 */
export async function emitFormats<T>(
  document: T,
  formats: Readonly<Record<string, (document: T, style: Style) => string>>,
  { format: chosen, files }: Outputs,
  { io, color, options }: CommandContext,
): Promise<void> {
  const style = { ...styleOf(io.stdout, color, io.env), options }
  const write = (format: string): string => formats[format]?.(document, style) ?? ''
  io.stdout.write(write(chosen))
  await writeCopies(
    files.map(({ format, path }) => ({ path, text: write(format) })),
    io,
  )
}
