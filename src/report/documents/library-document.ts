import { isGood } from '../../apply/outcomes.ts'
import type { Outcome } from '../../apply/result.ts'
import type { Target } from '../../plan/document/document.ts'
import { escapeTerminal } from '../terminal/escape-terminal.ts'
import { layOut, span } from '../terminal/lay-out.ts'
import type { Style } from '../terminal/style.ts'
import { cell, renderTable } from '../terminal/table.ts'
import { counted, joined, shownTime } from '../words/words.ts'
import type { DocumentExit } from './document-exit.ts'

/** A file of the live response library, in documents. */
export interface LibraryFileDocument {
  readonly fileName: string
  readonly sha256: string | null
  readonly description: string | null
  readonly createdAt: string | null
  readonly updatedAt: string | null
  readonly createdBy: string | null
  readonly hasParameters: boolean
  readonly parametersDescription: string | null
}

/** The document of `live-response library list`. */
export interface LibraryDocument {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly files: readonly LibraryFileDocument[]
}

/** How putting or removing one file ended. */
export interface LibraryOutcome {
  readonly fileName: string
  /** 64 hex digits; null for a removal. */
  readonly sha256: string | null
  readonly outcome: Outcome
  /** What became of the file in the library; null where nothing did. */
  readonly change: 'added' | 'replaced' | 'removed' | null
  readonly code: string | null
  readonly detail: string | null
}

/** The document of `live-response library put` and `remove`. */
export interface LibraryResult {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly target: Target
  readonly files: readonly LibraryOutcome[]
}

/** Digits of a SHA-256 in the table; the document has all. */
const DIGITS = 12

/** Writes the library for people, one row per file. Ends with a newline. */
export function renderLibrary({ files }: LibraryDocument, style: Style): string {
  const rows = files.map(file => [
    cell(escapeTerminal(file.fileName), 'strong'),
    cell(file.sha256 === null ? '-' : escapeTerminal(file.sha256.slice(0, DIGITS))),
    cell(file.updatedAt === null ? '-' : escapeTerminal(shownTime(file.updatedAt))),
    cell(escapeTerminal(file.createdBy ?? '-')),
    cell(escapeTerminal(joined([file.description, file.parametersDescription], '; ')) || '-'),
  ])
  const columns = [
    { title: 'FILE', whole: true },
    { title: 'SHA-256', whole: true },
    { title: 'UPDATED', whole: true },
    { title: 'BY' },
    { title: 'DESCRIPTION' },
  ]
  const table = rows.length === 0 ? '' : `${renderTable(columns, rows, style)}\n`
  return `${table}${counted(files.length, 'file')} in the library.\n`
}

/** Writes what became of each file, for people. Ends with a newline. */
export function renderLibraryResult({ files }: LibraryResult, style: Style): string {
  return files
    .map(({ fileName, outcome, change, code, detail }) => {
      const good = isGood(outcome)
      const text = joined([change ?? outcome, joined([code, detail], ': ')])
      const lead = good ? span('  ') : span('! ', 'blocked')
      const body = [span(escapeTerminal(fileName), 'strong'), span(` ${escapeTerminal(text)}`)]
      return `${layOut({ lead: [lead], hang: span('    '), body }, style)}\n`
    })
    .join('')
}
