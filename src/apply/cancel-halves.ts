import type { Instant } from '../schema/instant.ts'
import { type InFlightItem, inFlightItems, pollOnce } from './await-queue.ts'
import { explain } from './codes.ts'
import { type ChangeItem, isChangeItem, opensChain } from './item.ts'
import type { Run } from './run.ts'
import { settleTasks } from './settle-tasks.ts'

/** How often the end of a cancelled half is looked for. */
const CANCEL_POLL_MS = 1000

type Half = ChangeItem & InFlightItem

/**
 * Cancels the first halves of chains that are still in flight, so that no machine is opened after the run has ended,
 * and looks for a while how they end.
 *
 * It is done whether or not the journal can be written: a cancel makes a machine no worse, and can be repeated.
 *
 * @param until - When to stop waiting, whatever was answered by then.
 */
export async function cancelHalves(run: Run, until: Instant): Promise<void> {
  const halves = halvesInFlight(run)
  if (halves.length === 0) return
  for (const half of halves) run.spawn(() => cancelHalf(run, half))
  await settleTasks(run, until)
  while (halvesInFlight(run).length > 0 && run.clock.now() < until) {
    await run.clock.sleep(Math.min(run.options.pollIntervalMs, CANCEL_POLL_MS))
    run.spawn(() => readHalves(run))
    await settleTasks(run, until)
  }
  for (const { address } of halves) {
    const stage = run.item(address)?.stage
    if (stage?.kind !== 'ended' || stage.outcome !== 'cancelled') continue
    run.conclude(address, { ...stage, code: 'chain-cancelled', detail: explain('chain-cancelled') })
  }
}

function halvesInFlight(run: Run): readonly Half[] {
  return inFlightItems(run).filter((item): item is Half => isChangeItem(item) && opensChain(item))
}

async function cancelHalf(run: Run, { address, change, step, stage }: Half): Promise<void> {
  const { actionId } = stage
  await run.ledger.write('chain-cancel', { address, actionId })
  const answer = await run.deps.api.cancel(actionId, run.commentOf(change, step))
  await run.ledger.write('chain-cancel-answer', { address, actionId, kind: answer.kind })
}

async function readHalves(run: Run): Promise<void> {
  const ids = halvesInFlight(run).map(({ stage }) => stage.actionId)
  await pollOnce(run, ids)
}
