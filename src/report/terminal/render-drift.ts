import type { Drift } from '../../plan/document/document.ts'
import type { DriftDocument, DriftEntry } from '../documents/drift-document.ts'
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
import { joined, policyPlace, shownActor } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint } from './paint.ts'
import { renderDiagnostics } from './render-diagnostics.ts'
import type { Style } from './style.ts'
import { cell, renderTable } from './table.ts'

/** Who and which policy: the line under an item; empty where neither is known. */
function backgroundOf({ actor, policy, kind }: Drift): string {
  const action = kind === 'stuck' && actor !== null ? `action ${actor.actionId}` : null
  return joined(
    [
      actor === null ? null : shownActor(actor),
      action,
      policy === null ? null : `${policy.name}, ${policyPlace(policy)}`,
    ],
    '; ',
  )
}

function itemRows(
  description: DriftDescription,
  item: DriftEntry,
  name: string,
  style: Style,
): readonly string[] {
  const mark = driftMark(description, item)
  const background = backgroundOf(item)
  const body = [
    span(escapeTerminal(name), 'strong'),
    span(` ${escapeTerminal(facetPath(item.address))}: expected `),
    span(`${escapeTerminal(shownValue(item.expected))}, is ${escapeTerminal(shownValue(item.actual))}`),
  ]
  return [
    layOut({ lead: [span(mark.symbol, mark.tone), span(' ')], hang: span('    '), body }, style),
    ...(background === ''
      ? []
      : [layOut({ lead: [span('    ')], body: [span(escapeTerminal(background), 'quiet')] }, style)]),
    ...(description.each === true ? [wayOutRow('    ', item.wayOut, style)] : []),
  ]
}

function wayOutRow(indent: string, wayOut: string, style: Style): string {
  const lead = [span(`${indent}What to do: `)]
  return layOut({ lead, hang: span(`${indent}  `), body: [span(escapeTerminal(wayOut))] }, style)
}

function groupRows(
  { description, items }: DriftGroup,
  nameOf: (item: Addressed) => string,
  style: Style,
): string {
  const heading = [span(`${description.kind} (${items.length})`, 'strong'), span(`: ${description.title}`)]
  return [
    layOut({ lead: [span('  # ', 'quiet')], hang: span('  #   ', 'quiet'), body: heading }, style),
    ...items.flatMap(item => itemRows(description, item, nameOf(item), style)),
    ...(description.each === true ? [] : [wayOutRow('  ', description.wayOut, style)]),
  ].join('\n')
}

function actorTable({ actors }: DriftDocument, style: Style): string {
  if (actors.length === 0) return ''
  const rows = actors.map(actor => [
    cell(escapeTerminal(driftActorName(actor))),
    cell(`${actor.count}`),
    cell(kindCounts(actor.kinds)),
  ])
  return renderTable(
    [{ title: 'who' }, { title: 'findings', whole: true }, { title: 'of which' }],
    rows,
    style,
  ).trimEnd()
}

function incompleteRow(document: DriftDocument, style: Style): string {
  if (isWholeRead(document)) return ''
  const text = ' what follows is not all there may be, and what was not read is unknown.'
  return layOut({ hang: span('  '), body: [span('The read is incomplete:', 'error'), span(text)] }, style)
}

/**
 * Writes a drift document for people: by kind, with what to do about each, by actor, and what is merely due apart. Ends
 * with a newline.
 */
export function renderDrift(document: DriftDocument, style: Style): string {
  const { drift, due, diagnostics, drifted } = document
  const nameOf = nameMachines([...drift, ...due])
  const groups = (items: readonly DriftEntry[]): readonly string[] =>
    groupByKind(items).map(group => groupRows(group, nameOf, style))
  const calm = !drifted && isWholeRead(document)
  const sentences = [asOfSentence(document), coverageSentence(document), scopeNote(document)]
  return [
    incompleteRow(document, style),
    ...groups(drift),
    actorTable(document, style),
    ...groups(due),
    renderDiagnostics(diagnostics.map(placedDiagnostic), style).trimEnd(),
    [
      paint(escapeTerminal(driftVerdict(document)), calm ? 'calm' : 'strong', style),
      ...sentences.filter(text => text !== '').map(text => layOut({ body: [span(text)] }, style)),
    ].join('\n'),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
