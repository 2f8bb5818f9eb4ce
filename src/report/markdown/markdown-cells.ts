import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { LineNote } from '../words/plan-line.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import type { MarkdownSection } from './markdown-sections.ts'

/** The longest name or code in a cell. */
const NAME_LIMIT = 253

/** Shows a text as code: no filter of the site looks into it. */
export function codeCell(text: string): string {
  return text === '' ? '' : `<code>${escapeMarkdown(text, NAME_LIMIT)}</code>`
}

/** `<code>held-by-other</code> alice isolated it`, one note per line of the cell. */
export function noteCell(notes: readonly LineNote[]): string {
  return notes
    .map(({ head, text }) => `${escapeMarkdown(head, NAME_LIMIT)} ${escapeMarkdown(text)}`)
    .join('<br>')
}

/** The diagnostics as a section: open where one is an error. */
export function diagnosticSection(diagnostics: readonly Diagnostic[]): MarkdownSection {
  return {
    title: `Diagnostics (${diagnostics.length})`,
    open: diagnostics.some(({ severity }) => severity === 'error'),
    columns: ['', 'code', 'message', 'place'],
    rows: diagnostics.map(({ severity, code, message, place }) => [
      severity,
      codeCell(code),
      escapeMarkdown(message),
      place === undefined ? '' : codeCell(`${place.file}:${place.line}:${place.column}`),
    ]),
  }
}
