import { assemblePlan } from '../../plan/assemble/assemble-plan.ts'
import { examinePosture } from '../../plan/assemble/create-plan.ts'
import type { GuardName, Plan, Summary, Target } from '../../plan/document/document.ts'
import { namesOf } from '../../plan/select/need.ts'
import { countOnboarded, type Observation } from '../../plan/select/observation.ts'
import { NO_OPTIONS, type PlanInput } from '../../plan/select/plan-input.ts'
import { lensFor } from '../../plan/select/plan-lens.ts'
import {
  indexMachines,
  type MachineIndex,
  type PolicyMatch,
  resolvePolicies,
} from '../../plan/select/resolve.ts'
import { indexHistory } from '../../posture/history.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { changePoints, type Span, thinOut } from './change-points.ts'
import { type Exposure, type ExposureSummary, exposuresOf, summarizeExposures } from './exposure.ts'

/** A plan that there would have been, for as long as nothing changed it. */
export interface SimulatedPlan {
  readonly planId: string
  /** The moment at which it first was the plan, and the last one. */
  readonly from: string
  readonly to: string
  /** Moments at which it was the plan. */
  readonly moments: number
  readonly summary: Summary
  /** Guards that would have failed. */
  readonly failed: readonly GuardName[]
}

/** A time in which a guard would have stopped the plan. */
export interface GuardFiring {
  readonly name: GuardName
  readonly limit: number
  /** The most that it counted. */
  readonly actual: number
  readonly from: string
  /** The last moment at which it would have. */
  readonly to: string
  readonly moments: number
}

/** The policies, guards and configuration of today, replayed over the recorded history. */
export interface Simulation {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  readonly historyFrom: string
  readonly from: string
  readonly to: string
  /** How many moments there were at which something changed, and for how many of them a plan was made. */
  readonly changePoints: number
  readonly moments: number
  /** Machines that the policies name or reach, and the recorded actions on them. */
  readonly machines: number
  readonly actions: number
  /** Plans that would have changed something, each once, by when it first was the plan. */
  readonly plans: readonly SimulatedPlan[]
  /** Changes that plans would have made, each once for as long as it stood, and their requests by type. */
  readonly changes: number
  readonly requests: Readonly<Record<string, number>>
  /** How many addresses would have been blocked at some moment, by code. */
  readonly blocked: Readonly<Record<string, number>>
  readonly guards: readonly GuardFiring[]
  readonly exposure: ExposureSummary
  readonly exposures: readonly Exposure[]
  /** What the service cannot tell of the past, and what was taken in its place. */
  readonly assumptions: readonly string[]
}

/** What is to be replayed, prepared: for how many moments, and what each of them costs. */
export interface Replay {
  readonly input: PlanInput
  readonly span: Span
  readonly matches: readonly PolicyMatch[]
  readonly changePoints: number
  readonly moments: readonly Instant[]
}

/** What the service cannot tell, for whoever reads the result. */
const ASSUMPTIONS: readonly string[] = [
  'Policies, guards and configuration are those of today, as if they had been there from the beginning.',
  'Tags, groups, health and every other fact of a machine are those of today: the service keeps no earlier ones. A machine exists from when it was first seen.',
  'What was really done stays done, also by an apply of then; nothing that a simulated plan would have done is taken to have happened.',
  'The history does not tell what an action was before it ended: until then it counts as pending. What was before the look-back is unknown and counts as not held.',
]

/**
 * Only the machines that policies name, or could reach at some moment: no other one changes a plan. A machine that was
 * last seen long ago was seen lately then, so that selectors are asked as of the beginning, where they reach the most.
 */
function reached({ policies, observation }: PlanInput, index: MachineIndex, from: Instant): Observation {
  const widest = policies.map(policy => ({ ...policy, except: [] }))
  const { matches } = resolvePolicies(widest, index, from)
  const entries = policies.flatMap(({ machines, except }) => [...machines, ...except])
  const named = entries.flatMap(namesOf).flatMap(({ kind, text }) => {
    return kind === 'id' ? [text] : (index.byName.get(text) ?? []).map(({ id }) => id)
  })
  const ids = new Set([...named, ...matches.flatMap(({ machines }) => [...machines.keys()])])
  return {
    ...observation,
    scope: 'named',
    onboarded: countOnboarded(observation),
    machines: index.all.filter(({ id }) => ids.has(id)),
    actions: observation.actions.filter(({ machineId }) => ids.has(machineId)),
  }
}

/**
 * Finds out what a replay has to look at, before anything of it is done.
 *
 * @param input - Of a whole read without failures, as it is now.
 * @param stepMs - Looks at most once in so many milliseconds; else at every moment at which something changed.
 */
export function prepareReplay(input: PlanInput, span: Span, stepMs?: number): Replay {
  const index = indexMachines(input.observation.machines)
  const { matches } = resolvePolicies(input.policies, index, input.now)
  const observation = reached(input, index, span.from)
  const points = changePoints(observation, matches, span, input.configuration.effects)
  return {
    input: { ...input, observation, diagnostics: [] },
    span,
    matches,
    changePoints: points.length,
    moments: stepMs === undefined ? points : thinOut(points, span, stepMs),
  }
}

