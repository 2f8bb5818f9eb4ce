import type { Comparison } from '../../plan/document/document.ts'
import { type ComparedLine, comparisonParts, guardWords, policyWords } from '../words/comparison-parts.ts'
import { facetPath } from '../words/machine-label.ts'
import type { PlanLine } from '../words/plan-line.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { codeCell, noteCell } from './markdown-cells.ts'
import type { MarkdownSection } from './markdown-sections.ts'

const COLUMNS = ['', 'machine', 'facet', 'change', 'policy', 'notes'] as const

/** What the base says of an altered thing: `+ none -> full`, then what differs. */
function wasCell(was: PlanLine | null, fields: readonly string[]): string {
  return was === null
    ? ''
    : `was ${codeCell(`${was.mark.symbol} ${was.value}`)} ${codeCell(policyWords(was))} (${escapeMarkdown(fields.join(', '))})`
}

function row({ address, name, line, was, fields }: ComparedLine): readonly string[] {
  return [
    codeCell(line.mark.symbol.trim()),
    codeCell(name),
    codeCell(facetPath(address)),
    codeCell(line.value),
    codeCell(policyWords(line)),
    [wasCell(was, fields), noteCell(line.notes)].filter(cell => cell !== '').join('<br>'),
  ]
}

/** What a declaration changes against another, as tables of a Markdown report. */
export function comparisonSections(comparison: Comparison): readonly MarkdownSection[] {
  return [
    {
      title: 'Guards that differ',
      open: true,
      columns: ['guard'],
      rows: comparison.guards.map(guard => [codeCell(guardWords(guard))]),
    },
    ...comparisonParts(comparison).map(({ title, lines }) => ({
      title: `${title} (${lines.length})`,
      open: true,
      columns: COLUMNS,
      rows: lines.map(row),
    })),
  ]
}
