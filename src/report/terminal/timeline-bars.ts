import type { Timeline, TimelineLane, TimelineMark } from '../../analysis/explain/timeline.ts'
import { fromEpochMs, type Instant, parseInstant, toEpochMs } from '../../schema/instant.ts'

/** One lane drawn in characters, each row as wide as was asked for. */
export interface LaneBars {
  readonly facet: string
  /** What was in effect; empty for a facet that is no hold. */
  readonly is: string
  /** What the policies of today ask; empty where none does. */
  readonly want: string
  /** When actions were created. */
  readonly acts: string
}

/** A character for each level of a hold; no two begin with the same letter. */
const LEVELS: Readonly<Record<string, string>> = {
  none: '0',
  full: 'F',
  selective: 'S',
  unmanaged: 'U',
  restricted: 'R',
  unknown: '?',
}
const NOTHING = '.'
const DECLARED = 'D'
const CONTRADICTION = '?'
const SEVERAL = '*'

/** What the characters mean, for those that are there. */
const MEANINGS: readonly (readonly [character: string, meaning: string])[] = [
  ['F', 'full'],
  ['S', 'selective'],
  ['U', 'unmanaged'],
  ['R', 'restricted'],
  ['0', 'declared free'],
  ['D', 'declared'],
  ['+', 'impose'],
  ['-', 'lift'],
  ['>', 'run'],
  ['=', 'in flight'],
  ['!', 'ended without success'],
  [SEVERAL, 'several'],
  ['?', 'unknown'],
]

const EFFECTS = { impose: '+', lift: '-', run: '>' } as const

/** The columns of a stretch of time: a time to its column, and a column to the time at which it ends. */
interface Scale {
  column(time: string): number
  end(column: number): Instant
}

function epochOf(time: string): number {
  return toEpochMs(parseInstant(time) as Instant)
}

function scaleOf({ from, to }: Pick<Timeline, 'from' | 'to'>, width: number): Scale {
  const [first, last] = [epochOf(from), epochOf(to)]
  const step = Math.max(1, last - first) / width
  return {
    column: time => Math.min(width - 1, Math.floor((epochOf(time) - first) / step)),
    end: column => fromEpochMs(first + (column + 1) * step),
  }
}

/** The hold in effect; one shorter than a column is drawn all the same, so that none is lost. */
function effective({ holds }: TimelineLane, scale: Scale, width: number): string {
  const row: string[] = Array.from({ length: width }, () => NOTHING)
  for (const { from, to, level } of holds) {
    const last = to === null ? width - 1 : Math.max(scale.column(from), scale.column(to) - 1)
    for (let at = Math.max(0, scale.column(from)); at <= last; at += 1) row[at] = LEVELS[level] as string
  }
  return row.join('')
}

/** What live policies together ask: the stronger of full and selective, and no answer to other contradictions. */
function joinedWants(wants: readonly string[], isHold: boolean): string {
  const [first, ...others] = [...new Set(wants)].sort()
  if (first === undefined) return NOTHING
  if (!isHold) return DECLARED
  if (others.length === 0) return LEVELS[first] as string
  return others.join() === 'selective' && first === 'full' ? (LEVELS['full'] as string) : CONTRADICTION
}

function wanted({ facet, declared }: TimelineLane, scale: Scale, width: number): string {
  if (declared.length === 0) return ''
  const isHold = facet === 'isolated' || facet === 'restricted'
  const ends = declared.map(({ until }) => (until === null ? undefined : parseInstant(until)))
  return Array.from({ length: width }, (_, column) => {
    const end = scale.end(column)
    const live = declared.filter((_band, at) => ends[at] === undefined || (ends[at] as Instant) >= end)
    return joinedWants(
      live.map(({ wants }) => wants),
      isHold,
    )
  }).join('')
}

/** The character of an action: what it does, or how it ended where that was without success. */
export function markSymbol({ endedAt, status, effect }: TimelineMark): string {
  if (endedAt === null) return '='
  return status === 'Succeeded' ? EFFECTS[effect] : '!'
}

function acted({ marks }: TimelineLane, scale: Scale, width: number): string {
  const row: string[] = Array.from({ length: width }, () => NOTHING)
  for (const mark of marks) {
    const at = Math.max(0, scale.column(mark.createdAt))
    row[at] = row[at] === NOTHING ? markSymbol(mark) : SEVERAL
  }
  return row.join('')
}

/** Draws the lanes of a timeline in rows of `width` ASCII characters that lie one below the other. */
export function timelineBars(timeline: Timeline, width: number): readonly LaneBars[] {
  const scale = scaleOf(timeline, width)
  return timeline.lanes.map(lane => ({
    facet: lane.facet,
    is: lane.facet === 'isolated' || lane.facet === 'restricted' ? effective(lane, scale, width) : '',
    want: wanted(lane, scale, width),
    acts: lane.marks.length === 0 ? '' : acted(lane, scale, width),
  }))
}

/** What the characters that are there mean: `F full, + impose`. */
export function barLegend(bars: readonly LaneBars[]): string {
  const used = new Set(bars.flatMap(({ is, want, acts }) => [...is, ...want, ...acts]))
  return MEANINGS.filter(([character]) => used.has(character))
    .map(([character, meaning]) => `${character} ${meaning}`)
    .join(', ')
}
