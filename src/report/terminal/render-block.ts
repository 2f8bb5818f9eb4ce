import type { PlanBlock } from '../views/plan-blocks.ts'
import { originOf } from '../views/plan-heading.ts'
import type { LineNote, PlanLine } from '../words/plan-line.ts'
import { followable } from '../words/ways-out.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, type Span, span } from './lay-out.ts'
import { type Style, usableWidth } from './style.ts'

/** Width of the label column with its colon, as in docs/contract.md#for-people; longer labels widen their block. */
const LABEL_WIDTH = 12
/** Below this width notes stand under the symbol column instead of under the value. */
const NARROW = 72

/** A comment line: `  # …`, every further line of it too. */
function commentRow(body: readonly Span[], style: Style): string {
  return layOut({ lead: [span('  # ', 'quiet')], hang: span('  #   ', 'quiet'), body }, style)
}

function headingRow({ machines, sentence }: PlanBlock, style: Style): string {
  const [name = ''] = machines
  const who = machines.length === 1 ? escapeTerminal(name) : `${machines.length} machines`
  return commentRow([span(who, 'strong'), span(` ${escapeTerminal(sentence)}`)], style)
}

/** The columns that the lines of one block share. */
interface Columns {
  readonly symbol: number
  readonly label: number
}

/** The facet before its colon; what has none is about the machine. */
function shownLabel(label: string): string {
  return `${label === '' ? 'machine' : label}:`
}

function columnsOf(lines: readonly PlanLine[]): Columns {
  return {
    symbol: Math.max(...lines.map(({ mark }) => mark.symbol.length)),
    label: Math.max(LABEL_WIDTH, ...lines.map(({ label }) => shownLabel(label).length + 1)),
  }
}

function noteRow({ tone, head, text }: LineNote, columns: Columns, style: Style): string {
  const indent = usableWidth(style) < NARROW ? 4 : columns.symbol + 1 + columns.label
  const body = [
    span(escapeTerminal(head), tone),
    span(` ${escapeTerminal(followable(text, style.options))}`, tone === 'quiet' ? tone : undefined),
  ]
  return layOut({ lead: [span(' '.repeat(indent))], body }, style)
}

function lineRows(
  line: PlanLine,
  home: string | undefined,
  columns: Columns,
  style: Style,
): readonly string[] {
  const { mark, label, value, notes, policy } = line
  const lead = [
    span(mark.symbol.padEnd(columns.symbol), mark.tone),
    span(` ${shownLabel(label).padEnd(columns.label)}`),
  ]
  const origin =
    policy === null || policy.name === home
      ? []
      : [{ tone: 'quiet', head: 'policy', text: originOf(policy) } as const]
  return [
    layOut(
      { lead, body: [span(escapeTerminal(value), mark.tone === 'waiting' ? 'quiet' : undefined)] },
      style,
    ),
    ...[...origin, ...notes].map(note => noteRow(note, columns, style)),
  ]
}

/**
 * Writes one block of a plan: who and what, which policy, one line per facet behind its symbol, what is to be said under
 * each, and the names where several machines share it.
 */
export function renderBlock(block: PlanBlock, style: Style): string {
  const columns = columnsOf(block.lines)
  const home = block.lines[0]?.policy?.name
  const names = block.machines.map(machine => escapeTerminal(machine)).join(', ')
  return [
    headingRow(block, style),
    ...(block.origin === '' ? [] : [commentRow([span(`(${escapeTerminal(block.origin)})`, 'quiet')], style)]),
    ...block.lines.flatMap(line => lineRows(line, home, columns, style)),
    ...(block.machines.length === 1 ? [] : [layOut({ lead: [span('    ')], body: [span(names)] }, style)]),
  ].join('\n')
}
