import type { Instant } from '../schema/instant.ts'
import type { Outcome } from './result.ts'

/** Where one change stands while an apply runs. */
export interface ProgressItem {
  readonly address: string
  readonly dnsName: string | null
  /** Request type now being worked on. */
  readonly type: string
  readonly state: 'queued' | 'sending' | 'in-flight' | 'ended'
  /** The service's last word, such as `InProgress`. */
  readonly status: string | null
  readonly outcome: Outcome | null
  /** When its request was answered. */
  readonly submittedAt: Instant | null
}

/** A frame of a running apply, handed to the `onProgress` callback whenever something moved. */
export interface Progress {
  readonly phase: 'observing' | 'submitting' | 'awaiting' | 'done'
  readonly now: Instant
  readonly startedAt: Instant
  readonly items: readonly ProgressItem[]
  /** When awaiting ends; null until the last change was submitted. */
  readonly deadline: Instant | null
  /** Until when the quota or a Retry-After holds submission back, null where it does not. */
  readonly heldUntil: Instant | null
  /** The wave that is open, counted from 1; absent without waves. */
  readonly wave?: { readonly number: number; readonly of: number; readonly machines: number }
  /** Milliseconds that submitting what is left will take under the quota. */
  readonly submitMsLeft: number
}
