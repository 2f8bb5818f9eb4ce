import { resolve } from 'node:path'
import { writeFileAtomically } from '../local/atomic-write.ts'
import type { Failure } from '../local/failure.ts'
import type { DocumentExit } from '../report/documents/document-exit.ts'
import type { FailureDocument } from '../report/documents/failure-document.ts'
import { serializeDocument } from '../report/documents/serialize-document.ts'
import { renderDiagnostics } from '../report/terminal/render-diagnostics.ts'
import { renderFailure } from '../report/terminal/render-failure.ts'
import type { ColorChoice } from './color.ts'
import type { Io } from './io.ts'
import { documentDiagnostic } from './tell-diagnostics.ts'
import { styleOf } from './terminal-style.ts'

/** The options of a command line that matter when it fails, read off its words since it may be unreadable. */
export interface FailedRun {
  readonly argv: readonly string[]
  readonly io: Io
  readonly exit: DocumentExit
}

/** The words of a command line that can be options. */
function optionWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

function readOption(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex(word => word === name || word.startsWith(`${name}=`))
  if (at === -1) return undefined
  const word = words[at] ?? ''
  return word === name ? words[at + 1] : word.slice(name.length + 1)
}

function colorOf(words: readonly string[]): ColorChoice {
  const value = readOption(words, '--color')
  return value === 'always' || value === 'never' ? value : 'auto'
}

function wantsJson(words: readonly string[]): boolean {
  return words.includes('--json') || readOption(words, '--format') === 'json'
}

/** The document that takes the place of a plan or result where a command ends in an error. */
function failureText(failure: Failure, exit: DocumentExit): string {
  const { code, message, wayOut, diagnostics } = failure
  const error = wayOut === '' ? { code, message } : { code, message, wayOut }
  const document: FailureDocument = {
    formatVersion: '1.0',
    exit,
    error,
    diagnostics: diagnostics.map(documentDiagnostic),
  }
  return serializeDocument(document)
}

/** Tells of a failure: text on stderr, and one JSON document wherever JSON was asked for and is not yet. */
export async function reportFailure(failure: Failure, { argv, io, exit }: FailedRun): Promise<void> {
  const words = optionWords(argv)
  const style = styleOf(io.stderr, colorOf(words), io.env)
  io.stderr.write(renderDiagnostics(failure.diagnostics, style))
  io.stderr.write(renderFailure(failure, style))
  if (failure.hasDocument) return
  if (wantsJson(words)) io.stdout.write(failureText(failure, exit))
  const file = readOption(words, '--json-into')
  // Where even that file cannot be written, the failure on stderr is all that can be said.
  if (file !== undefined)
    await writeFileAtomically(resolve(io.cwd, file), failureText(failure, exit)).catch(() => undefined)
}
