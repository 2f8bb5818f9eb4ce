import { describeRollout, type Rollout } from '../plan/assemble/rollout.ts'
import type { Plan } from '../plan/document/document.ts'
import { formatInstant, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import type { ApplyOptions } from './apply-options.ts'
import { type ExitInput, exitOf } from './exit-code.ts'
import { levelOf } from './holding.ts'
import type { Item } from './item.ts'
import type { KnownActions } from './known-actions.ts'
import { isGood } from './outcomes.ts'
import type { ApplyResult, ChangeOutcome, Outcome, RolloutResult } from './result.ts'

/** What a result is built from. */
export interface ResultParts {
  readonly plan: Plan
  readonly options: ApplyOptions
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly overall: ExitInput['overall']
  /** Outcomes of changes and awaited actions; those of blocked items are added. */
  readonly outcomes: readonly ChangeOutcome[]
  readonly diagnostics: ApplyResult['diagnostics']
  readonly chainOpen?: readonly string[]
  readonly moved?: ApplyResult['moved']
  /** The history at the end; absent where none was read, and then the plan's word counts. */
  readonly known?: KnownActions
  readonly rollout?: RolloutResult | undefined
  /** What `--no-waves` left out. */
  readonly skipped?: Rollout | undefined
}

/** Builds the result document. Pure: every planned and every blocked item has exactly one outcome in it. */
export function buildResult(parts: ResultParts): ApplyResult {
  const { plan, options, overall, chainOpen = [], moved = [], rollout, skipped } = parts
  const outcomes = [...parts.outcomes, ...blockedOutcomes(plan)].sort(byAddress)
  const { reason, overriddenGuards } = options
  return {
    formatVersion: '1.0',
    planId: plan.planId,
    startedAt: formatInstant(parts.startedAt),
    finishedAt: formatInstant(parts.finishedAt),
    exit: exitOf({ overall, outcomes, chainOpen }),
    outcomes,
    summary: summarize(outcomes),
    notContained: notContained(plan, outcomes, parts.known),
    chainOpen: sortedOnce(chainOpen),
    moved: [...moved].sort(byAddress),
    diagnostics: parts.diagnostics,
    ...(reason === undefined ? {} : { reason }),
    ...(overriddenGuards.length === 0 ? {} : { overriddenGuards }),
    ...(rollout === undefined ? {} : { rollout }),
    ...(skipped === undefined ? {} : { skippedWaves: describeRollout(skipped).waves }),
  }
}

/** The outcome of an item that has ended. */
export function outcomeOf(item: Item): ChangeOutcome {
  const { stage, action, adopted } = item
  const ended =
    stage.kind === 'ended' ? stage : { outcome: 'uncertain' as const, code: 'unanswered', detail: null }
  const isAdopted = ended.outcome === 'adopted' || (adopted && item.actionId !== null)
  return {
    address: item.address,
    dnsName: item.dnsName,
    type: item.type,
    outcome: ended.outcome,
    ...(isAdopted ? { adopted: true as const } : {}),
    actionId: item.actionId,
    status: action?.status ?? null,
    code: ended.code,
    detail: ended.detail,
    submittedAt: item.submittedAt === null ? null : formatInstant(item.submittedAt),
    endedAt:
      action === null || endOf(action.status) === null ? null : formatInstant(action.lastUpdateDateTimeUtc),
  }
}

function blockedOutcomes(plan: Plan): readonly ChangeOutcome[] {
  return plan.blocked.map(({ address, machine, code, message }) => ({
    address,
    dnsName: machine?.dnsName ?? null,
    type: null,
    outcome: 'refused',
    actionId: null,
    status: null,
    code,
    detail: message,
    submittedAt: null,
    endedAt: null,
  }))
}

function summarize(outcomes: readonly ChangeOutcome[]): ApplyResult['summary'] {
  const counts: { [outcome in Outcome]?: number } = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** Machines that the plan wanted isolated and that are not, as far as the history at the end, or the plan, knows. */
function notContained(
  plan: Plan,
  outcomes: readonly ChangeOutcome[],
  known: KnownActions | undefined,
): readonly string[] {
  const decided = [...plan.changes, ...plan.blocked]
  const addresses = new Set(decided.map(({ address }) => address))
  // An isolation in flight is wanted unless the plan itself says what is to become of it, such as a cancel.
  const awaited = plan.inFlight
    .filter(({ address }) => !addresses.has(address))
    .map(flight => ({ ...flight, before: 'none', after: flight.type === 'Isolate' ? 'full' : 'none' }))
  const wanted = [...decided, ...awaited].filter(
    ({ facet, after }) => facet === 'isolated' && after !== 'none' && after !== null,
  )
  const done = new Set(outcomes.flatMap(({ address, outcome }) => (isGood(outcome) ? [address] : [])))
  return sortedOnce(
    wanted.flatMap(({ address, machine, before, after }) => {
      if (machine === null) return []
      // A machine that was not read again, such as that of a blocked item, is as the plan saw it.
      const level =
        known?.machine(machine.id) === undefined
          ? before
          : levelOf(machine.id, 'isolated', known.of(machine.id), known.lens)
      // Where a hold is submitted again although the history says it is there, only the end of that counts.
      const isDoubted =
        before === after && !done.has(address) && plan.changes.some(one => one.address === address)
      return level === 'none' || isDoubted ? [machine.dnsName ?? machine.id] : []
    }),
  )
}

function byAddress(a: { readonly address: string }, b: { readonly address: string }): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0
}

function sortedOnce(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}
