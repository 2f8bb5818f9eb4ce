import type { Comparison } from '../../plan/document/document.ts'
import { type ComparedLine, comparisonParts, guardWords, policyWords } from '../words/comparison-parts.ts'
import { facetPath } from '../words/machine-label.ts'
import { joined } from '../words/words.ts'
import type { PageTable } from './page-model.ts'

function row({ address, name, line, was, fields }: ComparedLine): readonly string[] {
  const before = was === null ? '' : joined([`${was.mark.symbol} ${was.value}`, policyWords(was)])
  return [
    line.mark.symbol,
    name,
    facetPath(address),
    line.value,
    policyWords(line),
    joined(
      [
        before && `${before} (${fields.join(', ')})`,
        ...line.notes.map(({ head, text }) => `${head} ${text}`),
      ],
      '; ',
    ),
  ]
}

/** What a declaration changes against another, as tables of a page. */
export function comparisonTables(comparison: Comparison): readonly PageTable[] {
  return [
    {
      title: 'Guards that differ',
      columns: ['Guard'],
      rows: comparison.guards.map(guard => [guardWords(guard)]),
    },
    ...comparisonParts(comparison).map(({ title, lines }) => ({
      title: `${title} (${lines.length})`,
      columns: ['Sign', 'Machine', 'Facet', 'Change', 'Policy', 'Was, and notes'],
      rows: lines.map(row),
    })),
  ]
}
