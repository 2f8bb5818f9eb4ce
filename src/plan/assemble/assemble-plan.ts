import { compareText, type History } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import type { Claim } from '../claim/claim.ts'
import { hasExpired } from '../claim/compose.ts'
import { planIdOfTexts } from '../document/digest.ts'
import type { Blocked, Change, Note, Plan, PlanDiagnostic, Summary, Target } from '../document/document.ts'
import type { Item } from '../judge/item.ts'
import { countOnboarded } from '../select/observation.ts'
import { lastKnownAt, type PlanInput } from '../select/plan-input.ts'
import { estimateOf } from './estimate.ts'
import { guardKinds, guardPlan, isLift, isRenewal, type KindGuard } from './guards.ts'
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
  /** What holds were folded with besides that history. */
  readonly lens: HoldLens
  /** Blocked items of machines that did not resolve. */
  readonly unresolved: readonly Blocked[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What ended longest ago has waited longest, and can wait again: the latest to end are renewed first. */
function stopOldest(kind: KindGuard, written: readonly WrittenChange[]): KindGuard {
  if (kind.guard.name !== 'maxRenewals' || kind.stopped.length === 0) return kind
  const renewals = written
    .flatMap(({ change, endedAt }) => (endedAt === null ? [] : [{ change, endedAt }]))
    .sort((a, b) => compareText(b.endedAt, a.endedAt) || compareText(a.change.address, b.change.address))
  return { ...kind, stopped: renewals.slice(kind.guard.limit).map(({ change }) => change) }
}

function blockedBy({ code, message }: Note, change: Change): Blocked {
  const { address, machine, facet, operations, before, after, policy, basis } = change
  return { address, machine, facet, code, message, wouldBe: operations, before, after, policy, basis }
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
}: Omit<Findings, 'claims' | 'history' | 'lens'>): Plan {
  const { observation, configuration, options } = input
  const name = ownNames(configuration)
  const written = byAddress(
    items.flatMap(item => (item.decision.kind === 'change' ? [writeChange(item, item.decision)] : [])),
  )
  const kinds = guardKinds({
    changes: written.map(({ change }) => change),
    configuration,
    exceed: options.exceedGuards,
  }).map(kind => stopOldest(kind, written))
  const stopped = new Set(kinds.flatMap(kind => kind.stopped))
  const sent = written.filter(({ change }) => !stopped.has(change))
  const kept = sent.map(({ change }) => change)
  const guardInput = {
    // A lift beside renewals must not keep them back.
    changes: options.renewals === true ? [] : kept,
    configuration,
    onboarded: countOnboarded(observation),
    exceed: options.exceedGuards,
  }
  const planGuards = guardPlan(guardInput)
  const guards = [...planGuards, ...kinds.map(({ guard }) => guard)]
  const blocked = byAddress([
    ...items.flatMap(item => (item.decision.kind === 'blocked' ? [writeBlocked(item, item.decision)] : [])),
    ...kinds.flatMap(kind => kind.stopped.map(change => blockedBy(kind.note, change))),
    ...unresolved,
  ])
  const inFlight = byAddress(
    items.flatMap(item => writeInFlight(item, configuration, lastKnownAt(input, at))),
  )
  const errored = diagnostics.some(({ severity }) => severity === 'error')
  const complete = observation.failures.length === 0
  const risks = findRisks(items, configuration, lastKnownAt(input, at))
  const rollout = options.renewals === true ? undefined : rolloutOf({ changes: kept, risks }, configuration)
  const stopsApply = planGuards.some(({ status }) => status === 'fail')
  return {
    formatVersion: '1.1',
    toolVersion: input.toolVersion,
    planId: planIdOfTexts(
      observation.target,
      sent.filter(({ change }) => !isRenewal(change)).map(({ text }) => text),
    ),
    ...renewalsIdEntry(
      observation.target,
      sent.filter(({ change }) => isRenewal(change)).map(({ text }) => text),
    ),
    createdAt: formatInstant(input.now),
    expiresAt: formatInstant(expiryOf(input)),
    nextLookAt: null,
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

function renewalsIdEntry(target: Target, texts: readonly string[]): Pick<Plan, 'renewalsId'> {
  return texts.length === 0 ? {} : { renewalsId: planIdOfTexts(target, texts) }
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
    impose: count(change => change.operations.includes('impose') && !both(change) && !isRenewal(change)),
    change: count(both),
    lift: count(isLift),
    run: count(change => change.operations.includes('run')),
    cancel: count(change => change.operations.every(operation => operation === 'cancel')),
    inFlight,
    blocked,
    unchanged: items.filter(({ decision, lead }) => decision.kind === 'unchanged' && lead !== null).length,
    assumed: items.filter(({ assumed }) => assumed).length,
    renew: count(isRenewal),
  }
}
