import stringWidth from 'string-width'
import { isOpen } from '../../apply/outcomes.ts'
import type { Progress, ProgressItem } from '../../apply/progress.ts'
import { formatDuration } from '../../schema/duration.ts'
import { displayInstant, type Instant, msBetween } from '../../schema/instant.ts'
import { facetPath, safeName } from '../words/machine-label.ts'
import { counted, joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import { paint, type Tone } from './paint.ts'
import { progressCounts } from './progress-counts.ts'
import { type Style, usableWidth } from './style.ts'

/** Lines of a frame where the style says nothing. */
const DEFAULT_ROWS = 20
const BAR_WIDTH = 20

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  observing: 'Looking at the machines again',
  submitting: 'Submitting',
  awaiting: 'Awaiting the ends',
  done: 'Ended',
}

/** The machines that are still worked on, the ones at the service first. */
function openItems({ items }: Progress): readonly ProgressItem[] {
  const order: Readonly<Record<ProgressItem['state'], number>> = {
    sending: 0,
    'in-flight': 1,
    queued: 2,
    ended: 3,
  }
  return items.filter(({ state }) => state !== 'ended').sort((a, b) => order[a.state] - order[b.state])
}

/** Which deadline and which quota: `until 2026-11-22 18:33Z (29m 10s left)`. */
export function progressLimits({ now, deadline, heldUntil, submitMsLeft }: Progress): readonly string[] {
  const left = (until: Instant): string =>
    `${displayInstant(until)} (${formatDuration(Math.max(0, msBetween(now, until)))} left)`
  return [
    ...(submitMsLeft > 0 ? [`the quota makes what is left take about ${formatDuration(submitMsLeft)}`] : []),
    ...(heldUntil !== null && heldUntil > now ? [`submission is held back until ${left(heldUntil)}`] : []),
    ...(deadline === null ? [] : [`waiting until ${left(deadline)}`]),
  ]
}

function barRow({ items }: Progress, style: Style): string {
  // What a signal or a deadline left open has an outcome too, and no end at the service.
  const ended = items.filter(({ outcome }) => outcome !== null && !isOpen(outcome)).length
  const filled = items.length === 0 ? BAR_WIDTH : Math.floor((BAR_WIDTH * ended) / items.length)
  const [full, empty] = style.unicode === true ? ['█', '░'] : ['#', '.']
  const bar =
    paint(full.repeat(filled), 'info', style) + paint(empty.repeat(BAR_WIDTH - filled), 'quiet', style)
  return `[${bar}] ${ended} of ${items.length} ended`
}

/** What is known of one open item: `InProgress, 1m 5s`. */
function stateText({ state, status, submittedAt }: ProgressItem, now: Instant): string {
  const word = state === 'in-flight' ? (status ?? 'sent') : state
  return submittedAt === null ? word : `${word}, ${formatDuration(Math.max(0, msBetween(submittedAt, now)))}`
}

/** Cuts a text to a width, with dots where something was cut. */
function fitted(text: string, room: number): string {
  if (stringWidth(text) <= room) return text
  let taken = ''
  for (const character of text) {
    if (stringWidth(taken + character) > room - 2) break
    taken += character
  }
  return `${taken}..`
}

/** Which wave is open: `Wave 2 of 3 (12 machines)`; empty without waves and in the end. */
export function waveText({ wave, phase }: Progress): string {
  if (wave === undefined || phase === 'done') return ''
  return `Wave ${wave.number} of ${wave.of} (${counted(wave.machines, 'machine')})`
}

/** One line, never more, so that the frame keeps its height. */
function itemRow(item: ProgressItem, now: Instant, style: Style): string {
  const tone: Tone | undefined = item.state === 'queued' ? 'quiet' : undefined
  const name = safeName(item.dnsName ?? (item.address.split('/', 1)[0] as string))
  const state = escapeTerminal(stateText(item, now), 40)
  const facet = escapeTerminal(
    `${item.type} ${facetPath(item.address).split('/').slice(1).join('/')}`.trimEnd(),
    60,
  )
  const tail = fitted(`  ${facet}  ${state}`, Math.floor(usableWidth(style) / 2))
  const head = fitted(name, usableWidth(style) - 2 - stringWidth(tail))
  return `${paint(item.state === 'queued' ? ' ' : '=', 'waiting', style)} ${paint(head + tail, tone, style)}`
}

/**
 * Draws one frame of a running apply for a terminal: the phase and counts, the limits, a bar, and the machines that are
 * still open while they fit.
 *
 * @returns At most `style.rows` lines (20 where absent), each within the width; no newline at the end.
 */
export function renderProgress(progress: Progress, style: Style): string {
  const counts = progressCounts(progress)
  const phase = joined([waveText(progress), PHASES[progress.phase]], ': ')
  const body = [span(phase, 'strong'), span(counts === '' ? '' : `: ${counts}`)]
  const head = [
    layOut({ hang: span('  '), body }, style),
    ...progressLimits(progress).map(text =>
      layOut({ lead: [span('  ')], body: [span(text, 'quiet')] }, style),
    ),
    barRow(progress, style),
  ].flatMap(row => row.split('\n'))
  const rows = style.rows ?? DEFAULT_ROWS
  const open = openItems(progress)
  const room = Math.max(0, rows - head.length)
  const shown = open.slice(0, open.length <= room ? room : Math.max(0, room - 1))
  const hidden = open.length - shown.length
  const more = hidden > 0 && room > 0 ? [paint(`  ... and ${hidden} more`, 'quiet', style)] : []
  return [...head, ...shown.map(item => itemRow(item, progress.now, style)), ...more]
    .slice(0, rows)
    .join('\n')
}
