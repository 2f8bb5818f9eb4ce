import { isGood } from '../../apply/outcomes.ts'
import type { RunSummary } from '../../apply/run-summary.ts'
import { addressesOf, type FoundRun } from '../../local/journal/run-folder.ts'
import { describeOwner } from '../../local/lease/lease-record.ts'
import { isDead, isVisible, readIdentity } from '../../local/process-identity.ts'
import type { Plan } from '../../plan/document/document.ts'
import { shortPlanId } from '../../plan/document/marker-of.ts'
import type { RunDocument, RunItemDocument } from '../../report/documents/status-document.ts'
import { compareText } from '../../report/words/words.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import type { RunState } from './run-state.ts'

/** What a run is looked at with. */
export type RunView = Pick<RunState, 'self' | 'now' | 'lease'>

/** Says how a run stands, as far as it can be known from here. */
export async function stateOfRun(
  { runId, end, process }: Pick<RunSummary, 'runId' | 'end' | 'process'>,
  { self, lease }: Pick<RunView, 'self' | 'lease'>,
): Promise<RunDocument['state']> {
  if (end !== null) return 'ended'
  if (lease?.state === 'live' && lease.record.purpose?.runId === runId) return 'submitting'
  const owner = readIdentity(process)
  if (owner === undefined) return 'unknown'
  if (await isDead(owner, self)) return 'gone'
  return isVisible(owner, self) ? 'awaiting' : 'unknown'
}

/** Says whether `apply --resume` can go on with a run: it is over, left something, and its plan is there and good. */
export function canResume(
  { plan, isUnfinished, isLatest }: FoundRun,
  state: RunDocument['state'],
  now: Instant,
): boolean {
  const isOver = state === 'gone' || state === 'ended'
  if (!isOver || !isUnfinished || !isLatest || plan === undefined) return false
  const expires = parseInstant(plan.expiresAt)
  return expires !== undefined && expires > now
}

/** Writes a run down for people and documents. */
export async function describeRun(run: FoundRun, view: RunView): Promise<RunDocument> {
  const { summary, journal, plan } = run
  const { runId, planId, startedAt, lastAt, states, submitted, heldUntil, wave, end } = summary
  const state = await stateOfRun(summary, view)
  const owner = readIdentity(summary.process)
  const isHeld = end === null && heldUntil !== null && (parseInstant(heldUntil) ?? '') > view.now
  return {
    runId,
    planId,
    owner: owner === undefined ? null : describeOwner(owner),
    state,
    startedAt,
    lastEventAt: lastAt,
    exit: end === null ? null : { code: end.code, name: end.name },
    counts: { ...countStates(summary, plan), submitted: submitted.size },
    heldUntil: isHeld ? heldUntil : null,
    wave,
    items: itemsOf(states, plan, end !== null),
    journal,
    resume: canResume(run, state, view.now) ? `holdfast apply --resume ${shortPlanId(planId)}` : null,
  }
}

function countStates(
  { items, states, end }: RunSummary,
  plan: Plan | undefined,
): Omit<RunDocument['counts'], 'submitted'> {
  const ended: Record<string, number> = {}
  let [sending, inFlight] = [0, 0]
  for (const state of states.values()) {
    if (state === 'sending') sending += 1
    else if (state === 'in-flight') inFlight += 1
    else ended[state] = (ended[state] ?? 0) + 1
  }
  const planned = plan === undefined ? Math.max(items, states.size) : addressesOf(plan).length
  const queued = end === null ? Math.max(0, planned - states.size) : 0
  return { planned, queued, sending, inFlight, ended }
}

function itemsOf(
  states: RunSummary['states'],
  plan: Plan | undefined,
  hasEnded: boolean,
): readonly RunItemDocument[] {
  const known = plan === undefined ? [] : [...plan.changes, ...plan.inFlight, ...plan.blocked]
  const names = new Map(known.map(({ address, machine }) => [address, machine?.dnsName ?? null]))
  const queued = plan === undefined || hasEnded ? [] : addressesOf(plan).filter(each => !states.has(each))
  const told = [...states].filter(
    ([, state]) => state === 'sending' || state === 'in-flight' || !isGood(state),
  )
  return [...told, ...queued.map(address => [address, 'queued'] as const)]
    .map(([address, state]) => ({ address, dnsName: names.get(address) ?? null, state }))
    .sort((a, b) => compareText(a.address, b.address))
}
