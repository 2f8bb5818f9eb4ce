import type {
  Timeline,
  TimelineBand,
  TimelineHold,
  TimelineLane,
  TimelineMark,
} from '../../analysis/explain/timeline.ts'
import { type Instant, parseInstant, toEpochMs } from '../../schema/instant.ts'
import { actorWords } from '../words/posture-words.ts'
import { actsOf, actWords, confidence, endWords, holdWords, sentences } from '../words/timeline-words.ts'
import { joined, shownTime } from '../words/words.ts'
import { type Html, html, NO_HTML } from './escape-html.ts'

/** A lane is drawn so many units wide and high, and stretched to the room there is. */
const WIDTH = 1000
const HEIGHT = 24
/** What is shorter than this is drawn so wide all the same, so that no hold is lost. */
const LEAST = 4

const SUCCEEDED = 'Succeeded'
/** What a policy wants that declares a hold as ended. */
const FREE = 'none'

/** Where a time lies on the lane, kept inside it. */
type Place = (time: string) => number

function epochOf(time: string): number {
  return toEpochMs(parseInstant(time) as Instant)
}

function placeOn({ from, to }: Timeline): Place {
  const [first, last] = [epochOf(from), epochOf(to)]
  const length = Math.max(1, last - first)
  return time => Math.min(WIDTH, Math.max(0, ((epochOf(time) - first) / length) * WIDTH))
}

function rect(kind: string, from: number, to: number, [top, height]: readonly [number, number]): Html {
  const x = Math.min(from, WIDTH - LEAST)
  const width = Math.max(LEAST, to - x)
  return html`<rect class="${kind}" x="${x.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${height}"/>`
}

/** What is declared held is a band over the whole lane, what is declared free a line at its foot. */
function bandMarkup({ until, wants }: TimelineBand, place: Place): Html {
  const shape = wants === FREE ? ([HEIGHT - 3, 3] as const) : ([0, HEIGHT] as const)
  return rect('t-declared', 0, until === null ? WIDTH : place(until), shape)
}

function holdMarkup({ from, to }: TimelineHold, place: Place): Html {
  return rect('t-impose', place(from), to === null ? WIDTH : place(to), [7, 10])
}

/** The height tells the end, so that no colour has to: whole for success, lower half for none, upper half in flight. */
function markMarkup({ createdAt, endedAt, status, effect }: TimelineMark, place: Place): Html {
  const at = place(createdAt)
  if (endedAt === null) return rect('t-waiting', at, at, [0, HEIGHT / 2])
  if (status !== SUCCEEDED) return rect('t-blocked', at, at, [HEIGHT / 2, HEIGHT / 2])
  return rect(`t-${effect}`, at, at, [0, HEIGHT])
}

function laneMarkup({ facet, declared, holds, marks }: TimelineLane, place: Place): Html {
  const parts = [
    ...declared.filter(({ expired }) => !expired).map(band => bandMarkup(band, place)),
    ...holds.map(hold => holdMarkup(hold, place)),
    ...marks.map(mark => markMarkup(mark, place)),
  ]
  return html`<div class="lane"><span class="facet">${facet}</span><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${parts}</svg></div>\n`
}

function actLines(timeline: Timeline): readonly string[] {
  return actsOf(timeline).map(act =>
    joined([`${shownTime(act.createdAt)} ${actWords(act)}`, endWords(act), `by ${actorWords(act.by)}`]),
  )
}

function legendOf({ lanes }: Timeline): string {
  const has = (is: (lane: TimelineLane) => boolean, words: string): readonly string[] =>
    lanes.some(is) ? [words] : []
  return [
    ...has(({ holds }) => holds.length > 0, 'Bar: held.'),
    ...has(
      ({ declared }) => declared.length > 0,
      'Band: declared today, since when is not known; a line at the foot: declared free.',
    ),
    ...has(
      ({ marks }) => marks.length > 0,
      'Tick: an action; the lower half alone: it did not succeed; the upper half alone: it is in flight.',
    ),
  ].join(' ')
}

/** The stretch that still holds, for the line that is seen before the figure is opened; empty where none does. */
export function heldNow({ lanes }: Timeline): string {
  return lanes
    .flatMap(({ facet, holds }) => {
      const last = holds.at(-1)
      return last === undefined || last.to !== null ? [] : [`${facet} ${holdWords(last)}`]
    })
    .join('; ')
}

/**
 * Draws the history of one machine: a lane per facet with the declaration as a band, holds as bars and actions as
 * ticks, and below it the same in words. The drawing says nothing that words do not say.
 *
 * @param listsActs - Whether the actions stand in the words too; they need not where a table has them.
 */
export function timelineFigure(timeline: Timeline, listsActs: boolean): Html {
  const place = placeOn(timeline)
  const held = sentences(timeline).map(([label, text]) => `${label}: ${text}`)
  const told = [...held, ...(listsActs ? actLines(timeline) : []), confidence(timeline)]
  const items = told.filter(text => text !== '').map(text => html`<li><bdi>${text}</bdi></li>\n`)
  return html`<div class="timeline">
${timeline.lanes.map(lane => laneMarkup(lane, place))}<div class="axis"><span>${shownTime(timeline.from)}</span><span>${shownTime(timeline.to)}</span></div>
<p class="about">${legendOf(timeline)}</p>
${items.length === 0 ? NO_HTML : html`<ul>\n${items}</ul>`}</div>\n`
}
