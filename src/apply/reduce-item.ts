import type { Note } from '../plan/document/document.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { Instant } from '../schema/instant.ts'
import { describeEnd, endOf } from './action-end.ts'
import { explain } from './codes.ts'
import { type Item, type LookReason, requestAt, standAt } from './item.ts'
import type { Outcome } from './result.ts'

/** How often a request that got no answer and is not in the history is sent at most. */
export const MAX_ATTEMPTS = 3

/** What can happen to an item. */
export type ItemEvent =
  /** Its intent goes to the journal and then to the service. */
  | { readonly kind: 'sending' }
  /** Nothing was accepted: it goes back to the queue. */
  | { readonly kind: 'returned' }
  /** The service accepted the request that this run sent. */
  | { readonly kind: 'accepted'; readonly action: MachineAction; readonly at: Instant }
  /** An action that an earlier run sent stands for the request; `action` is null while it is not listed. */
  | { readonly kind: 'adopted'; readonly actionId: string; readonly action: MachineAction | null }
  /** Somebody else's action leads to what the change is for, whatever requests are left. */
  | { readonly kind: 'overtaken'; readonly action: MachineAction }
  | {
      readonly kind: 'looking'
      readonly reason: LookReason
      readonly until: Instant
      readonly message: string
      readonly existing?: MachineAction
      readonly refusal?: Note
    }
  /** What was looked for turned up. */
  | { readonly kind: 'found'; readonly action: MachineAction }
  /** It was looked for until it could no longer turn up. */
  | { readonly kind: 'absent' }
  /** A newer reading of its action. */
  | { readonly kind: 'seen'; readonly action: MachineAction }
  | {
      readonly kind: 'ended'
      readonly outcome: Outcome
      readonly code?: string
      readonly detail?: string
      readonly actionId?: string | null
    }

/**
 * Moves one item by one event: the whole state machine of a change.
 *
 * Pure. An item that has ended stays as it is, whatever arrives late.
 */
export function reduceItem(item: Item, event: ItemEvent): Item {
  if (item.stage.kind === 'ended') return item
  switch (event.kind) {
    case 'sending':
    case 'returned':
      return { ...item, stage: { kind: event.kind === 'sending' ? 'sending' : 'queued' } }
    case 'accepted':
      return settle({ ...item, adopted: false, submittedAt: event.at }, event.action)
    case 'adopted':
      return adopt(item, event.actionId, event.action)
    case 'overtaken':
      return overtake(item, event.action)
    case 'looking':
      return { ...item, stage: event }
    case 'found':
      return settle({ ...item, submittedAt: event.action.creationDateTimeUtc }, event.action)
    case 'absent':
      if (item.stage.kind === 'looking' && item.stage.refusal !== undefined) {
        return end(item, 'refused', item.stage.refusal.code, item.stage.refusal.message)
      }
      return item.attempts + 1 < MAX_ATTEMPTS
        ? { ...item, attempts: item.attempts + 1, adopted: false, stage: { kind: 'queued' } }
        : end(item, 'uncertain', 'unanswered', explain('unanswered'))
    case 'seen':
      return settle(item, event.action)
    case 'ended': {
      const ended = end(item, event.outcome, event.code ?? null, event.detail ?? null)
      return event.actionId === undefined ? ended : { ...ended, actionId: event.actionId }
    }
  }
}

function adopt(item: Item, actionId: string, action: MachineAction | null): Item {
  const adopted: Item = { ...item, adopted: true, actionId, stage: { kind: 'in-flight', actionId } }
  return action === null
    ? adopted
    : settle({ ...adopted, submittedAt: item.submittedAt ?? action.creationDateTimeUtc }, action)
}

function overtake(item: Item, action: MachineAction): Item {
  const { change } = item
  const atGoal = change === null ? item : standAt(item, change, change.requests.length - 1)
  return adopt({ ...atGoal, opened: item.opened, type: action.type }, action.id, action)
}

function end(item: Item, outcome: Outcome, code: string | null, detail: string | null): Item {
  return { ...item, stage: { kind: 'ended', outcome, code, detail } }
}

/** What a reading of its action means for an item: still in flight, the next request, or the end. */
function settle(item: Item, action: MachineAction): Item {
  const read: Item = { ...item, actionId: action.id, action }
  const ended = endOf(action.status)
  if (ended === null) return { ...read, stage: { kind: 'in-flight', actionId: action.id } }
  const { change } = item
  const last = change === null || item.step + 1 === change.requests.length
  if (change !== null && requestAt(change, item.step).type === 'Cancel') {
    if (!last) return standAt(read, change, item.step + 1)
    return ended === 'succeeded'
      ? end(read, 'failed', 'took-effect', explain('took-effect'))
      : end(read, item.adopted ? 'adopted' : 'succeeded', null, null)
  }
  if (ended !== 'succeeded') return end(read, ended, ended, describeEnd(action))
  if (!last) return standAt(read, change, item.step + 1)
  return end(read, item.adopted ? 'adopted' : 'succeeded', null, null)
}
