import type { Exposure } from '../../analysis/simulate/exposure.ts'
import type { GuardFiring, SimulatedPlan, Simulation } from '../../analysis/simulate/simulate.ts'
import { formatDuration } from '../../schema/duration.ts'
import { serializeDocument } from '../documents/serialize-document.ts'
import { escapeMarkdown } from '../markdown/escape-markdown.ts'
import { codeCell } from '../markdown/markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from '../markdown/markdown-sections.ts'
import { facetPath, quoteName } from '../words/machine-label.ts'
import { counted, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Style } from './style.ts'

/** So many plans and exposures are listed for people; JSON and Markdown have more. */
const MOST = 20

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function scopeSentence({ from, to, moments, changePoints, machines, actions }: Simulation): string {
  const looked =
    moments === changePoints ? counted(moments, 'moment') : `${moments} of ${counted(changePoints, 'moment')}`
  return `${shownTime(from)} to ${shownTime(to)}: ${looked} at which something changed, ${counted(machines, 'machine')} that the policies reach, ${counted(actions, 'recorded action')}.`
}

function planSentence({ plans, changes, requests, blocked }: Simulation): string {
  if (plans.length === 0) return 'Plans: none would have changed anything.'
  const sent = `Plans: ${plans.length} different ones, ${counted(changes, 'change')}: ${listed(requests)}.`
  const stopped = listed(blocked)
  return stopped === '' ? sent : `${sent} Blocked at some moment: ${stopped}.`
}

function guardSentence({ guards }: Simulation): string {
  return guards.length === 0
    ? 'Guards: none would have stopped a plan.'
    : `Guards: ${counted(guards.length, 'time')} one would have stopped a plan.`
}

function exposureSentence({ exposure, exposures }: Simulation): string {
  if (exposures.length === 0) return 'Exposure: none; no hold that is asked for was ever missing.'
  const { contained, open, minMs, medianMs, maxMs } = exposure
  const times =
    contained === 0
      ? ''
      : `, after ${formatDuration(Number(minMs))} at least, ${formatDuration(Number(medianMs))} median, ${formatDuration(Number(maxMs))} at most`
  return `Exposure: ${counted(exposures.length, 'time')} a hold that is asked for was missing; ${contained} contained${times}; ${open} not contained at the end.`
}

/** The sentences that sum a simulation up, for every format. Not escaped. */
function sentences(simulation: Simulation): readonly string[] {
  return [
    scopeSentence(simulation),
    planSentence(simulation),
    guardSentence(simulation),
    exposureSentence(simulation),
  ]
}

function planWords({ from, to, summary, failed }: SimulatedPlan): string {
  const { impose, change, lift, run, cancel } = summary
  const counts = listed(
    Object.fromEntries(
      Object.entries({ impose, change, lift, run, cancel }).filter(([, count]) => count > 0),
    ),
  )
  const until = from === to ? '' : ` to ${shownTime(to)}`
  const stopped = failed.length === 0 ? '' : `; stopped by ${failed.join(', ')}`
  return `${shownTime(from)}${until}: ${counts}${stopped}`
}

function guardWords({ name, from, to, actual, limit }: GuardFiring): string {
  return `${name}: ${actual}, at most ${limit}, from ${shownTime(from)} to ${shownTime(to)}`
}

const ENDS: Readonly<Record<Exposure['end'], string>> = {
  contained: 'contained',
  expired: 'no longer asked for',
  open: 'not contained',
}

function exposureWords({ from, to, end, ms, requestedAt }: Exposure): string {
  const asked = requestedAt === null ? '' : `, requested ${shownTime(requestedAt)}`
  return `${formatDuration(ms)}, ${shownTime(from)} to ${shownTime(to)}, ${ENDS[end]}${asked}`
}

function nameOf({ address, dnsName }: Exposure): string {
  const [id = ''] = address.split('/')
  return `${quoteName(dnsName ?? id)} ${facetPath(address)}`
}

/** The longest exposures first. */
function byLength(exposures: readonly Exposure[]): readonly Exposure[] {
  return [...exposures].sort((a, b) => b.ms - a.ms)
}

function section(title: string, lines: readonly string[], style: Style): string {
  if (lines.length === 0) return ''
  const shown = lines
    .slice(0, MOST)
    .map(line =>
      layOut({ lead: [span('  ')], hang: span('    '), body: [span(escapeTerminal(line))] }, style),
    )
  const more = lines.length > MOST ? [`  ... ${lines.length - MOST} more, all of them in --json`] : []
  return [layOut({ body: [span(title, 'strong')] }, style), ...shown, ...more].join('\n')
}

/** Writes a simulation for people. Ends with a newline. */
export function renderSimulation(simulation: Simulation, style: Style): string {
  const { plans, guards, exposures, assumptions } = simulation
  return [
    sentences(simulation)
      .map(text => layOut({ hang: span('  '), body: [span(escapeTerminal(text))] }, style))
      .join('\n'),
    section('Plans that there would have been', plans.map(planWords), style),
    section('Guards that would have fired', guards.map(guardWords), style),
    section(
      'Exposure, the longest first',
      byLength(exposures).map(one => `${nameOf(one)}: ${exposureWords(one)}`),
      style,
    ),
    section('What this rests on', assumptions, style),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}

/** Writes a simulation for a review: under 60,000 characters, the middle of tables cut. */
export function renderSimulationMarkdown(simulation: Simulation): string {
  const { plans, guards, exposures, assumptions } = simulation
  const head = [
    '<!-- holdfast:simulate -->',
    '### Holdfast simulation',
    ...sentences(simulation).map(text => escapeMarkdown(text, 1500)),
    ...assumptions.map(text => `- ${text}`),
    '',
  ].join('\n\n')
  const sections: readonly MarkdownSection[] = [
    {
      title: `Guards that would have fired (${guards.length})`,
      open: true,
      columns: ['guard', 'counted', 'limit', 'from', 'to'],
      rows: guards.map(({ name, actual, limit, from, to }) => [
        codeCell(name),
        `${actual}`,
        `${limit}`,
        shownTime(from),
        shownTime(to),
      ]),
    },
    {
      title: `Exposure (${exposures.length})`,
      open: true,
      columns: ['machine', 'facet', 'how long', 'from', 'to', 'end', 'requested'],
      rows: byLength(exposures).map(({ address, dnsName, ms, from, to, end, requestedAt }) => [
        codeCell(quoteName(dnsName ?? (address.split('/')[0] as string))),
        codeCell(facetPath(address)),
        formatDuration(ms),
        shownTime(from),
        shownTime(to),
        ENDS[end],
        requestedAt === null ? '' : shownTime(requestedAt),
      ]),
    },
    {
      title: `Plans (${plans.length})`,
      open: false,
      columns: ['plan', 'when and what'],
      rows: plans.map(plan => [codeCell(plan.planId), escapeMarkdown(planWords(plan))]),
    },
  ]
  return head + fitSections(sections, MARKDOWN_LIMIT - head.length)
}

/** The formats that a simulation is written in. */
export const SIMULATION_FORMATS: Readonly<
  Record<'human' | 'json' | 'markdown', (simulation: Simulation, style: Style) => string>
> = { human: renderSimulation, json: serializeDocument, markdown: renderSimulationMarkdown }
