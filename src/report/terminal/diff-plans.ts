import { diffArrays } from 'diff'
import type { Plan } from '../../plan/document/document.ts'
import { type Addressed, facetPath, nameMachines } from '../words/machine-label.ts'
import { blockedLine, changeLine, inFlightLine, type PlanLine, shownValue } from '../words/plan-line.ts'
import { compareText, counted, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import type { Style } from './style.ts'

/** Beyond so many differing lines their order is not looked for: it would take quadratic time and tell nobody anything. */
const MAX_EDITS = 1000

/** One line of text per thing that a plan says, sorted by address. */
function itemLines(plan: Plan): readonly string[] {
  const items: readonly (readonly [Addressed, string])[] = [
    ...plan.changes.map(item => [item, lineText(item.address, changeLine(item, undefined))] as const),
    ...plan.inFlight.map(item => [item, lineText(item.address, inFlightLine(item))] as const),
    ...plan.blocked.map(item => [item, lineText(item.address, blockedLine(item))] as const),
    ...plan.drift.map(
      item =>
        [
          item,
          `drift ${facetPath(item.address)}: ${item.kind}, expected ${shownValue(item.expected)}, is ${shownValue(item.actual)}`,
        ] as const,
    ),
  ]
  const nameOf = nameMachines(items.map(([item]) => item))
  return items
    .toSorted(([a], [b]) => compareText(a.address, b.address))
    .map(([item, text]) => escapeTerminal(`${nameOf(item)} ${text}`))
}

function lineText(address: string, { mark, value, notes }: PlanLine): string {
  const said = notes.map(({ head, text }) => ` [${head} ${text}]`).join('')
  return `${mark.symbol} ${facetPath(address)}: ${value}${said}`
}

const SIDES = {
  removed: { sign: '-', tone: 'lift' },
  added: { sign: '+', tone: 'impose' },
  kept: { sign: ' ', tone: 'quiet' },
} as const satisfies Readonly<Record<string, { readonly sign: string; readonly tone: Tone }>>

interface Part {
  readonly side: keyof typeof SIDES
  readonly lines: readonly string[]
}

/** The parts of both, in order; where too much differs for that, what only one has and what both have, by name. */
function comparedParts(a: readonly string[], b: readonly string[]): readonly Part[] {
  const parts = diffArrays([...a], [...b], { maxEditLength: MAX_EDITS })
  if (parts === undefined) {
    const [first, second] = [new Set(a), new Set(b)]
    return [
      { side: 'removed', lines: a.filter(line => !second.has(line)) },
      { side: 'added', lines: b.filter(line => !first.has(line)) },
      { side: 'kept', lines: a.filter(line => second.has(line)) },
    ]
  }
  return parts.map(({ added, removed, value }) => ({
    side: removed ? 'removed' : added ? 'added' : 'kept',
    lines: value,
  }))
}

/** The id of one side, never wrapped, so that it can be copied. */
function headerRow(sign: string, tone: Tone, plan: Plan, style: Style): string {
  const made = escapeTerminal(`made ${shownTime(plan.createdAt)}`)
  return `${paint(sign, tone, style)} plan ${paint(escapeTerminal(plan.planId), 'strong', style)}, ${made}`
}

/**
 * Shows how one plan differs from another: both ids, then what only the first and only the second says, and how much
 * they share. Ends with a newline.
 */
export function diffPlans(a: Plan, b: Plan, style: Style): string {
  const parts = comparedParts(itemLines(a), itemLines(b))
  const countOf = (side: Part['side']): number =>
    parts.filter(part => part.side === side).reduce((sum, part) => sum + part.lines.length, 0)
  const rows = parts
    .filter(({ side }) => side !== 'kept')
    .flatMap(({ side, lines }) =>
      lines.map(line => {
        const { sign, tone } = SIDES[side]
        return layOut({ lead: [span(`${sign} `, tone)], hang: span('      '), body: [span(line)] }, style)
      }),
    )
  const kept = counted(countOf('kept'), 'item')
  const verdict =
    rows.length === 0
      ? `Both plans say the same (${kept}).`
      : `${countOf('removed')} only in the first, ${countOf('added')} only in the second, ${kept} in both.`
  return [
    [headerRow('-', 'lift', a, style), headerRow('+', 'impose', b, style)].join('\n'),
    rows.join('\n'),
    verdict,
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
