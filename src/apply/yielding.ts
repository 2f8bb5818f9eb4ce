import { shortPlanId } from '../plan/document/marker-of.ts'
import { addMs } from '../schema/instant.ts'
import type { ApplyDependencies, ApplyOptions } from './apply-options.ts'
import { explain } from './codes.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { LeaseAnswer, YieldRequest } from './ports.ts'
import type { ApplyResult } from './result.ts'
import type { Run } from './run.ts'
import type { RunClock } from './run-clock.ts'

/**
 * How long a holder that was asked to yield is waited for: it notices at its next renewal, and then finishes what is
 * out, what is looked for, and what would leave a machine open.
 */
export const YIELD_WAIT_MS = 120_000

/** How often the lease is asked for meanwhile. */
const ASK_EVERY_MS = 1000

type Taken = LeaseAnswer & { readonly kind: 'taken' }

/** What asking works with. */
interface Asking {
  readonly deps: Pick<ApplyDependencies, 'lease' | 'onNote'>
  readonly clock: RunClock
  readonly options: Pick<ApplyOptions, 'signal'>
  readonly lease: LeaseKeeper
}

/**
 * Asks the holder of the lease to give it up, and takes it once that is done.
 *
 * @returns The last answer: the lease is held, or the holder has not yielded in time, or somebody else has it now.
 */
export async function askToYield(
  { deps, options, clock, lease }: Asking,
  holder: Taken,
): Promise<LeaseAnswer> {
  const until = addMs(clock.now(), YIELD_WAIT_MS)
  deps.onNote?.(`${holder.owner} is asked to yield the lease; it is waited for up to two minutes.`)
  await deps.lease.askToYield(holder.id, addMs(clock.wall(), YIELD_WAIT_MS))
  try {
    for (;;) {
      await clock.sleep(ASK_EVERY_MS, options.signal)
      const answer = await lease.acquire()
      const isOver = answer.kind === 'held' || answer.id !== holder.id
      if (isOver || options.signal.aborted || clock.now() >= until) return answer
    }
  } finally {
    await deps.lease.withdraw()
  }
}

/** Tells whose lease was yielded. */
export function yieldNote({ owner, id }: Taken): ApplyResult['diagnostics'][number] {
  const message = explain('lease-yielded', `${owner} gave up the lease ${id} when it was asked to.`)
  return { severity: 'info', code: 'lease-yielded', message }
}

/** Names who asked, for outcomes. */
export function describeYield({ owner, planId }: YieldRequest): string {
  const plan = planId === null ? '' : ` (plan ${shortPlanId(planId)})`
  return `${owner}${plan} asked this run to yield, and it did.`
}

/**
 * Makes room for a run that asked for the lease: gives up what was not sent, but not what closes a machine that a chain
 * left open. Where there is nothing to give up the lease is given back soon anyway, and the run goes on awaiting.
 *
 * @returns Whether something was given up, and nothing is left that has to be finished before the lease is given back.
 */
export function makeRoom(run: Run, request: YieldRequest): boolean {
  const detail = explain('yielded', describeYield(request))
  let [gaveUp, isClear] = [false, true]
  for (const { address, stage, opened } of run.inOrder()) {
    if (stage.kind === 'queued' && !opened) {
      run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code: 'yielded', detail })
      gaveUp = true
    } else if (stage.kind === 'ended') gaveUp ||= stage.code === 'yielded'
    else if (stage.kind !== 'in-flight') isClear = false
  }
  return gaveUp && isClear
}
