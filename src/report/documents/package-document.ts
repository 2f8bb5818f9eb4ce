import type { Target } from '../../plan/document/document.ts'
import { formatBytes } from '../terminal/download-progress.ts'
import { escapeTerminal } from '../terminal/escape-terminal.ts'
import { paint } from '../terminal/paint.ts'
import type { Style } from '../terminal/style.ts'
import { safeName } from '../words/machine-label.ts'
import { shownTime } from '../words/words.ts'
import type { DocumentExit } from './document-exit.ts'

/** The document of `package download`. Never holds a link. */
export interface PackageDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  readonly target: Target
  readonly machine: { readonly id: string; readonly dnsName: string | null }
  readonly actionId: string
  /** When the collection ended. */
  readonly collectedAt: string
  /** Whether this run asked for the collection. */
  readonly submitted: boolean
  /** Relative to the working directory. */
  readonly file: string
  readonly size: number
  /** 64 hex digits. */
  readonly sha256: string
  /** How often the connection broke on the way. */
  readonly breaks: number
}

/** Writes where a package went and what it is, for people. Ends with a newline. */
export function renderPackage(document: PackageDocument, style: Style): string {
  const { machine, file, size, sha256, collectedAt } = document
  const name = safeName(machine.dnsName ?? machine.id)
  const time = escapeTerminal(shownTime(collectedAt))
  return [
    `Package of ${paint(name, 'strong', style)}, collected ${time}:`,
    `  file    ${escapeTerminal(file)}`,
    `  size    ${formatBytes(size)} (${size} bytes)`,
    `  sha256  ${escapeTerminal(sha256)}`,
    '',
  ].join('\n')
}
