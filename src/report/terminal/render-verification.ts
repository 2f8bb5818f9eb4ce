import type { Finding, Verification } from '../../audit/verify-chain.ts'
import type { DocumentExit } from '../documents/document-exit.ts'
import { counted } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint } from './paint.ts'
import type { Style } from './style.ts'

/** The records of one target, verified. */
export interface VerifiedFolder extends Verification {
  readonly folder: string
}

/** The document of `audit verify`. */
export interface VerificationDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly folders: readonly VerifiedFolder[]
}

/** Of what is only named, so many are listed. */
const NOTES_LISTED = 20

function findingRow({ severity, file, line, message }: Finding, style: Style): string {
  const lead = severity === 'broken' ? span('! ', 'blocked') : span('. ', 'quiet')
  const place = line === null ? file : `${file}:${line}`
  const named = place === '' ? [] : [span(escapeTerminal(place), 'strong'), span(' ')]
  return layOut({ lead: [lead], hang: span('    '), body: [...named, span(escapeTerminal(message))] }, style)
}

function folderRows(folder: VerifiedFolder, style: Style): readonly string[] {
  const { findings, heads, records, lines } = folder
  const broken = findings.filter(({ severity }) => severity === 'broken')
  const notes = findings.filter(({ severity }) => severity === 'note')
  const rest = notes.length - NOTES_LISTED
  return [
    paint(escapeTerminal(folder.folder), 'strong', style),
    `  ${counted(records, 'record')}, ${counted(lines, 'line')}.`,
    ...[...broken, ...notes.slice(0, NOTES_LISTED)].map(finding => findingRow(finding, style)),
    ...(rest > 0 ? [`. and ${counted(rest, 'more note')}; --json lists all`] : []),
    ...heads.map(({ hash }) => `  head ${escapeTerminal(hash)}`),
    '',
  ]
}

/** Writes what verifying found: what is broken first, then what is only named, and the verdict. Ends with a newline. */
export function renderVerification({ folders }: VerificationDocument, style: Style): string {
  const broken = folders.filter(({ isIntact }) => !isIntact).length
  const records = folders.reduce((sum, folder) => sum + folder.records, 0)
  const verdict =
    broken === 0
      ? `Intact: ${counted(records, 'record')} as written.`
      : `BROKEN: in ${broken} of ${counted(folders.length, 'folder')} something is not as it was written.`
  const rows = folders.flatMap(folder => folderRows(folder, style))
  return `${[...rows, paint(verdict, broken === 0 ? undefined : 'blocked', style)].join('\n')}\n`
}
