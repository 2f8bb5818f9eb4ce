import { compareText, type History } from '../../posture/history.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import type { Claim } from '../claim/claim.ts'
import { hasExpired } from '../claim/compose.ts'
import { planIdOfTexts } from '../document/digest.ts'
import type { Blocked, Change, Guard, Plan, PlanDiagnostic, Summary } from '../document/document.ts'
import type { Item } from '../judge/item.ts'
import { countOnboarded } from '../select/observation.ts'
import { lastKnownAt, type PlanInput } from '../select/plan-input.ts'
import { estimateOf } from './estimate.ts'
import { guardLifts, guardPlan, isLift } from './guards.ts'
import { findRisks } from './risks.ts'
import { describeRollout, rolloutOf } from './rollout.ts'
import { type WrittenChange, writeBlocked, writeChange, writeDrift, writeInFlight } from './write-items.ts'

/** A saved plan may be applied for a day (docs/contract.md#plan-expiry). */
const PLAN_LIFE_MS = 24 * 3_600_000

/** What planning found, ready to be written down. */
export interface Findings {
  readonly input: PlanInput
  /** The time planned for. */
  readonly at: Instant
  /** What is chosen of everything that there is to say. */
  readonly items: readonly Item[]
  /** What policies ask, by machine id, of every machine: also where the items were narrowed. */
  readonly claims: ReadonlyMap<string, readonly Claim[]>
  /** The history as it was at the time planned for. */
  readonly history: History
  /** Blocked items of machines that did not resolve. */
  readonly unresolved: readonly Blocked[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What the guard on lifts says, and the lifts that it stops. */
function limitLifts({ configuration, options }: PlanInput, written: readonly WrittenChange[]) {
  const changes = written.map(({ change }) => change)
  const guard = guardLifts({ changes, configuration, exceed: options.exceedGuards })
  return { guard, stopped: guard?.status === 'fail' ? changes.filter(isLift) : [] }
}

function blockedLift(change: Change, guard: Guard): Blocked {
  const { address, machine, facet, operations, before, after, policy, basis } = change
  const message = `too many lifts in one plan: ${guard.message}`
  return {
    address,
    machine,
    facet,
    code: 'over-max-lifts',
    message,
    wouldBe: operations,
    before,
    after,
    policy,
    basis,
  }
}

function byAddress<T extends { readonly address: string }>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => compareText(a.address, b.address))
}

/** Writes the plan document: guards, digests and counts over the chosen items, every list sorted by address. */
export function assemblePlan({
  input,
  at,
  items,
  unresolved,
  diagnostics,
}: Omit<Findings, 'claims' | 'history'>): Plan {
  const { observation, configuration, options } = input
  const { name } = configuration
  const written = byAddress(
    items.flatMap(item => (item.decision.kind === 'change' ? [writeChange(item, item.decision)] : [])),
  )
  const { guard: liftGuard, stopped } = limitLifts(input, written)
  const sent = written.filter(({ change }) => !stopped.includes(change))
  const kept = sent.map(({ change }) => change)
  const guardInput = {
    changes: kept,
    configuration,
    onboarded: countOnboarded(observation),
    exceed: options.exceedGuards,
  }
  const planGuards = guardPlan(guardInput)
  const guards = liftGuard === undefined ? planGuards : [...planGuards, liftGuard]
  const blocked = byAddress([
    ...items.flatMap(item => (item.decision.kind === 'blocked' ? [writeBlocked(item, item.decision)] : [])),
    ...stopped.map(change => blockedLift(change, liftGuard as Guard)),
    ...unresolved,
  ])
  const inFlight = byAddress(items.flatMap(item => writeInFlight(item, name, lastKnownAt(input, at))))
  const errored = diagnostics.some(({ severity }) => severity === 'error')
  const complete = observation.failures.length === 0
  const risks = findRisks(items, configuration, lastKnownAt(input, at))
  const rollout = rolloutOf({ changes: kept, risks }, configuration)
  const stopsApply = planGuards.some(({ status }) => status === 'fail')
  return {
    formatVersion: '1.0',
    toolVersion: input.toolVersion,
    planId: planIdOfTexts(
      observation.target,
      sent.map(({ text }) => text),
    ),
    createdAt: formatInstant(input.now),
    expiresAt: formatInstant(expiryOf(input)),
    target: observation.target,
    source: input.source,
    observed: {
      readAt: formatInstant(observation.readAt),
      historyFrom: formatInstant(observation.historyFrom),
      scope: observation.scope,
      machines: observation.machines.length,
      actions: observation.actions.length,
      complete,
      apiCalls: observation.apiCalls,
    },
    ...(options.asOf === undefined ? {} : { asOf: formatInstant(at) }),
    applyable: !errored && complete && !stopsApply && options.asOf === undefined,
    complete,
    errored,
    changes: kept,
    inFlight,
    blocked,
    drift: byAddress(items.flatMap(item => writeDrift(item, name) ?? [])),
    guards,
    ...(risks.length === 0 ? {} : { risks }),
    ...(rollout === undefined ? {} : { rollout: describeRollout(rollout) }),
    diagnostics: diagnostics.map(writeDiagnostic),
    estimate: estimateOf(kept),
    summary: summarize(kept, inFlight.length, blocked.length, items),
  }
}

/** A plan lives a day, and never past the next `expires` that it rests on. */
function expiryOf({ policies, now }: PlanInput): Instant {
  return policies
    .filter(policy => !hasExpired(policy, now))
    .reduce(
      (earliest, { expires }) => (expires !== undefined && expires < earliest ? expires : earliest),
      addMs(now, PLAN_LIFE_MS),
    )
}

function writeDiagnostic({ severity, code, message, place }: Diagnostic): PlanDiagnostic {
  return place === undefined ? { severity, code, message } : { severity, code, message, ...place }
}

function summarize(
  changes: readonly Change[],
  inFlight: number,
  blocked: number,
  items: readonly Item[],
): Summary {
  const count = (test: (change: Change) => boolean): number => changes.filter(test).length
  const both = (change: Change): boolean =>
    change.operations.includes('lift') && change.operations.includes('impose')
  return {
    impose: count(change => change.operations.includes('impose') && !both(change)),
    change: count(both),
    lift: count(isLift),
    run: count(change => change.operations.includes('run')),
    cancel: count(change => change.operations.every(operation => operation === 'cancel')),
    inFlight,
    blocked,
    unchanged: items.filter(({ decision, lead }) => decision.kind === 'unchanged' && lead !== null).length,
    assumed: items.filter(({ assumed }) => assumed).length,
  }
}
