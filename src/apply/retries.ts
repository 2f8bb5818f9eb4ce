import type { Change, Note } from '../plan/document/document.ts'
import type { PlanIds } from '../plan/document/marker-of.ts'
import { exhaustedNow } from '../plan/judge/exhausted.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { parseMarker } from '../posture/marker.ts'
import type { Configuration } from '../schema/configuration.ts'
import type { Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { requestAt } from './item.ts'
import type { JournalEntry } from './ports.ts'
import { isOfPlan, type Retry, retriesIn, type Trace, traceKey } from './read-journal.ts'
import { type ChangeKey, listSubmitted, type Standing } from './resume.ts'

/** What the journal remembers of the retries of a plan. */
export interface RetryMemory {
  /** Ids of the actions that belong to before a retry. */
  readonly setAside: ReadonlySet<string>
  /** Addresses whose retry was begun and not gone through with: the same command goes on with it, and begins no other. */
  readonly begun: ReadonlySet<string>
}

/** Ends of a run after which what it was to send again was sent, awaited and judged. */
const WENT_THROUGH: ReadonlySet<unknown> = new Set(['done', 'deadline'])

/** Folds the journal into what it remembers of the retries of a plan. */
export function retriesOf(entries: readonly JournalEntry[], plan: PlanIds): RetryMemory {
  const setAside = new Set<string>()
  const begun = new Set<string>()
  for (const entry of entries) {
    if (!isOfPlan(entry, plan)) continue
    for (const { address, actionIds } of retriesIn(entry)) {
      begun.add(address)
      for (const id of actionIds) setAside.add(id)
    }
    if (entry.event === 'run-ended' && WENT_THROUGH.has(entry['end'])) begun.clear()
  }
  return { setAside, begun }
}

/** What the decision about one retry rests on. */
export interface RetryInput {
  readonly change: Change
  readonly key: ChangeKey
  readonly configuration: Configuration
  /** The service's clock. */
  readonly now: Instant
  /** All known actions of the machine but those set aside. */
  readonly actions: readonly MachineAction[]
  /** All of them. */
  readonly history: readonly MachineAction[]
}

/** What is to be done about a change whose action ended. */
export type RetryVerdict =
  /** It did not end badly, or it is not ours to send again. */
  | { readonly kind: 'kept' }
  /** It was tried as often as the configuration allows. */
  | { readonly kind: 'exhausted'; readonly note: Note }
  | { readonly kind: 'retry'; readonly retry: Retry }

/**
 * Decides whether what a change stands at is sent again: an action that ended `Failed` or `TimeOut`, or was cancelled by
 * this plan or the service. What somebody else cancelled stays cancelled: that is contested, and only a new plan may
 * say otherwise.
 */
export function judgeRetry(standing: Standing, input: RetryInput): RetryVerdict {
  const { change, key, configuration, now, actions, history } = input
  const request = standing.kind === 'sent' ? requestAt(change, standing.step) : undefined
  if (standing.kind !== 'sent' || request === undefined || request.type === 'Cancel') return { kind: 'kept' }
  const led = listSubmitted(change, standing.step, key, actions)
  if (led.length === 0 || !led.every(action => mayFollow(action, key))) return { kind: 'kept' }
  const note = exhaustedNow(change, request, { configuration, now, actions: history })
  if (note !== undefined) return { kind: 'exhausted', note }
  const actionIds = led.map(({ id }) => id).sort()
  return { kind: 'retry', retry: { address: change.address, request: standing.step, actionIds } }
}

/** Whether another action may be sent after this one. */
function mayFollow(action: MachineAction, { plan }: ChangeKey): boolean {
  const end = endOf(action.status)
  if (end === 'failed' || end === 'timed-out') return true
  const { cancellationRequestor, cancellationComment } = action
  return (
    end === 'cancelled' &&
    (parseMarker(cancellationComment)?.plan === plan ||
      (cancellationRequestor === null && cancellationComment === null))
  )
}

/** The traces that are left of a plan once a request of it is to be sent again. */
export function withoutTrace(
  traces: ReadonlyMap<string, Trace>,
  { address, request }: Retry,
): ReadonlyMap<string, Trace> {
  const left = new Map(traces)
  left.delete(traceKey(address, request))
  return left
}
