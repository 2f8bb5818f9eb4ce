import type { Blocked, Change, Drift, InFlight, Note, PolicyReference } from '../../plan/document/document.ts'
import { displayInstant, parseInstant } from '../../schema/instant.ts'
import type { Tone } from '../terminal/paint.ts'
import { FACET_ORDER } from '../views/plan-heading.ts'
import { facetPath } from './machine-label.ts'
import { MARKS, type Mark, markOf } from './symbol.ts'
import { joined, shownActor, shownTime } from './words.ts'

/** Something said under a line: its heading word in a tone, and the sentence. Not yet escaped. */
export interface LineNote {
  readonly tone: Tone
  readonly head: string
  readonly text: string
}

/** One line of a machine's block: a symbol, a facet and what becomes of it. Texts are not yet escaped. */
export interface PlanLine {
  readonly mark: Mark
  /** `isolated`, or empty where the machine as a whole is meant. */
  readonly label: string
  readonly value: string
  readonly notes: readonly LineNote[]
  readonly policy: PolicyReference | null
}

const DOCUMENT_TIME = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g

/**
 * Writes a document's value as people read it, its times too: `full 2026-11-20 10:00Z`. What a document calls unknown is
 * an isolation whose scope the service does not tell. Not escaped.
 */
export function shownValue(value: string): string {
  if (value === 'unknown') return 'held, scope unknown'
  return value.replace(DOCUMENT_TIME, text => {
    const instant = parseInstant(text)
    return instant === undefined ? text : displayInstant(instant)
  })
}

/** `none -> full`, with the key of a list facet before it. */
export function shownTransition(address: string, before: string, after: string): string {
  const [, ...key] = facetPath(address).split('/')
  const prefix = key.length === 0 ? '' : `${key.join('/')}, `
  return `${prefix}${shownValue(before)} -> ${shownValue(after)}`
}

/** The facet alone: `isolated` of `<machineId>/isolated`; empty where the address names none. */
export function facetLabel(address: string): string {
  const label = facetPath(address).split('/', 1)[0] as string
  return FACET_ORDER.includes(label) ? label : ''
}

/** What a change's own line says of the actions it cancels and the facets it waits for. */
function changeNotes(change: Change): readonly LineNote[] {
  const notes: LineNote[] = []
  const cancelled = change.requests.flatMap(request => (request.type === 'Cancel' ? [request.actionId] : []))
  const awaited = change.dependsOn.map(facetPath)
  if (cancelled.length > 0) notes.push({ tone: 'quiet', head: 'cancels', text: cancelled.join(', ') })
  if (awaited.length > 0) notes.push({ tone: 'quiet', head: 'waits for', text: awaited.join(', ') })
  return [...notes, ...change.warnings.map(warningNote)]
}

function warningNote({ code, message }: Note): LineNote {
  return { tone: 'warning', head: `warning[${code}]:`, text: message }
}

/** What a change's line says of the drift that it answers. */
function driftNotes(drift: Drift | undefined, head = drift?.kind.replaceAll('-', ' ')): readonly LineNote[] {
  if (drift === undefined || drift.actor === null) return []
  return [{ tone: 'quiet', head: `${head}:`, text: shownActor(drift.actor) }]
}

/** The line of a change, with the drift at its address where there is one. */
export function changeLine(change: Change, drift: Drift | undefined): PlanLine {
  const onlyCancels = change.operations.join() === 'cancel'
  return {
    mark: markOf(change.operations),
    label: facetLabel(change.address),
    value: onlyCancels
      ? `stays ${change.after}`
      : shownTransition(change.address, change.before, change.after),
    notes: [...changeNotes(change), ...driftNotes(drift)],
    policy: change.policy,
  }
}

/** The line of an action in flight. */
export function inFlightLine(flight: InFlight): PlanLine {
  const [, ...key] = facetPath(flight.address).split('/')
  return {
    mark: MARKS.waiting,
    label: facetLabel(flight.address),
    value: joined([
      key.join('/'),
      `${flight.type} ${flight.status} since ${shownTime(flight.since)}`,
      flight.own ? 'own' : `by ${flight.requestor ?? 'somebody unknown'}`,
      flight.until === undefined ? null : `until ${shownTime(flight.until)} at the earliest`,
      flight.awaited ? null : 'not awaited',
      flight.actionId,
    ]),
    notes: flight.warnings.map(warningNote),
    policy: null,
  }
}

/** The line of a blocked item, and under it the code and the way out. */
export function blockedLine(blocked: Blocked): PlanLine {
  const { before, after } = blocked
  return {
    mark: MARKS.blocked,
    label: facetLabel(blocked.address),
    value:
      before === null || after === null ? 'not planned' : shownTransition(blocked.address, before, after),
    notes: [{ tone: 'blocked', head: `${blocked.code}:`, text: blocked.message }],
    policy: blocked.policy,
  }
}

const UNDECLARED: Readonly<Partial<Record<Drift['kind'], string>>> = {
  orphaned: 'no policy declares it any more; `--prune` lifts it',
  expired: 'the policy has expired and only reports it',
}

/** Says whether drift is shown as a line of its own in a plan: a hold of ours that is no longer declared. */
export function isUndeclared(drift: Drift): boolean {
  return UNDECLARED[drift.kind] !== undefined
}

/** The line of a hold that is no longer declared and that the plan leaves alone. */
export function undeclaredLine(drift: Drift): PlanLine {
  return {
    mark: MARKS.undeclared,
    label: facetLabel(drift.address),
    value: `${drift.actual}, ${drift.kind}: ${UNDECLARED[drift.kind]}`,
    notes: driftNotes(drift, 'set by'),
    policy: drift.policy,
  }
}
