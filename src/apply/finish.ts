import { describeRollout } from '../plan/assemble/rollout.ts'
import { formatInstant } from '../schema/instant.ts'
import { inFlightIds, pollOnce } from './await-queue.ts'
import { buildResult, outcomeOf } from './build-result.ts'
import { cancelHalves } from './cancel-halves.ts'
import { closeItems } from './close-items.ts'
import { concludeCrossed } from './crossing-queue.ts'
import type { DriveEnd } from './drive.ts'
import type { ExitInput } from './exit-code.ts'
import { judgeHolds } from './judge-holds.ts'
import { tallyWave } from './judge-wave.ts'
import type { ProgressFeed } from './progress-feed.ts'
import type { ApplyResult, RolloutResult } from './result.ts'
import type { Run } from './run.ts'
import { INTERRUPT_GRACE_MS, inMs, settleTasks } from './settle-tasks.ts'

/** How long the answers that are out are waited for otherwise; a client gives up before. */
const ANSWER_GRACE_MS = 120_000

/**
 * Ends a run.
 *
 * 1. Wait for the answers that are out, so that each is in the journal.
 * 2. Cancel what would open a machine after we are gone.
 * 3. After an error, read what is in flight once more.
 * 4. Give everything an outcome, and hold the outcomes of holds against the history at the end.
 * 5. Write the end to the journal and give the lease back.
 */
export async function finish(run: Run, end: DriveEnd, feed: ProgressFeed): Promise<ApplyResult> {
  const isInterrupted = end === 'interrupted'
  const mayAsk = run.stoppedBy !== 'unauthorized'
  await settleTasks(run, inMs(run, isInterrupted ? INTERRUPT_GRACE_MS : ANSWER_GRACE_MS))
  run.rethrow()
  if (mayAsk) {
    if (!run.isAbandoned)
      await cancelHalves(run, inMs(run, isInterrupted ? INTERRUPT_GRACE_MS : run.options.lookupMs))
    if (end === 'stopped') await readOnceMore(run)
  }
  const isWaveDone = tallyWave(run.gate.machineIds, id => run.itemsOf(id)).open.length === 0
  const wasOpen = closeItems(run, end)
  const chainOpen = await judgeHolds(run, mayAsk && !isInterrupted)
  concludeCrossed(run)
  run.rethrow()
  const overall = overallOf(run, end, wasOpen)
  const result = buildResult({
    plan: run.plan,
    options: run.options,
    startedAt: run.startedAt,
    finishedAt: run.clock.now(),
    overall,
    outcomes: [...run.items].map(outcomeOf),
    diagnostics: run.diagnostics,
    chainOpen,
    known: run.known,
    rollout: rolloutResult(run, isWaveDone),
    skipped: run.skipped,
  })
  await run.ledger.write('run-ended', {
    end,
    ...(run.lease.yieldTo === null ? {} : { yieldedTo: run.lease.yieldTo }),
    exit: result.exit,
    finishedAt: formatInstant(run.clock.now()),
    outcomes: Object.fromEntries(result.outcomes.map(({ address, outcome }) => [address, outcome])),
  })
  await run.giveLeaseBack()
  feed.emit('done', null, null)
  // The last entry or the lease may have failed: what they add to the diagnostics and the exit belongs to the result.
  return run.stoppedBy === null || overall === 'error'
    ? { ...result, diagnostics: [...run.diagnostics] }
    : { ...result, exit: { code: 1, name: 'error' }, diagnostics: [...run.diagnostics] }
}

async function readOnceMore(run: Run): Promise<void> {
  const ids = inFlightIds(run)
  if (ids.length > 0) await pollOnce(run, ids)
}

function rolloutResult(run: Run, isWaveDone: boolean): RolloutResult | undefined {
  const { gate } = run
  if (gate.count === 0) return undefined
  return {
    waves: gate.standings(isWaveDone).map((standing, wave) => ({
      ...standing,
      failed: tallyWave(gate.waves[wave] ?? [], id => run.itemsOf(id)).failed.length,
    })),
    stopWhen: describeRollout(gate).stopWhen,
  }
}

function overallOf(run: Run, end: DriveEnd, wasOpen: boolean): ExitInput['overall'] {
  if (run.stoppedBy !== null) return 'error'
  if (end === 'interrupted') return wasOpen ? 'signal' : null
  return end === 'locked' ? 'locked' : null
}
