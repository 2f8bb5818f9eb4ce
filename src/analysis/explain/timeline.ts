import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { describeMachine } from '../../plan/assemble/write-items.ts'
import { hasExpired } from '../../plan/claim/compose.ts'
import type { Actor, PlanMachine, PolicyReference, Target } from '../../plan/document/document.ts'
import { indexMachines, type PolicyMatch, resolvePolicies } from '../../plan/select/resolve.ts'
import { foldHold, type HoldPosture } from '../../posture/fold-hold.ts'
import { compareText, type MachineHistory } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { levelStretches } from '../../posture/hold-stretches.ts'
import { HOLD_PAIRS, type HoldLevel, type HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { postureActor } from '../../posture/machine-posture.ts'
import type { OwnNames } from '../../posture/marker.ts'
import { type ActionMethod, methodOf } from '../../posture/methods.ts'
import { hasEnded } from '../../posture/status.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'
import { isWholeLife } from './explain-facet.ts'
import { wishesOf } from './policy-wishes.ts'

/** Who asked for an action, and the policy of its marker. */
export interface TimelineActor extends Actor {
  readonly policy: string | null
}

/** A stretch of time in which one level of a hold was in effect. */
export interface TimelineHold {
  /** When the first impose of it succeeded. */
  readonly from: string
  /** When it was lifted or replaced by another level; null where it still holds. */
  readonly to: string | null
  readonly level: HoldLevel
  /** Everybody whose succeeded request it rests on, the first one first. */
  readonly by: readonly TimelineActor[]
  /** Who lifted or replaced it; null also where it ended by itself and nobody wrote that down. */
  readonly endedBy: TimelineActor | null
  /** Whether the service ended it by itself; absent where it did not. */
  readonly lapsed?: true
  /** When the service will end it; absent where it has ended or stays until it is lifted. */
  readonly until?: string
}

/** One action: a point where it was created, and another one where it ended. */
export interface TimelineMark {
  readonly type: string
  readonly effect: ActionMethod['effect']
  readonly scope: string | null
  readonly status: string
  readonly createdAt: string
  /** When it ended, whatever its end; null where it is in flight. */
  readonly endedAt: string | null
  readonly by: TimelineActor
}

/**
 * What a policy of today asks of the facet. A policy does not say since when it asks, so that a band has no beginning:
 * it is drawn from the left edge, and says what is asked now, not what was asked then.
 */
export interface TimelineBand {
  readonly policy: PolicyReference
  readonly wants: string
  /** When the policy expires or expired; null where it does not. */
  readonly until: string | null
  readonly expired: boolean
}

/** Everything about one facet. */
export interface TimelineLane {
  readonly facet: FacetName
  /** In the order of time, never overlapping; empty for a facet that is no hold. */
  readonly holds: readonly TimelineHold[]
  /** By creation, the oldest first. */
  readonly marks: readonly TimelineMark[]
  readonly declared: readonly TimelineBand[]
}

/**
 * The history of one machine over a stretch of time, for whoever draws it: the terminal, Markdown, or an SVG. Plain
 * JSON; every time is text as {@link formatInstant} writes it.
 */
export interface Timeline {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly machine: PlanMachine
  readonly readAt: string
  readonly historyFrom: string
  /** Whether the history covers the machine's whole life, so that what it does not hold never was. */
  readonly wholeLife: boolean
  /** What is drawn. A hold that began before keeps its own beginning. */
  readonly from: string
  readonly to: string
  /** Both holds always, then every facet that an action or a policy speaks of. */
  readonly lanes: readonly TimelineLane[]
}

const FACETS: readonly FacetName[] = [
  'isolated',
  'restricted',
  'scanned',
  'collected',
  'quarantined',
  'liveResponse',
  'offboarded',
]
/** Where nothing tells where to begin, so much is drawn. */
const EMPTY_MS = 30 * 86_400_000

function actorOf(action: MachineAction, name: OwnNames, byService = false): TimelineActor {
  const { policy, at, ...actor } = postureActor(action, name, byService)
  return { ...actor, at: formatInstant(at), policy }
}

function holdsOf(posture: HoldPosture, since: Instant, name: OwnNames): readonly TimelineHold[] {
  return levelStretches(posture.stretches)
    .filter(({ to }) => to === null || to >= since)
    .map(({ level, imposes, to, end, hasLapsed, byService, until }) => {
      const by = imposes.map(action => actorOf(action, name))
      const endedBy = end === null ? null : actorOf(end, name, byService)
      const from = formatInstant(imposes[0].lastUpdateDateTimeUtc)
      return {
        from,
        to: to === null ? null : formatInstant(to),
        level,
        by,
        endedBy,
        ...(hasLapsed ? { lapsed: true } : {}),
        ...(to === null && until !== null ? { until: formatInstant(until) } : {}),
      }
    })
}

function markOf(action: MachineAction, effect: TimelineMark['effect'], name: OwnNames): TimelineMark {
  const { type, scope, status } = action
  return {
    type,
    effect,
    scope,
    status,
    createdAt: formatInstant(action.creationDateTimeUtc),
    endedAt: hasEnded(action) ? formatInstant(action.lastUpdateDateTimeUtc) : null,
    by: actorOf(action, name),
  }
}

/** The policies of today that reach a machine, with what they ask, also those that have expired. */
function bandsOf(
  matches: readonly PolicyMatch[],
  machineId: string,
  at: Instant,
): readonly (TimelineBand & { facet: FacetName })[] {
  return matches
    .filter(({ machines }) => machines.has(machineId))
    .flatMap(({ policy }) =>
      wishesOf(policy).map(({ facet, wants, place }) => {
        const until = policy.expires === undefined ? null : formatInstant(policy.expires)
        const { file, line, column } = place
        const expires = until === null ? {} : { expires: until }
        return {
          facet,
          policy: { name: policy.name, file, line, column, ...expires },
          wants,
          until,
          expired: hasExpired(policy, at),
        }
      }),
    )
    .sort((a, b) => compareText(a.policy.name, b.policy.name))
}

function byCreation(a: MachineAction, b: MachineAction): number {
  return compareText(a.creationDateTimeUtc, b.creationDateTimeUtc) || compareText(a.id, b.id)
}

/** Actions that were created or ended in the stretch, or have not ended. */
function isWithin(action: MachineAction, since: Instant): boolean {
  return !hasEnded(action) || action.lastUpdateDateTimeUtc >= since
}

function laneOf(
  facet: FacetName,
  history: MachineHistory,
  since: Instant,
  lens: HoldLens,
): Omit<TimelineLane, 'declared'> {
  const { name } = lens
  const pair = Object.hasOwn(HOLD_PAIRS, facet) ? HOLD_PAIRS[facet as HoldName] : undefined
  const marks = [...history].sort(byCreation).flatMap(action => {
    const method = methodOf(action.type)
    return method?.facet === facet && isWithin(action, since) ? [markOf(action, method.effect, name)] : []
  })
  return {
    facet,
    holds: pair === undefined ? [] : holdsOf(foldHold(history, pair, lens), since, name),
    marks,
  }
}

/** The first thing that is known of a machine, a little before it, so that its mark does not stand on the edge. */
function beginningOf(history: MachineHistory, { input: { observation, now } }: Findings): Instant {
  const [first] = history.map(({ creationDateTimeUtc }) => creationDateTimeUtc).sort()
  const from = addMs(first ?? addMs(now, -EMPTY_MS), -3_600_000)
  const isKnown = from >= observation.historyFrom
  return isKnown ? from : observation.historyFrom
}

/** What {@link timelineOf} looks up once for all machines. */
interface Scene {
  readonly findings: Findings
  readonly matches: readonly PolicyMatch[]
  readonly since: Instant | undefined
}

function drawUp({ findings, matches, since }: Scene, machine: Machine): Timeline {
  const { observation, now } = findings.input
  const history = findings.history.of(machine.id)
  const from = since ?? beginningOf(history, findings)
  const bands = bandsOf(matches, machine.id, findings.at)
  const lanes = FACETS.map((facet): TimelineLane => {
    const declared = bands
      .filter(band => band.facet === facet)
      .map(({ policy, wants, until, expired }) => ({ policy, wants, until, expired }))
    return { ...laneOf(facet, history, from, findings.lens), declared }
  })
  return {
    formatVersion: '1.0',
    target: observation.target,
    machine: describeMachine(machine),
    readAt: formatInstant(observation.readAt),
    historyFrom: formatInstant(observation.historyFrom),
    wholeLife: isWholeLife(machine.firstSeen, observation.historyFrom),
    from: formatInstant(from),
    to: formatInstant(now),
    lanes: lanes.filter(
      ({ facet, marks, declared }) =>
        Object.hasOwn(HOLD_PAIRS, facet) || marks.length > 0 || declared.length > 0,
    ),
  }
}

function sceneOf(findings: Findings, since?: Instant): Scene {
  const { observation, policies, now } = findings.input
  const { matches } = resolvePolicies(policies, indexMachines(observation.machines), now)
  return { findings, matches, since }
}

/**
 * Draws up the history of one machine: the stretches in which it was held and by whom, every action, and what the
 * policies of today ask.
 *
 * @param findings - Of a whole read without failures, as it is now.
 * @param since - Where to begin; else shortly before the first action that is known.
 */
export function timelineOf(findings: Findings, machine: Machine, since?: Instant): Timeline {
  return drawUp(sceneOf(findings, since), machine)
}

/** Draws up the histories of those machines of these ids that have a record, by id; as {@link timelineOf} does. */
export function timelinesOf(findings: Findings, ids: ReadonlySet<string>): ReadonlyMap<string, Timeline> {
  const scene = sceneOf(findings)
  const machines = findings.input.observation.machines.filter(({ id }) => ids.has(id))
  return new Map(machines.map(machine => [machine.id, drawUp(scene, machine)]))
}
