import type { Progress, ProgressItem } from '../../apply/progress.ts'
import { displayInstant, formatInstant, type Instant } from '../../schema/instant.ts'
import { facetPath, safeName } from '../words/machine-label.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { progressCounts } from './progress-counts.ts'
import { progressLimits, waveText } from './render-progress.ts'

/** As many changed items as are told one by one. */
const FEW = 10

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  observing: 'looking at the machines again',
  submitting: 'submitting',
  awaiting: 'awaiting the ends',
  done: 'ended',
}

/** Where an item stands, in a word: its outcome, the service's status, or our state. */
function standing({ state, status, outcome }: ProgressItem): string {
  if (state === 'ended') return outcome ?? 'ended'
  return state === 'in-flight' ? (status ?? 'sent') : state
}

function itemLine(item: ProgressItem): string {
  const name = safeName(item.dnsName ?? (item.address.split('/', 1)[0] as string))
  return `${name} ${escapeTerminal(`${facetPath(item.address)}: ${item.type} ${standing(item)}`)}`
}

/** Seconds are enough for a log. */
function stamp(now: Instant): string {
  return formatInstant(`${now.slice(0, 19)}.0000000Z` as Instant)
}

/**
 * Says in plain lines what changed between two frames, for logs: nothing where nothing changed, one line per change
 * where they are few, counts where they are many. Items still queued are not told.
 *
 * @param previous - The frame told last; null before the first.
 * @returns Lines without a newline, each beginning with the time of `next`.
 */
export function progressLine(previous: Progress | null, next: Progress): readonly string[] {
  const before = new Map(previous?.items.map(item => [item.address, `${item.type} ${standing(item)}`]))
  const moved = next.items.filter(
    item => item.state !== 'queued' && before.get(item.address) !== `${item.type} ${standing(item)}`,
  )
  const entered = previous?.phase !== next.phase
  const held = next.heldUntil !== null && next.heldUntil !== previous?.heldUntil && next.heldUntil > next.now
  const limits = progressLimits(next)
  const wave = waveText(next)
  const lines = [
    ...(wave !== '' && previous?.wave?.number !== next.wave?.number ? [`${wave} begins`] : []),
    ...(entered ? [[PHASES[next.phase], ...limits].join('; ')] : []),
    ...(held && !entered ? [`submission is held back until ${displayInstant(next.heldUntil)}`] : []),
    ...(moved.length <= FEW ? moved.map(itemLine) : [progressCounts(next)]),
  ]
  return lines.map(line => `${stamp(next.now)} ${line}`)
}
