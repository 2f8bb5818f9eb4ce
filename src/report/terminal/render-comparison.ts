import type { Comparison } from '../../plan/document/document.ts'
import {
  type ComparedLine,
  type ComparisonPart,
  comparisonParts,
  comparisonVerdict,
  guardWords,
  policyWords,
} from '../words/comparison-parts.ts'
import { facetPath } from '../words/machine-label.ts'
import type { LineNote, PlanLine } from '../words/plan-line.ts'
import { counted, joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Style } from './style.ts'

/** How many things of each way are shown; the JSON document has them all. */
const SHOWN = 50

function noteRow({ head, text, tone }: LineNote, style: Style): string {
  const body = [span(escapeTerminal(head), tone), span(` ${escapeTerminal(text)}`)]
  return layOut({ lead: [span('      ')], body }, style)
}

/** `none -> full (contain, until …)`, after the facet's name. */
function saidOf(line: PlanLine): string {
  const policy = policyWords(line)
  return escapeTerminal(`${line.value}${policy === '' ? '' : ` (${policy})`}`)
}

function itemRows({ address, name, line, was, fields }: ComparedLine, style: Style): readonly string[] {
  const { symbol, tone } = line.mark
  const what = escapeTerminal(joined([name, facetPath(address)], ' '))
  const lead = [span(symbol.padEnd(3), tone), span(' ')]
  const before =
    was === null
      ? []
      : [
          layOut(
            {
              lead: [span('      was '), span(`${was.mark.symbol} `, was.mark.tone)],
              hang: span('          '),
              body: [
                span(
                  `${saidOf(was)}${fields[0] === 'list' ? '' : `; differs in ${escapeTerminal(fields.join(', '))}`}`,
                ),
              ],
            },
            style,
          ),
        ]
  return [
    layOut({ lead, hang: span('      '), body: [span(what, 'strong'), span(`: ${saidOf(line)}`)] }, style),
    ...before,
    ...line.notes.map(note => noteRow(note, style)),
  ]
}

function partText({ title, lines }: ComparisonPart, style: Style): string {
  const hidden = lines.length - SHOWN
  const more = [span(`… ${counted(hidden, 'more item')}: --json lists them all.`)]
  return [
    layOut({ lead: [span('# ', 'strong')], body: [span(`${title} (${lines.length})`, 'strong')] }, style),
    ...lines.slice(0, SHOWN).flatMap(line => itemRows(line, style)),
    ...(hidden > 0 ? [layOut({ lead: [span('    ')], body: more }, style)] : []),
  ].join('\n')
}

/**
 * Writes for people what a declaration changes against another: what is new, what no longer is, what is altered, and
 * how much the tenant needs anyway. Ends with a newline.
 */
export function renderComparison(comparison: Comparison, style: Style): string {
  const guards = comparison.guards.map(guard =>
    layOut(
      { lead: [span('~ ', 'warning')], body: [span(`guard ${escapeTerminal(guardWords(guard))}`)] },
      style,
    ),
  )
  return [
    ...comparisonParts(comparison).map(part => partText(part, style)),
    guards.join('\n'),
    layOut({ body: [span(escapeTerminal(comparisonVerdict(comparison)))] }, style),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
