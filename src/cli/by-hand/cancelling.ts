import { type AdHocOutcome, type CancelRefusal, cancelOutcome } from '../../apply/ad-hoc.ts'
import type { SubmitAnswer } from '../../apply/ports.ts'
import { cancelComment } from '../../posture/cancel-comment.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import { CANCEL_QUOTA } from '../../posture/methods.ts'
import { hasEnded } from '../../posture/status.ts'
import type { CommandContext } from '../command.ts'
import type { Session } from '../service/inventory.ts'
import { openRecordedActions } from '../service/recorded-requests.ts'
import { awaitActions } from './await-actions.ts'
import { createPace, tellWait } from './paced.ts'

/** What is cancelled, and how. */
export interface Cancelling {
  readonly actions: readonly MachineAction[]
  readonly reason: string
  /** How long the ends are waited for, from the last answer on. */
  readonly timeoutMs: number
  /** Names of machines by id. */
  readonly names: ReadonlyMap<string, string>
}

function refusalOf(answer: SubmitAnswer | { readonly kind: 'no-time' }): CancelRefusal | undefined {
  switch (answer.kind) {
    case 'accepted':
      return undefined
    case 'rejected':
      return { outcome: 'failed', code: answer.code, message: answer.message }
    case 'active-exists':
      return { outcome: 'failed', code: 'ActiveRequestAlreadyExists', message: answer.message }
    case 'unauthorized':
      return { outcome: 'not-attempted', code: 'unauthorized', message: answer.message }
    case 'unknown':
      return {
        outcome: 'uncertain',
        code: 'connection-failed',
        message: `${answer.message}. Whether the service took the cancel is not known; run the same command again.`,
      }
    default:
      return {
        outcome: 'not-attempted',
        code: 'interrupted',
        message: 'Nothing was sent for this action: interrupted, or the quota left no room.',
      }
  }
}

/** The longest that quota may hold back the sending, whatever the number of actions: an hour's window. */
const SENDING_MS = 3_600_000

async function sendCancels(
  { actions, reason }: Cancelling,
  { signal, io }: CommandContext,
  { service, configuration }: Session,
): Promise<ReadonlyMap<string, CancelRefusal>> {
  const api = await openRecordedActions(service)
  const { clock } = service
  const pace = createPace(clock, CANCEL_QUOTA, SENDING_MS, signal, tellWait(io))
  const refusals = new Map<string, CancelRefusal>()
  let stopped: CancelRefusal | undefined
  for (const action of actions) {
    const comment = cancelComment(action, reason, ownNames(configuration))
    const refusal =
      stopped ?? refusalOf(await pace.send(() => api.cancel(action.id, comment, () => !signal.aborted)))
    if (refusal !== undefined) refusals.set(action.id, refusal)
    if (refusal?.code === 'unauthorized') stopped = refusal
  }
  return refusals
}

/**
 * Cancels actions and waits, bounded, for what they really become: an answer to a cancel need not be the end of the
 * action, and a refused one may mean that it ended meanwhile.
 */
export async function cancelActions(
  cancelling: Cancelling,
  context: CommandContext,
  session: Session,
): Promise<readonly AdHocOutcome[]> {
  const { actions, names, timeoutMs } = cancelling
  const { signal } = context
  const { client, clock } = session.service
  const open = actions.filter(action => !hasEnded(action))
  const refusals = await sendCancels({ ...cancelling, actions: open }, context, session)
  const ids = open.map(({ id }) => id).filter(id => refusals.get(id)?.outcome !== 'not-attempted')
  const pollIntervalMs = Math.min(session.configuration.apply.pollInterval.ms, timeoutMs)
  const waiting = { ids, client, clock, pollIntervalMs, timeoutMs, signal }
  const seen = ids.length > 0 ? await awaitActions(waiting) : new Map<string, MachineAction>()
  return actions.map(action =>
    cancelOutcome(
      seen.get(action.id) ?? action,
      names.get(action.machineId) ?? null,
      hasEnded(action),
      refusals.get(action.id),
    ),
  )
}
