import type { Timeline } from '../../analysis/explain/timeline.ts'
import { serializeDocument } from '../documents/serialize-document.ts'
import { renderTimelineHtml } from '../html/render-timeline-html.ts'
import { escapeMarkdown } from '../markdown/escape-markdown.ts'
import { codeCell } from '../markdown/markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from '../markdown/markdown-sections.ts'
import { quoteName, safeName } from '../words/machine-label.ts'
import { actorWords } from '../words/posture-words.ts'
import {
  type Act,
  actsOf,
  actWords,
  confidence,
  endWords,
  lengthOf,
  sentences,
  wantNote,
} from '../words/timeline-words.ts'
import { joined, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { type Style, usableWidth } from './style.ts'
import { barLegend, type LaneBars, markSymbol, timelineBars } from './timeline-bars.ts'

/** `isolated  want  ` before a bar: the longest facet and the longest row name. */
const LABEL = 20
/** Wider bars say nothing more, and run out of sight where the output is a file. */
const WIDEST = 100
/** The bars in a Markdown code block. */
const MARKDOWN_BARS = 64

function laneRows({ facet, is, want, acts }: LaneBars): readonly (readonly [label: string, bar: string])[] {
  const rows = [['is', is] as const, ['want', want] as const, ['acts', acts] as const]
  return rows
    .filter(([, bar]) => bar !== '')
    .map(([name, bar], index) => {
      return [`${(index === 0 ? facet : '').padEnd(LABEL - 6)}${name.padEnd(6)}`, bar]
    })
}

function actRow(act: Act, style: Style): string {
  const text = joined([actWords(act), endWords(act), `by ${actorWords(act.by)}`])
  const lead = [span(`${shownTime(act.createdAt).padEnd(17)} ${markSymbol(act)} `)]
  return layOut({ lead, hang: span('    '), body: [span(escapeTerminal(text))] }, style)
}

/** Writes a timeline for people: bars that lie one below the other, who held what, every action. Ends with a newline. */
export function renderTimeline(timeline: Timeline, style: Style): string {
  const width = Math.min(WIDEST, usableWidth(style) - LABEL)
  const bars = timelineBars(timeline, width)
  const title = `${safeName(timeline.machine.dnsName ?? timeline.machine.id)}: ${lengthOf(timeline)}`
  const told = sentences(timeline).map(([label, text]) =>
    layOut({ hang: span('  '), body: [span(`${label}:`, 'quiet'), span(` ${escapeTerminal(text)}`)] }, style),
  )
  const acts = actsOf(timeline).map(act => actRow(act, style))
  const notes = [wantNote(timeline), confidence(timeline)].filter(text => text !== '')
  return [
    layOut({ body: [span(title, 'strong')] }, style),
    bars
      .map(lane =>
        laneRows(lane)
          .map(([label, bar]) => `${label}${bar}`)
          .join('\n'),
      )
      .join('\n'),
    layOut({ body: [span(barLegend(bars), 'quiet')] }, style),
    told.join('\n'),
    acts.length === 0 ? 'No action is known in this time.' : acts.join('\n'),
    notes.map(text => layOut({ body: [span(text)] }, style)).join('\n'),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}

function actSection(timeline: Timeline): MarkdownSection {
  const acts = actsOf(timeline)
  return {
    title: `Actions (${acts.length})`,
    open: true,
    columns: ['created', 'action', 'status', 'ended', 'who', 'id'],
    rows: acts.map(act => [
      shownTime(act.createdAt),
      codeCell(actWords(act)),
      codeCell(act.status),
      act.endedAt === null ? '' : shownTime(act.endedAt),
      codeCell(actorWords(act.by)),
      codeCell(act.by.actionId),
    ]),
  }
}

/** Writes a timeline for an incident ticket: under 60,000 characters, the middle of tables cut. */
export function renderTimelineMarkdown(timeline: Timeline): string {
  const { machine } = timeline
  const bars = timelineBars(timeline, MARKDOWN_BARS)
  const rows = bars.flatMap(lane => laneRows(lane).map(([label, bar]) => `${label}${bar}`))
  const notes = [wantNote(timeline), confidence(timeline)].filter(text => text !== '')
  const head = [
    '<!-- holdfast:timeline -->',
    `### Holdfast timeline: ${escapeMarkdown(quoteName(machine.dnsName ?? machine.id), 253)}`,
    lengthOf(timeline),
    `\`\`\`text\n${[...rows, '', barLegend(bars)].join('\n').trimEnd()}\n\`\`\``,
    ...notes,
    '',
  ].join('\n\n')
  const held: MarkdownSection = {
    title: 'Held and declared',
    open: true,
    columns: ['facet', ''],
    rows: sentences(timeline).map(([label, text]) => [label, escapeMarkdown(text, 1500)]),
  }
  return head + fitSections([held, actSection(timeline)], MARKDOWN_LIMIT - head.length)
}

/** The formats that a timeline is written in. */
export const TIMELINE_FORMATS: Readonly<
  Record<'human' | 'json' | 'markdown' | 'html', (timeline: Timeline, style: Style) => string>
> = {
  human: renderTimeline,
  json: serializeDocument,
  markdown: renderTimelineMarkdown,
  html: renderTimelineHtml,
}
