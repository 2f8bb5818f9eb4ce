import type { DriftDocument, DriftEntry } from '../documents/drift-document.ts'
import type { Style } from '../terminal/style.ts'
import { type DriftDescription, driftMark } from '../words/drift-kinds.ts'
import {
  asOfSentence,
  coverageSentence,
  type DriftGroup,
  driftActorName,
  driftVerdict,
  groupByKind,
  isWholeRead,
  kindCounts,
} from '../words/drift-verdict.ts'
import { type Addressed, facetPath, nameMachines } from '../words/machine-label.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { shownValue } from '../words/plan-line.ts'
import { scopeNote } from '../words/plan-verdict.ts'
import { reportHeading } from '../words/report-heading.ts'
import { policyPlace, shownActor } from '../words/words.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { codeCell, diagnosticSection } from './markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from './markdown-sections.ts'

/** Kinds that ask nothing of anybody today: folded away. */
const QUIET_KINDS: ReadonlySet<string> = new Set(['undeclared', 'due'])

function driftRow(description: DriftDescription, item: DriftEntry, name: string): readonly string[] {
  const { address, expected, actual, actor, policy, wayOut } = item
  return [
    codeCell(driftMark(description, item).symbol),
    codeCell(name),
    codeCell(facetPath(address)),
    codeCell(shownValue(expected)),
    codeCell(shownValue(actual)),
    actor === null ? '' : codeCell(shownActor(actor)),
    policy === null ? '' : codeCell(`${policy.name} ${policyPlace(policy)}`),
    ...(description.each === true ? [escapeMarkdown(wayOut)] : []),
  ]
}

function kindSection(
  { description, items }: DriftGroup,
  nameOf: (item: Addressed) => string,
): MarkdownSection {
  const columns = ['', 'machine', 'facet', 'expected', 'actual', 'who', 'policy']
  return {
    title: `${description.kind} (${items.length}): ${description.title}`,
    open: !QUIET_KINDS.has(description.kind),
    columns: description.each === true ? [...columns, 'what to do'] : columns,
    rows: items.map(item => driftRow(description, item, nameOf(item))),
  }
}

function actorSection({ actors }: DriftDocument): MarkdownSection {
  return {
    title: 'Who moved it',
    open: true,
    columns: ['who', 'findings', 'of which'],
    rows: actors.map(actor => [codeCell(driftActorName(actor)), `${actor.count}`, kindCounts(actor.kinds)]),
  }
}

/**
 * Writes a drift document for an issue or a pull request: the counts first, one table per kind, who moved it, and what
 * is merely due apart.
 *
 * @returns Markdown of less than 60,000 characters, whatever the drift; the totals are always there.
 */
export function renderDriftMarkdown(document: DriftDocument, style: Partial<Style> = {}): string {
  const { drift, due, diagnostics } = document
  const nameOf = nameMachines([...drift, ...due])
  const groups = groupByKind(drift)
  const late = groupByKind(due)
  const notes = [asOfSentence(document), coverageSentence(document), scopeNote(document)]
  const head = [
    ...reportHeading('drift', '', style),
    ...(isWholeRead(document) ? [] : ['> **The read is incomplete:** what was not read is unknown.']),
    escapeMarkdown(driftVerdict(document), 400),
    ...notes.filter(note => note !== '').map(note => escapeMarkdown(note)),
    ...[...groups, ...late].map(({ description }) => `- **${description.kind}**: ${description.wayOut}`),
    '',
  ].join('\n\n')
  const sections = [
    ...groups.map(group => kindSection(group, nameOf)),
    actorSection(document),
    ...late.map(group => kindSection(group, nameOf)),
    diagnosticSection(diagnostics.map(placedDiagnostic)),
  ]
  return head + fitSections(sections, MARKDOWN_LIMIT - head.length)
}
