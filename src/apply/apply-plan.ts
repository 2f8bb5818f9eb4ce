import { describeRollout, type Rollout, rolloutOf } from '../plan/assemble/rollout.ts'
import type { Note, Plan } from '../plan/document/document.ts'
import { recheckRefusals } from '../plan/judge/refusals.ts'
import type { Observation } from '../plan/select/observation.ts'
import { addMs, formatInstant, type Instant } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import { type Beginning, beginItems, beginWindows } from './begin.ts'
import { buildResult, outcomeOf } from './build-result.ts'
import {
  checkFreeze,
  checkGuards,
  checkObservation,
  checkPlan,
  checkRollout,
  INTERRUPTED,
  ONLY_BLOCKED,
  type Refusal,
} from './check-plan.ts'
import { unsubmittedItems } from './close-items.ts'
import { explain } from './codes.ts'
import { drive } from './drive.ts'
import { finish } from './finish.ts'
import { judgeUnsentHolds } from './judge-holds.ts'
import { KnownActions } from './known-actions.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { observeListed } from './observe-listed.ts'
import type { JournalEntry } from './ports.ts'
import { ProgressFeed } from './progress-feed.ts'
import { tracesOf } from './read-journal.ts'
import type { ApplyResult } from './result.ts'
import { retriesOf } from './retries.ts'
import { Run } from './run.ts'
import { type Moment, RunClock } from './run-clock.ts'
import { isRefusal, takeLease } from './take-lease.ts'
import { takeOverEntry } from './take-over.ts'
import { WaveGate } from './wave-gate.ts'

/**
 * Applies a plan: submits what is needed, awaits what is in flight, and says of every planned change how it ended.
 *
 * 1. Refuse what no look at the service can make right: an error, a failed guard, nothing but blocked items.
 * 2. Take the lease and read the journal; after a dead holder whose journal we lack, let its last actions be listed.
 * 3. Observe, and again where a submission of another plan is not listed yet. A failed read, another target, an expired plan or a freeze ends the apply here.
 * 4. Put every change where it stands: resumed, satisfied, in flight, to be sent, or moved. Moved makes it stale.
 * 5. Drive the queues: submit under quota on fresh looks, look for what may have been accepted, await by lists.
 * 6. Finish: hold the outcomes against the history at the end, write the journal, give the lease back.
 *
 * Everything outside comes through the ports, so that an hour of quota is a millisecond of test. Wherever a run was
 * killed, the same call again sends nothing twice.
 *
 * @returns The result; an interrupt, a deadline and every refusal of the service are outcomes in it. Rejects only where
 * a port breaks its own contract.
 */
export async function applyPlan(
  plan: Plan,
  deps: ApplyDependencies,
  options: ApplyOptions,
): Promise<ApplyResult> {
  const clock = new RunClock(deps.clock)
  const lease = new LeaseKeeper(deps.lease, clock)
  const rollout = rolloutOf(plan, deps.configuration)
  const context: Context = { plan, deps, options, clock, startedAt: clock.now(), lease, rollout, notes: [] }
  try {
    const refused = checkPlan(plan, options) ?? checkRollout(context.rollout, options)
    if (refused !== null) return endEarly(context, refused)
    const entries = await takeLease(context)
    return await (isRefusal(entries) ? endEarly(context, entries) : applyUnderLease(context, entries))
  } finally {
    await lease.release()
  }
}

interface Context {
  readonly plan: Plan
  readonly deps: ApplyDependencies
  readonly options: ApplyOptions
  readonly clock: RunClock
  readonly startedAt: Instant
  readonly lease: LeaseKeeper
  readonly rollout: Rollout | undefined
  /** What is told with the result, whatever it is. */
  readonly notes: ApplyResult['diagnostics'][number][]
}

