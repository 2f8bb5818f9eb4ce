import { addMs } from '../schema/instant.ts'
import { AwaitQueue, inFlightItems } from './await-queue.ts'
import { CrossingQueue } from './crossing-queue.ts'
import { earliestOf } from './earliest-instant.ts'
import { isAwaited } from './item.ts'
import { leaveUnsent } from './leave-unsent.ts'
import { LookupQueue } from './lookup-queue.ts'
import type { ProgressFeed } from './progress-feed.ts'
import type { Run } from './run.ts'
import { RunLog } from './run-log.ts'
import { SubmitQueue, type SubmitState } from './submit-queue.ts'
import { WaveQueue } from './wave-queue.ts'
import { makeRoom } from './yielding.ts'

/** How long the loop rests where nothing is due: until a task rings. */
const IDLE_MS = 60_000

/** Why sending and awaiting ended. */
export type DriveEnd = 'done' | 'deadline' | 'locked' | 'stopped' | 'interrupted' | 'yielded'

/**
 * Submits and awaits until there is nothing left to do for this run, the deadline passes, or something stops it.
 *
 * Three queues share the items and never wait for each other: what is to be sent, what may have been accepted and is
 * looked for, and what is in flight. The loop rests until something is due or a task rings.
 */
export async function drive(run: Run, feed: ProgressFeed): Promise<DriveEnd> {
  const waves = new WaveQueue(run)
  const submit = new SubmitQueue(run)
  const lookup = new LookupQueue(run)
  const crossings = new CrossingQueue(run)
  const awaiting = new AwaitQueue(run)
  const log = new RunLog(run)
  for (;;) {
    run.rethrow()
    if (run.options.signal.aborted) return 'interrupted'
    if (run.isStopped) return 'stopped'
    if (run.isAbandoned) leaveUnsent(run)
    const { yieldTo } = run.lease
    if (yieldTo !== null && makeRoom(run, yieldTo)) return 'yielded'
    waves.step()
    const state = await submit.step()
    if (!run.isRung && isOver(run, state)) return 'done'
    log.note(state.heldUntil)
    const now = run.clock.now()
    const isBusy = state.isSubmitting || run.gate.isLooking
    const deadline = isBusy ? null : addMs(run.lastSubmitAt, run.options.timeoutMs)
    if (deadline !== null && deadline <= now) {
      if (state.isLocked) return 'locked'
      if (waves.giveUpWaiting()) continue
      return 'deadline'
    }
    const lookupAt = lookup.step()
    const crossingAt = crossings.step()
    const pollAt = run.options.noWait ? null : awaiting.step(state.waitedFor, state.isSubmitting)
    const frameAt = feed.emit(state.isSubmitting ? 'submitting' : 'awaiting', deadline, state.heldUntil)
    const next = earliestOf([state.nextAt, deadline, lookupAt, crossingAt, pollAt, frameAt])
    await run.restUntil(next ?? addMs(now, IDLE_MS))
  }
}

/** Nothing is being sent, nothing can be, and nobody waits for what is in flight. */
function isOver(run: Run, state: SubmitState): boolean {
  if (state.isSubmitting || state.isLocked || run.gate.isHolding) return false
  if (run.options.noWait) return true
  return state.waitedFor.size === 0 && !inFlightItems(run).some(isAwaited)
}
