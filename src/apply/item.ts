import type { Change, InFlight, Note, PlannedRequest } from '../plan/document/document.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { methodOf } from '../posture/methods.ts'
import { type Instant, parseInstant } from '../schema/instant.ts'
import type { Outcome } from './result.ts'

/** Why an item is looked for in the history before anything else is done about it. */
export type LookReason =
  /** Its POST got no answer: the service may have accepted it. */
  | 'unanswered'
  /** The service said that an action of this kind is already active. */
  | 'active-exists'
  /** The service answered with an action that was there before. */
  | 'existing'
  /** The service refused a cancel, as it does for an action that has ended. */
  | 'cancel-refused'

/** Where an item stands. */
export type Stage =
  | { readonly kind: 'queued' }
  | { readonly kind: 'sending' }
  | {
      readonly kind: 'looking'
      readonly reason: LookReason
      /** What is not in a list that was asked for at or after this time is not there. */
      readonly until: Instant
      readonly message: string
      /** The action that the service answered with, where it was there before. */
      readonly existing?: MachineAction
      /** Why it must not be sent again where it is not found: the configuration as it is now refuses it. */
      readonly refusal?: Note
    }
  | { readonly kind: 'in-flight'; readonly actionId: string }
  | {
      readonly kind: 'ended'
      readonly outcome: Outcome
      readonly code: string | null
      readonly detail: string | null
    }

/** One planned change, or one action that the plan only awaits, while an apply runs. Immutable. */
export interface Item {
  readonly address: string
  readonly machineId: string
  readonly dnsName: string | null
  /** Null for an action that the plan only awaits. */
  readonly change: Change | null
  /** Index of the request at which the change stands. */
  readonly step: number
  /** Type of that request, or of the awaited action. */
  readonly type: string
  readonly stage: Stage
  /** How often the request was sent without an answer and not found afterwards. */
  readonly attempts: number
  /** Whether the end of its last action is waited for. */
  readonly awaited: boolean
  /** Whether the action was not submitted by this run. */
  readonly adopted: boolean
  /** Whether an earlier request of its chain lifted a hold that a later one has to put back. */
  readonly opened: boolean
  readonly actionId: string | null
  /** The last reading of the action. */
  readonly action: MachineAction | null
  readonly submittedAt: Instant | null
}

/** An item that has something to send. */
export type ChangeItem = Item & { readonly change: Change }

/** Says whether an item is a planned change. */
export function isChangeItem(item: Item): item is ChangeItem {
  return item.change !== null
}

/** Warning of a plan on a hold whose machine is not there to take it: nobody waits for it. */
const NOT_AWAITED = 'will-stay-pending'

function isWorthAwaiting(warnings: readonly Note[]): boolean {
  return !warnings.some(({ code }) => code === NOT_AWAITED)
}

/** Makes the item of a planned change, standing at its first request. */
export function itemOfChange(change: Change): ChangeItem {
  return {
    address: change.address,
    machineId: change.machine.id,
    dnsName: change.machine.dnsName,
    change,
    step: 0,
    type: requestAt(change, 0).type,
    stage: { kind: 'queued' },
    attempts: 0,
    awaited: isWorthAwaiting(change.warnings),
    adopted: false,
    opened: false,
    actionId: null,
    action: null,
    submittedAt: null,
  }
}

/** Makes the item of an action that was in flight when the plan was made. */
export function itemOfInFlight(inFlight: InFlight): Item {
  return {
    address: inFlight.address,
    machineId: inFlight.machine.id,
    dnsName: inFlight.machine.dnsName,
    change: null,
    step: 0,
    type: inFlight.type,
    stage: { kind: 'in-flight', actionId: inFlight.actionId },
    attempts: 0,
    awaited: isWorthAwaiting(inFlight.warnings),
    adopted: true,
    opened: false,
    actionId: inFlight.actionId,
    action: null,
    submittedAt: parseInstant(inFlight.since) ?? null,
  }
}

/** The request of a change at an index. Throws a RangeError where a plan was built without it. */
export function requestAt(change: Change, step: number): PlannedRequest {
  const request = change.requests[step]
  if (request === undefined) throw new RangeError(`${change.address} has no request ${step}`)
  return request
}

/** The record that the request at which an item stands is sent to: that of the machine, or one merged into it. */
export function recordAt({ change, step, machineId }: ChangeItem): string {
  const request = requestAt(change, step)
  return request.type === 'Cancel' ? machineId : (request.machineId ?? machineId)
}

/** Puts an item at another request of its chain, as if nothing of that request had happened yet. */
export function standAt(item: Item, change: Change, step: number): Item {
  return {
    ...item,
    step,
    type: requestAt(change, step).type,
    stage: { kind: 'queued' },
    attempts: 0,
    adopted: false,
    opened: change.requests.slice(0, step).some(({ type }) => methodOf(type)?.effect === 'lift'),
    actionId: null,
    action: null,
    submittedAt: null,
  }
}

/** Says whether a later request of an item's chain waits for the end of this one. */
export function isHalfway(item: Item): boolean {
  return item.change !== null && item.step + 1 < item.change.requests.length
}

/** Says whether the run stays open for the end of an item's action. */
export function isAwaited(item: Item): boolean {
  return item.awaited || isHalfway(item)
}

/** Says whether the request at which an item stands opens a hold that its chain has to put back. */
export function opensChain(item: Item): boolean {
  return isHalfway(item) && methodOf(item.type)?.effect === 'lift'
}
