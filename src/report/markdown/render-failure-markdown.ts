import type { FailureDocument } from '../documents/failure-document.ts'
import type { Style } from '../terminal/style.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { type ReportKind, reportHeading } from '../words/report-heading.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { codeCell, diagnosticSection } from './markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT } from './markdown-sections.ts'

/**
 * Writes why there is no plan, drift or result, in the place of one, so that an earlier comment is not left to be
 * believed.
 *
 * @returns Markdown of less than 60,000 characters.
 */
export function renderFailureMarkdown(
  document: FailureDocument,
  kind: ReportKind,
  style: Partial<Style>,
): string {
  const { error, diagnostics } = document
  const head = [
    ...reportHeading(kind, 'no conclusion', style),
    `> ${codeCell(error.code)} ${escapeMarkdown(error.message, 2000)}`,
    ...(error.wayOut === undefined ? [] : [escapeMarkdown(error.wayOut, 2000)]),
    '',
  ].join('\n\n')
  const section = diagnosticSection(diagnostics.map(placedDiagnostic))
  return head + fitSections([{ ...section, open: true }], MARKDOWN_LIMIT - head.length)
}
