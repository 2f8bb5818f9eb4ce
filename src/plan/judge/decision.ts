import type { MachineAction } from '../../posture/machine-action.ts'
import type { ActionType } from '../../posture/methods.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Note, Operation } from '../document/document.ts'
import type { Renewal } from './judge-lapse.ts'

/** A request before its comment is known. */
export type DraftRequest =
  | {
      readonly type: ActionType
      readonly body: Readonly<Record<string, unknown>>
      /** The record to send it to, where that is another one of the same device. */
      readonly machineId?: string
    }
  | { readonly type: 'Cancel'; readonly actionId: string }

/** What to do about one facet of one machine; the first half of a {@link Change}. */
export interface DecidedChange {
  readonly kind: 'change'
  readonly operations: readonly Operation[]
  readonly requests: readonly DraftRequest[]
  readonly before: string
  readonly after: string
  readonly reason: string
  readonly warnings: readonly Note[]
  /** Waits until the actions of the same type that are in flight have ended. */
  readonly waitsForInFlight: boolean
  /** Where it repeats what ended by itself; absent where it does not. */
  readonly renewal?: Renewal
  /** When what it imposes ends by itself, were it sent now; absent where it does not. */
  readonly until?: Instant
}

export type Decision =
  | { readonly kind: 'unchanged'; readonly notes: readonly Note[] }
  | DecidedChange
  /** Something toward the declaration is on its way: awaited, nothing submitted. */
  | { readonly kind: 'in-flight'; readonly awaited: readonly MachineAction[] }
  | {
      readonly kind: 'blocked'
      readonly code: string
      readonly message: string
      readonly wouldBe: readonly Operation[]
      readonly before: string
      readonly after: string
    }
