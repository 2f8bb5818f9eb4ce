import type { DriftEvent } from '../report/documents/drift-events.ts'
import type { Instant } from '../schema/instant.ts'

/** What one look at the tenant came to. */
export interface Look {
  /** The service's clock at that look. */
  readonly at: Instant
  /** How far the service's clock is ahead of ours, in milliseconds. */
  readonly clockSkewMs: number
  /** Every finding as an event, each with the id that it has in every look. */
  readonly findings: readonly DriftEvent[]
  /** When the next look would come to something else by time alone; null where nothing is known to. */
  readonly nextLookAt: Instant | null
  readonly counts: LookCounts
}

/** What a look counted, for people and for metrics. */
export interface LookCounts {
  readonly machines: number
  /** Holds that stand, declared or not. */
  readonly held: number
  readonly changes: number
  readonly blocked: number
  readonly inFlight: number
  readonly apiCalls: number
  /** Seconds until the first hold ends by itself; null where none does. */
  readonly secondsToNextEnd: number | null
}

/** A look that could not be taken, or not to its end. */
export interface FailedLook {
  readonly code: string
  readonly message: string
}

/** How a look ended: a failed one says nothing about the tenant. */
export type LookAnswer =
  | { readonly kind: 'seen'; readonly look: Look }
  | { readonly kind: 'failed'; readonly failure: FailedLook }
