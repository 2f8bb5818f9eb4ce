import { addMs, type Instant } from '../schema/instant.ts'
import { AwaitQueue, inFlightItems } from './await-queue.ts'
import { type ApplyCode, explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import { isAwaited } from './item.ts'
import { LookupQueue } from './lookup-queue.ts'
import type { ProgressFeed } from './progress-feed.ts'
import type { Run } from './run.ts'
import { SubmitQueue, type SubmitState } from './submit-queue.ts'

/** A full hour's window, and some time to send: by then something must have been accepted, whatever the quota. */
const STALL_MS = 65 * 60_000

/** Why sending and awaiting ended. */
export type DriveEnd = 'done' | 'deadline' | 'locked' | 'stopped' | 'interrupted'

/**
 * Submits and awaits until there is nothing left to do for this run, the deadline passes, or something stops it.
 *
 * Three queues share the items and never wait for each other: what is to be sent, what may have been accepted and is
 * looked for, and what is in flight. The loop rests until something is due or a task rings.
 */
export async function drive(run: Run, feed: ProgressFeed): Promise<DriveEnd> {
  const submit = new SubmitQueue(run)
  const lookup = new LookupQueue(run)
  const awaiting = new AwaitQueue(run)
  const submitLimit = submitLimitOf(run)
  for (;;) {
    run.rethrow()
    if (run.options.signal.aborted) return 'interrupted'
    if (run.isStopped) return 'stopped'
    const state = await submit.step()
    if (!run.isRung && isOver(run, state)) return 'done'
    const now = run.clock.now()
    const stallAt = addMs(run.lastSubmitAt, STALL_MS)
    const giveUpAt = state.isSubmitting ? earliestOf([submitLimit, stallAt]) : null
    if (giveUpAt !== null && giveUpAt <= now) {
      giveUpSubmitting(run, 'submit-timeout')
      continue
    }
    const deadline = state.isSubmitting ? null : addMs(run.lastSubmitAt, run.options.timeoutMs)
    if (deadline !== null && deadline <= now) return state.isLocked ? 'locked' : 'deadline'
    const lookupAt = lookup.step()
    const pollAt = run.options.noWait ? null : awaiting.step(state.waitedFor, state.isSubmitting)
    const frameAt = feed.emit(state.isSubmitting ? 'submitting' : 'awaiting', deadline, state.heldUntil)
    const next = earliestOf([state.nextAt, giveUpAt, deadline, lookupAt, pollAt, frameAt])
    await run.restUntil(next ?? addMs(now, STALL_MS))
  }
}

/** Nothing is being sent, nothing can be, and nobody waits for what is in flight. */
function isOver(run: Run, state: SubmitState): boolean {
  if (state.isSubmitting || state.isLocked) return false
  if (run.options.noWait) return true
  return state.waitedFor.size === 0 && !inFlightItems(run).some(isAwaited)
}

function submitLimitOf(run: Run): Instant | null {
  const { submitTimeoutMs } = run.options
  return submitTimeoutMs === undefined ? null : addMs(run.clock.now(), submitTimeoutMs)
}

/** Ends what was not sent in time; a machine that a chain left open is still closed. */
function giveUpSubmitting(run: Run, code: ApplyCode): void {
  for (const { address, stage, opened } of run.items) {
    if (stage.kind !== 'queued' || opened) continue
    run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code, detail: explain(code) })
  }
}
