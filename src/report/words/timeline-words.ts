import type { Timeline, TimelineBand, TimelineHold, TimelineMark } from '../../analysis/explain/timeline.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import { actorWords } from './posture-words.ts'
import { compareText, joined, policyPlace, shownTime } from './words.ts'

/** From when to when. */
export function lengthOf({ from, to }: Timeline): string {
  return `${shownTime(from)} to ${shownTime(to)}`
}

/** What is not known of the time before; empty where everything is. */
export function confidence({ wholeLife, historyFrom }: Timeline): string {
  return wholeLife
    ? ''
    : `Before ${shownTime(historyFrom)} nothing is known: the machine is older than the history that is read.`
}

/** What the rows named `want` mean; empty where there is none. */
export function wantNote({ lanes }: Timeline): string {
  return lanes.some(({ declared }) => declared.length > 0)
    ? '`want` is what the policies of today ask; since when they do is not known.'
    : ''
}

/** One stretch of a hold in words. Not escaped. */
export function holdWords({ level, from, to, by, endedBy, lapsed, until }: TimelineHold): string {
  const who = [...new Set(by.map(actorWords))].join(' and by ')
  const end = to === null ? openEnd(until) : closedEnd(to, endedBy, lapsed === true)
  return `${level} from ${shownTime(from)} by ${who}, ${end}`
}

function openEnd(until: string | undefined): string {
  return until === undefined ? 'until now' : `until now, and ends by itself ${shownTime(until)}`
}

function closedEnd(to: string, endedBy: TimelineHold['endedBy'], hasLapsed: boolean): string {
  const who = endedBy === null ? '' : ` by ${actorWords(endedBy)}`
  return `until ${shownTime(to)}${hasLapsed ? ', when it ended by itself' : who}`
}

function bandWords({ wants, policy, until, expired }: TimelineBand): string {
  const end = until === null ? null : `${expired ? 'expired' : 'until'} ${shownTime(until)}`
  return joined([`${wants} by ${policy.name} ${policyPlace(policy)}`, end])
}

/** The sentences below the bars: what was held, and what is asked. Not escaped. */
export function sentences({ lanes }: Timeline): readonly (readonly [label: string, text: string])[] {
  return lanes.flatMap(({ facet, holds, declared }) => [
    ...holds.map(hold => [facet, holdWords(hold)] as const),
    ...declared.map(band => [`${facet}, declared`, bandWords(band)] as const),
  ])
}

/** An action and the facet it is about. */
export interface Act extends TimelineMark {
  readonly facet: string
}

/** Every action of every facet, the oldest first. */
export function actsOf({ lanes }: Timeline): readonly Act[] {
  const acts = lanes.flatMap(({ facet, marks }) => marks.map(mark => ({ facet, ...mark })))
  const instantOf = ({ createdAt }: Act): string => parseInstant(createdAt) as Instant
  return acts.sort((a, b) => compareText(instantOf(a), instantOf(b)))
}

/** What was asked. */
export function actWords({ type, scope }: TimelineMark): string {
  return scope === null ? type : `${type} (${scope.toLowerCase()})`
}

/** How it ended, and when. */
export function endWords({ status, endedAt }: TimelineMark): string {
  return endedAt === null ? status : `${status} ${shownTime(endedAt)}`
}
