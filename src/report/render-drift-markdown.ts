import type { Drift, Plan } from '../plan/document.ts'
import { type DriftTelling, driftByKind, driftMark, driftVerdict, isWholeRead } from './drift-kinds.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { type Addressed, facetPath, nameMachines } from './machine-label.ts'
import { codeCell, diagnosticSection } from './markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from './markdown-sections.ts'
import { placedDiagnostic } from './placed-diagnostic.ts'
import { matchSentence, scopeNote } from './plan-verdict.ts'
import { policyPlace, shownActor } from './words.ts'

/** Kinds that ask nothing of anybody today: folded away. */
const QUIET_KINDS: ReadonlySet<string> = new Set(['undeclared', 'due'])

function driftRow(telling: DriftTelling, item: Drift, name: string): readonly string[] {
  const { address, expected, actual, actor, policy } = item
  return [
    codeCell(driftMark(telling, item).symbol),
    codeCell(name),
    codeCell(facetPath(address)),
    codeCell(expected),
    codeCell(actual),
    actor === null ? '' : codeCell(shownActor(actor)),
    policy === null ? '' : codeCell(`${policy.name} ${policyPlace(policy)}`),
  ]
}

function kindSection(
  telling: DriftTelling,
  items: readonly Drift[],
  nameOf: (item: Addressed) => string,
): MarkdownSection {
  return {
    title: `${telling.kind} (${items.length}): ${telling.title}`,
    open: !QUIET_KINDS.has(telling.kind),
    columns: ['', 'machine', 'facet', 'expected', 'actual', 'who', 'policy'],
    rows: items.map(item => driftRow(telling, item, nameOf(item))),
  }
}

/**
 * Writes the drift of a plan for an issue or a pull request: the counts first, one table per kind.
 *
 * @returns Markdown of less than 60,000 characters, whatever the drift; the totals are always there.
 */
export function renderDriftMarkdown(plan: Plan): string {
  const groups = driftByKind(plan)
  const nameOf = nameMachines(plan.drift)
  const scope = scopeNote(plan)
  const head = [
    '<!-- holdfast:drift -->',
    '### Holdfast drift',
    ...(isWholeRead(plan) ? [] : ['> **The read is incomplete:** what was not read is unknown.']),
    escapeMarkdown(driftVerdict(plan, matchSentence(plan)), 400),
    ...(scope === '' ? [] : [scope]),
    ...groups.map(({ telling }) => `- **${telling.kind}**: ${telling.wayOut}`),
    '',
  ].join('\n\n')
  const sections = [
    ...groups.map(({ telling, items }) => kindSection(telling, items, nameOf)),
    diagnosticSection(plan.diagnostics.map(placedDiagnostic)),
  ]
  return head + fitSections(sections, MARKDOWN_LIMIT - head.length)
}