/** The plan as of one moment, of the machines that there were: also one that is named was not there before it was seen. */
function planAt({ input }: Replay, moment: Instant): Plan {
  const options = { ...NO_OPTIONS, keepGoing: true, asOf: moment }
  const findings = examinePosture({ ...input, options })
  const items = findings.items.filter(
    ({ machine: { firstSeen } }) => firstSeen === null || firstSeen <= moment,
  )
  return assemblePlan({ ...findings, items })
}

/** What has been seen so far. */
interface Seen {
  readonly plans: Map<string, SimulatedPlan>
  /** Changes of the plan before, and how many requests of each type all changes came to. */
  standing: ReadonlySet<string>
  changes: number
  readonly requests: Map<string, number>
  readonly blocked: Map<string, Set<string>>
  readonly guards: GuardFiring[]
  /** The firing of each guard that goes on. */
  readonly firing: Map<GuardName, GuardFiring>
}

function failedGuards(plan: Plan): readonly GuardName[] {
  return plan.guards.filter(({ status }) => status === 'fail').map(({ name }) => name)
}

/** Counts the changes that the plan before did not have: what merely goes on being due is one change. */
function seeChanges(seen: Seen, { changes }: Plan): void {
  const standing = new Set<string>()
  for (const { address, operations, after, requests } of changes) {
    const key = `${address} ${operations.join()} ${after}`
    standing.add(key)
    if (seen.standing.has(key)) continue
    seen.changes += 1
    for (const { type } of requests) seen.requests.set(type, (seen.requests.get(type) ?? 0) + 1)
  }
  seen.standing = standing
}

function seePlan({ plans, blocked }: Seen, plan: Plan, at: string): void {
  for (const { code, address } of plan.blocked)
    blocked.set(code, (blocked.get(code) ?? new Set()).add(address))
  if (plan.changes.length === 0) return
  const known = plans.get(plan.planId)
  const { planId, summary } = plan
  plans.set(
    planId,
    known === undefined
      ? { planId, from: at, to: at, moments: 1, summary, failed: failedGuards(plan) }
      : { ...known, to: at, moments: known.moments + 1 },
  )
}

function seeGuards({ guards, firing }: Seen, plan: Plan, at: string): void {
  const failed = new Map(
    plan.guards.filter(({ status }) => status === 'fail').map(guard => [guard.name, guard]),
  )
  for (const [name, known] of firing) {
    if (failed.has(name)) continue
    guards.push(known)
    firing.delete(name)
  }
  for (const [name, { limit, actual }] of failed) {
    const known = firing.get(name)
    firing.set(
      name,
      known === undefined
        ? { name, limit, actual, from: at, to: at, moments: 1 }
        : { ...known, actual: Math.max(known.actual, actual), to: at, moments: known.moments + 1 },
    )
  }
}

/** Writes down what was seen. */
function conclude({ input, span, matches, moments, changePoints: points }: Replay, seen: Seen): Simulation {
  const { observation, configuration } = input
  const history = indexHistory(observation.actions)
  const lens = lensFor(observation, configuration, input.now, history)
  const exposures = exposuresOf(observation.machines, matches, history, lens, span)
  return {
    formatVersion: '1.0',
    target: observation.target,
    readAt: formatInstant(observation.readAt),
    historyFrom: formatInstant(observation.historyFrom),
    from: formatInstant(span.from),
    to: formatInstant(span.to),
    changePoints: points,
    moments: moments.length,
    machines: observation.machines.length,
    actions: new Set(observation.actions.map(({ id }) => id)).size,
    plans: [...seen.plans.values()],
    changes: seen.changes,
    requests: Object.fromEntries([...seen.requests].sort()),
    blocked: Object.fromEntries(
      [...seen.blocked].map(([code, addresses]) => [code, addresses.size] as const).sort(),
    ),
    guards: [...seen.guards, ...seen.firing.values()],
    exposure: summarizeExposures(exposures),
    exposures,
    assumptions: ASSUMPTIONS,
  }
}

/**
 * Replays what was prepared, one moment at a step, so that whoever drives it can stop. Pure: the same input gives the
 * same document.
 */
export function* simulateSteps(replay: Replay): Generator<Instant, Simulation, void> {
  const seen: Seen = {
    plans: new Map(),
    standing: new Set(),
    changes: 0,
    requests: new Map(),
    blocked: new Map(),
    guards: [],
    firing: new Map(),
  }
  for (const moment of replay.moments) {
    const plan = planAt(replay, moment)
    const at = formatInstant(moment)
    seeChanges(seen, plan)
    seePlan(seen, plan, at)
    seeGuards(seen, plan, at)
    yield moment
  }
  return conclude(replay, seen)
}