async function applyUnderLease(context: Context, entries: readonly JournalEntry[]): Promise<ApplyResult> {
  const { plan, deps, options, clock } = context
  if (options.signal.aborted) return endEarly(context, INTERRUPTED)
  const { observation, observedAt } = await observeListed(deps.api, clock, options, plan.planId, entries)
  const interrupted = options.signal.aborted ? INTERRUPTED : null
  const refused = checkObservation(plan, observation)
  // An interrupt can be why the look failed.
  if (refused !== null) return endEarly(context, interrupted ?? refused)
  const { configuration } = deps
  const skewMs = observation.clockSkewMs + clock.moment().wallAheadMs
  const now = addMs(clock.now(), skewMs)
  const { guards, refusals } = recheckRefusals(
    plan,
    observation,
    configuration,
    now,
    options.overriddenGuards,
  )
  const known = knownOf(plan, observation, observedAt)
  const traces = tracesOf(entries, plan.planId)
  const memory = retriesOf(entries, plan.planId)
  const given = {
    plan,
    options,
    configuration,
    refusals,
    known,
    traces,
    memory,
    now,
    observedAt: observedAt.at,
  }
  const { items, moved, retries } = beginItems(given)
  const stopped =
    interrupted ??
    checkFreeze(configuration, now) ??
    checkGuards(guards, options) ??
    (isAllRefused(items, refusals) ? ONLY_BLOCKED : null)
  // What was seen is told all the same: a machine that an earlier run left open must not go unnamed.
  if (stopped !== null) return endEarly(context, stopped, { items, known, now })
  if (moved.length > 0 && !options.skipMoved) {
    return endEarly(context, movedRefusal(moved.length), { items, known, now, moved })
  }
  const windows = beginWindows(entries, observation, skewMs, clock.now())
  const { rollout } = context
  const skipped = options.noWaves === true ? rollout : undefined
  const gate = new WaveGate(skipped === undefined ? rollout : undefined)
  const setAside = new Set([...memory.setAside, ...retries.flatMap(({ actionIds }) => actionIds)])
  const run = new Run({ ...context, items, known, windows, skewMs, observedAt, gate, skipped, setAside })
  const { takenOver } = context.lease
  run.diagnostics.push(...context.notes)
  await run.ledger.write('run-started', {
    startedAt: formatInstant(context.startedAt),
    changes: items.size,
    ...(gate.count === 0 ? {} : { waves: gate.waves.map(({ length }) => length) }),
    ...(skipped === undefined ? {} : { skippedWaves: describeRollout(skipped).waves }),
    ...(options.overriddenGuards.length === 0 ? {} : { overriddenGuards: options.overriddenGuards }),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(takenOver === null ? {} : { takenOver: takeOverEntry(takenOver) }),
  })
  if (retries.length > 0) await run.ledger.write('retry', { retries })
  const feed = new ProgressFeed(run)
  return finish(run, await drive(run, feed), feed)
}

/** Whether there are changes, and the configuration lets none of them be sent. */
function isAllRefused(items: Beginning['items'], refusals: ReadonlyMap<string, Note>): boolean {
  const all = [...items.values()]
  return all.length > 0 && all.every(({ address, stage }) => refusals.has(address) && stage.kind === 'ended')
}

function movedRefusal(count: number): Refusal {
  const what = `${count === 1 ? '1 change' : `${count} changes`} moved since the plan was made.`
  return { overall: 'stale', code: 'stale', message: explain('moved', what) }
}

function knownOf(plan: Plan, observation: Observation, observedAt: Moment): KnownActions {
  const known = new KnownActions(observation.machines, observation.actions)
  known.markLooked(new Set(plan.changes.map(({ machine }) => machine.id)), observedAt)
  return known
}

/** What is known by the time an apply ends early. */
interface EarlyKnowledge {
  readonly items: Beginning['items']
  readonly known: KnownActions
  /** The service's clock. */
  readonly now: Instant
  readonly moved?: ApplyResult['moved']
}

function endEarly(
  { plan, deps, options, clock, startedAt, notes }: Context,
  { overall, code, message }: Refusal,
  knowledge?: EarlyKnowledge,
): ApplyResult {
  const { known, moved = [] } = knowledge ?? {}
  const ended = unsubmittedItems(plan, code, knowledge?.items.values())
  const { configuration } = deps
  const { items, chainOpen } =
    knowledge === undefined
      ? { items: ended, chainOpen: [] }
      : judgeUnsentHolds(ended, knowledge.known, { configuration, planId: plan.planId, now: knowledge.now })
  return buildResult({
    plan,
    options,
    startedAt,
    finishedAt: clock.now(),
    overall,
    outcomes: items.map(outcomeOf),
    chainOpen,
    diagnostics: [...notes, { severity: 'error', code: moved.length > 0 ? 'moved' : code, message }],
    moved,
    ...(known === undefined ? {} : { known }),
  })
}
