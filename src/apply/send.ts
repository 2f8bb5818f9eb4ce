import { noteImpose } from './crossing-queue.ts'
import { type ChangeItem, recordAt, requestAt } from './item.ts'
import { judgeAnswer } from './judge-answer.ts'
import { mayLeave } from './looks.ts'
import { pathOf } from './paths.ts'
import type { SubmitAnswer } from './ports.ts'
import type { Run } from './run.ts'

/**
 * Sends the request at which an item stands: intent to the journal, a last look, one POST, answer to the journal.
 *
 * A POST is never sent again blindly: an answer that leaves open whether it was accepted makes the item be looked for.
 */
export async function send(run: Run, item: ChangeItem): Promise<void> {
  const path = pathOf(item.type)
  const intent = await run.ledger.intend(item, path)
  if (intent === undefined) {
    run.windows.giveBack(path)
    run.dispatch(item.address, { kind: 'returned' })
    return
  }
  const intentAt = run.latestServiceTime()
  const comment = run.commentOf(item.change, item.step)
  const isHeld = !run.isStopped && (await run.lease.confirm())
  const answer: SubmitAnswer = isHeld ? await post(run, item, comment) : { kind: 'withheld' }
  const answeredAt = run.clock.now()
  countAnswer(run, path, answer)
  const { event, note, stop } = judgeAnswer(answer, {
    item,
    comment,
    key: run.keyOf(item.change),
    intentAt,
    answeredAt,
    lookupMs: run.options.lookupMs,
  })
  if (stop !== undefined) run.stop(stop.code, stop.message)
  await run.ledger.answer(intent, answer.trace === undefined ? note : { ...note, trace: answer.trace })
  run.dispatch(item.address, event)
}

function post(run: Run, item: ChangeItem, comment: string): Promise<SubmitAnswer> {
  const request = requestAt(item.change, item.step)
  const lastLook = (): boolean => {
    if (!mayLeave(run, item)) return false
    noteImpose(run, item)
    run.hasSent = true
    return true
  }
  return request.type === 'Cancel'
    ? run.deps.api.cancel(request.actionId, comment, lastLook)
    : run.deps.api.submit(recordAt(item), request.type, { ...request.body, Comment: comment }, lastLook)
}

/** Answers that count for no quota. */
const NOTHING_ACCEPTED: ReadonlySet<SubmitAnswer['kind']> = new Set(['throttled', 'unauthorized', 'withheld'])

function countAnswer(run: Run, path: string, answer: SubmitAnswer): void {
  const now = run.clock.now()
  if (answer.kind === 'throttled') run.windows.hold(path, now, answer.retryAfterMs)
  if (NOTHING_ACCEPTED.has(answer.kind)) {
    run.windows.giveBack(path)
    return
  }
  run.windows.settle(path, now)
  run.lastSubmitAt = now
  run.hasSubmitted = true
}
