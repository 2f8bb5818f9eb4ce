import { formatDuration } from '../schema/duration.ts'
import { addMs, msBetween } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { LeaseAnswer } from './ports.ts'
import type { RunClock } from './run-clock.ts'

/** How often a lease that is waited for is asked for. */
const ASK_EVERY_MS = 2000

/** What waiting works with. */
interface Waiting {
  readonly deps: Pick<ApplyDependencies, 'onNote'>
  readonly clock: RunClock
  readonly options: Pick<ApplyOptions, 'signal' | 'leaseTimeoutMs'>
  readonly lease: LeaseKeeper
}

/**
 * Asks for a lease that somebody else holds until he gives it back or loses it, or the time that the user gave is over.
 *
 * @returns The last answer.
 */
export async function waitForLease(
  { deps, clock, options, lease }: Waiting,
  first: LeaseAnswer,
): Promise<LeaseAnswer> {
  const { signal, leaseTimeoutMs = 0 } = options
  if (first.kind === 'held' || leaseTimeoutMs === 0) return first
  const until = addMs(clock.now(), leaseTimeoutMs)
  deps.onNote?.(`${first.owner} holds the lease; it is waited for up to ${formatDuration(leaseTimeoutMs)}.`)
  let answer: LeaseAnswer = first
  for (;;) {
    const restMs = msBetween(clock.now(), until)
    if (answer.kind === 'held' || signal.aborted || restMs <= 0) return answer
    await clock.sleep(Math.min(ASK_EVERY_MS, restMs), signal)
    if (!signal.aborted) answer = await lease.acquire()
  }
}
