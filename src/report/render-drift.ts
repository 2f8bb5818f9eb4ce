import type { Drift, Plan } from '../plan/document.ts'
import {
  type DriftTelling,
  driftByKind,
  driftMark,
  driftVerdict,
  hasDrift,
  isWholeRead,
} from './drift-kinds.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { facetPath, nameMachines } from './machine-label.ts'
import { paint } from './paint.ts'
import { placedDiagnostic } from './placed-diagnostic.ts'
import { withShownTimes } from './plan-line.ts'
import { matchSentence, scopeNote } from './plan-verdict.ts'
import { renderDiagnostics } from './render-diagnostics.ts'
import type { Style } from './style.ts'
import { joined, policyPlace, shownActor } from './words.ts'

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

function itemRows(telling: DriftTelling, item: Drift, name: string, style: Style): readonly string[] {
  const mark = driftMark(telling, item)
  const background = backgroundOf(item)
  const body = [
    span(escapeTerminal(name), 'strong'),
    span(` ${escapeTerminal(facetPath(item.address))}: expected `),
    span(
      `${escapeTerminal(withShownTimes(item.expected))}, is ${escapeTerminal(withShownTimes(item.actual))}`,
    ),
  ]
  return [
    layOut({ lead: [span(mark.symbol, mark.tone), span(' ')], hang: span('    '), body }, style),
    ...(background === ''
      ? []
      : [layOut({ lead: [span('    ')], body: [span(escapeTerminal(background), 'quiet')] }, style)]),
  ]
}

function incompleteRow(plan: Plan, style: Style): string {
  if (isWholeRead(plan)) return ''
  const text = ' what follows is not all there may be, and what was not read is unknown.'
  return layOut({ hang: span('  '), body: [span('The read is incomplete:', 'error'), span(text)] }, style)
}

/** Writes the drift of a plan for people, by kind, with what to do about each. Ends with a newline. */
export function renderDrift(plan: Plan, style: Style): string {
  const nameOf = nameMachines(plan.drift)
  const groups = driftByKind(plan).map(({ telling, items }) => {
    const heading = [span(`${telling.kind} (${items.length})`, 'strong'), span(`: ${telling.title}`)]
    return [
      layOut({ lead: [span('  # ', 'quiet')], hang: span('  #   ', 'quiet'), body: heading }, style),
      ...items.flatMap(item => itemRows(telling, item, nameOf(item), style)),
      layOut({ lead: [span('  What to do: ')], hang: span('    '), body: [span(telling.wayOut)] }, style),
    ].join('\n')
  })
  const verdict = escapeTerminal(driftVerdict(plan, matchSentence(plan)))
  const scope = scopeNote(plan)
  const calm = !hasDrift(plan) && isWholeRead(plan)
  return [
    incompleteRow(plan, style),
    ...groups,
    renderDiagnostics(plan.diagnostics.map(placedDiagnostic), style).trimEnd(),
    paint(verdict, calm ? 'calm' : 'strong', style) +
      (scope === '' ? '' : `\n${layOut({ body: [span(scope)] }, style)}`),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
