import { describeRollout, rolloutOf } from '../plan/assemble/rollout.ts'
import type { Plan } from '../plan/document/document.ts'
import { formatDuration } from '../schema/duration.ts'
import { addMs, formatInstant, type Instant, msBetween } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import { beginWindows } from './begin.ts'
import { checkPlan, checkRollout, INTERRUPTED } from './check-plan.ts'
import { drive } from './drive.ts'
import { type ApplyContext, endEarly } from './end-early.ts'
import { finish } from './finish.ts'
import { type JudgedLook, judgeLook } from './judge-look.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { type FirstLook, observeListed } from './observe-listed.ts'
import type { JournalEntry } from './ports.ts'
import { ProgressFeed } from './progress-feed.ts'
import type { ApplyResult } from './result.ts'
import { Run } from './run.ts'
import { RunClock } from './run-clock.ts'
import { isRefusal, takeLease } from './take-lease.ts'
import { takeOverEntry } from './take-over.ts'
import { WaveGate } from './wave-gate.ts'

/**
 * Applies a plan: submits what is needed, awaits what is in flight, and says of every planned change how it ended.
 *
 * 1. Refuse what no look at the service can make right: an error, a failed guard, nothing but blocked items.
 * 2. Take the lease and read the journal; after a dead holder whose journal we lack, let its last actions be listed.
 * 3. Observe, and again where something may have been sent that is not listed yet. A failed read, another target, an
 *    expired plan or a freeze ends the apply here.
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
  const rollout = options.renewals === true ? undefined : rolloutOf(plan, deps.configuration)
  const startedAt = clock.now()
  const context: ApplyContext = { plan, deps, options, clock, startedAt, lease, rollout, notes: [] }
  try {
    const refused = checkPlan(plan, options) ?? checkRollout(context.rollout, options)
    if (refused !== null) return endEarly(context, refused)
    const entries = await takeLease(context)
    return await (isRefusal(entries) ? endEarly(context, entries) : applyUnderLease(context, entries))
  } finally {
    await lease.release()
  }
}

/**
 * Looks, judges, and does what is left to do.
 *
 * Where runs elsewhere leave no trace here, one may have died a moment ago, and what it sent last is not listed yet: then
 * the first request rests on a look that has it (docs/contract.md#no-store).
 */
async function applyUnderLease(
  context: ApplyContext,
  entries: readonly JournalEntry[],
): Promise<ApplyResult> {
  const { plan, deps, options, clock } = context
  if (options.signal.aborted) return endEarly(context, INTERRUPTED)
  const look = (): Promise<FirstLook> => observeListed(deps.api, clock, options, plan.planId, entries)
  let judged = judgeLook(context, entries, await look())
  if (judged.kind === 'judged' && options.unseenRuns === true && isSending(judged)) {
    await waitForUnseen(context, judged.look.observedAt.at)
    judged = judgeLook(context, entries, await look())
  }
  return judged.kind === 'ended' ? judged.result : carryOut(context, entries, judged)
}

function isSending({ beginning }: JudgedLook): boolean {
  return [...beginning.items.values()].some(({ stage }) => stage.kind === 'queued')
}

/** Waits until lists have all that was sent before the first look. */
async function waitForUnseen({ deps, options, clock }: ApplyContext, lookedAt: Instant): Promise<void> {
  const ms = msBetween(clock.now(), addMs(lookedAt, options.lookupMs))
  if (ms <= 0) return
  deps.onNote?.(
    `Waiting ${formatDuration(ms)} before the first request: a run on another host may have died a moment ago, and what it sent is not listed yet. With \`store\` in the configuration, a container that all hosts share or \`local\` where this host alone applies, there is no such wait.`,
  )
  await clock.sleep(ms, options.signal)
}

/** Submits and awaits what a look has left to do. */
async function carryOut(
  context: ApplyContext,
  entries: readonly JournalEntry[],
  { look, beginning, known, asked, skewMs, setAside }: JudgedLook,
): Promise<ApplyResult> {
  const { options, clock, rollout } = context
  const { items, retries } = beginning
  const { observation, observedAt } = look
  const windows = beginWindows(entries, observation, skewMs, clock.now())
  const skipped = options.noWaves === true ? rollout : undefined
  const gate = new WaveGate(skipped === undefined ? rollout : undefined)
  const run = new Run({
    ...context,
    ...{ items, known, asked, windows, skewMs, observedAt, gate, skipped, setAside },
  })
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
  await run.ledger.retry(retries)
  const feed = new ProgressFeed(run)
  return finish(run, await drive(run, feed), feed)
}
