import { addMs, type Instant } from '../schema/instant.ts'
import { classifyAcceptance } from './classify-answer.ts'
import type { ApplyCode } from './codes.ts'
import type { Item } from './item.ts'
import type { AnswerNote } from './ledger.ts'
import type { SubmitAnswer } from './ports.ts'
import type { ItemEvent } from './reduce-item.ts'
import { isRestrictedRefusal, RESTRICTED_DEVICE } from './restricted-refusal.ts'
import { type ChangeKey, carriesKey } from './resume.ts'

/** What a POST was sent with, and when its answer came. */
export interface Sent {
  readonly item: Item
  readonly comment: string
  readonly key: ChangeKey
  /** By the service's clock. */
  readonly intentAt: Instant
  /** By ours. */
  readonly answeredAt: Instant
  readonly lookupMs: number
}

/** What an answer means: for the item, for the journal, and for the whole run. */
export interface Judgement {
  readonly event: ItemEvent
  readonly note: AnswerNote
  /** Set where nothing more may be submitted. */
  readonly stop?: { readonly code: ApplyCode; readonly message: string }
}

/** Judges the answer to one POST. Pure. */
export function judgeAnswer(answer: SubmitAnswer, sent: Sent): Judgement {
  const { item, answeredAt, lookupMs } = sent
  const until = addMs(answeredAt, lookupMs)
  switch (answer.kind) {
    case 'accepted':
      return judgeAccepted(answer, sent, until)
    case 'throttled':
      return { event: { kind: 'returned' }, note: { kind: 'throttled' } }
    case 'withheld':
      return { event: { kind: 'returned' }, note: { kind: 'not-sent' } }
    case 'unauthorized': {
      const stop = { code: 'unauthorized', message: answer.message } as const
      return { event: { kind: 'returned' }, note: { kind: 'unauthorized' }, stop }
    }
    case 'unknown':
      return {
        event: { kind: 'looking', reason: 'unanswered', until, message: answer.message },
        note: { kind: 'unknown' },
      }
    case 'active-exists':
      return {
        event: { kind: 'looking', reason: 'active-exists', until, message: answer.message },
        note: { kind: 'active-exists' },
      }
    case 'rejected': {
      const { status, code } = answer
      const isDevice = isRestrictedRefusal(answer, item.type)
      const called = isDevice ? RESTRICTED_DEVICE : code
      const note = { kind: 'rejected', status, code: called }
      const message = `The service answered ${status} ${code}: ${answer.message}`
      return item.type === 'Cancel'
        ? { event: { kind: 'looking', reason: 'cancel-refused', until, message }, note }
        : { event: { kind: 'ended', outcome: 'failed', code: called, detail: message }, note }
    }
  }
}

function judgeAccepted(
  { action }: SubmitAnswer & { readonly kind: 'accepted' },
  sent: Sent,
  until: Instant,
): Judgement {
  const { item, key, answeredAt } = sent
  const note = { kind: 'accepted', actionId: action.id, status: action.status }
  const accepted: Judgement = { event: { kind: 'accepted', action, at: answeredAt }, note }
  if (item.type === 'Cancel') return accepted
  switch (classifyAcceptance(action, sent.comment, key, sent.intentAt)) {
    case 'own':
      return accepted
    case 'marker-lost': {
      const message = `${action.type} ${action.id} on ${item.dnsName ?? item.machineId} came back with a changed comment.`
      return { ...accepted, stop: { code: 'marker-lost', message } }
    }
    case 'existing':
      // An earlier attempt of this run that got no answer is this run's own all the same.
      if (carriesKey(action.requestorComment, key)) {
        return item.attempts > 0
          ? accepted
          : { note, event: { kind: 'adopted', actionId: action.id, action } }
      }
      return {
        event: {
          kind: 'looking',
          reason: 'existing',
          until,
          message: `The service answered with ${action.type} ${action.id}, which was there before.`,
          existing: action,
        },
        note: { kind: 'existing', actionId: action.id, status: action.status },
      }
  }
}
