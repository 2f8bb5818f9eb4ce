import { addMs, type Instant } from '../schema/instant.ts'
import { pollOnce } from './await-queue.ts'
import { explain } from './codes.ts'
import { earliestOf } from './earliest-instant.ts'
import { type ChangeItem, type Item, opensChain } from './item.ts'
import type { Run } from './run.ts'

/**
 * Cancels the first halves of chains that are still in flight, so that no machine is opened after the run has ended,
 * and looks for a while how they end.
 *
 * It is done whether or not the journal can be written: a cancel makes a machine no worse, and can be repeated.
 *
 * @param until - When to stop waiting, whatever was answered by then.
 */
export async function cancelHalves(run: Run, until: Instant): Promise<void> {
  const halves = run.inOrder().filter(item => item.stage.kind === 'in-flight' && opensChain(item))
  if (halves.length === 0) return
  for (const half of halves) run.spawn(() => cancelHalf(run, half))
  await settleTasks(run, until)
  while (open(run, halves).length > 0 && run.clock.now() < until) {
    await run.clock.sleep(Math.min(run.options.pollIntervalMs, CANCEL_POLL_MS))
    run.spawn(async () => {
      await pollOnce(
        run,
        open(run, halves).flatMap(({ actionId }) => actionId ?? []),
      )
    })
    await settleTasks(run, until)
  }
  for (const { address } of halves) {
    const half = run.item(address)
    if (half?.stage.kind !== 'ended' || half.stage.outcome !== 'cancelled') continue
    run.conclude(address, { ...half.stage, code: 'chain-cancelled', detail: explain('chain-cancelled') })
  }
}

/** How often the end of a cancelled half is looked for. */
const CANCEL_POLL_MS = 1000

/** Waits until every task has ended, or until a time; an interrupt meanwhile makes it short. */
export async function settleTasks(run: Run, until: Instant): Promise<void> {
  const { signal } = run.options
  let limit = until
  while (run.tasks > 0 && run.clock.now() < limit) {
    const wasAborted = signal.aborted
    await run.restUntil(limit)
    if (signal.aborted && !wasAborted) limit = earliestOf([until, inMs(run, INTERRUPT_GRACE_MS)]) ?? until
  }
}

/** An interrupted run ends within five seconds: so long for the answers that are out, and so long for cancels. */
export const INTERRUPT_GRACE_MS = 1500

/** When a wait of `ms` from now ends. */
export function inMs(run: Run, ms: number): Instant {
  return addMs(run.clock.now(), ms)
}

async function cancelHalf(run: Run, half: ChangeItem): Promise<void> {
  const { address, change, step, actionId } = half
  if (actionId === null) return
  await run.ledger.write('chain-cancel', { address, actionId })
  const answer = await run.deps.api.cancel(actionId, run.commentOf(change, step))
  await run.ledger.write('chain-cancel-answer', { address, actionId, kind: answer.kind })
}

function open(run: Run, halves: readonly Item[]): readonly Item[] {
  return halves.flatMap(({ address }) => {
    const item = run.item(address)
    return item?.stage.kind === 'in-flight' ? [item] : []
  })
}
