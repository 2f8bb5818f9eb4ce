import { addMs, type Instant } from '../schema/instant.ts'
import type { Run } from './run.ts'

/** An interrupted run ends within five seconds (docs/contract.md#interrupt): so long for the answers that are out, and so long for cancels. */
export const INTERRUPT_GRACE_MS = 1500

/** When a wait of `ms` from now ends. */
export function inMs(run: Run, ms: number): Instant {
  return addMs(run.clock.now(), ms)
}

/** Waits until every task has ended, or until a time; an interrupt meanwhile cuts the wait short. */
export async function settleTasks(run: Run, until: Instant): Promise<void> {
  const wasInterrupted = run.options.signal.aborted
  while (run.tasks > 0 && run.clock.now() < until) {
    await run.restUntil(until)
    if (run.options.signal.aborted && !wasInterrupted) {
      return settleTasks(run, inMs(run, INTERRUPT_GRACE_MS))
    }
  }
}
