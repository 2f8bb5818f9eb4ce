import type { Change } from '../plan/document/document.ts'
import { compareActions } from '../posture/history.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { parseMarker } from '../posture/marker.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import { requestAt } from './item.ts'
import { type Trace, traceKey } from './read-journal.ts'

/** At which of its requests a change stands when a run begins. */
export type Standing =
  | { readonly kind: 'unsent' }
  /** Sent, and nobody knows whether it was accepted. */
  | { readonly kind: 'unanswered'; readonly step: number; readonly since: Instant }
  /** Accepted, and too long ago for not being listed yet. */
  | { readonly kind: 'unlisted'; readonly step: number; readonly since: Instant }
  /** Accepted by the service; `action` is null while it is not listed. */
  | {
      readonly kind: 'sent'
      readonly step: number
      readonly actionId: string
      readonly action: MachineAction | null
    }

/**
 * After so many ms an accepted action that no list has is not late but lost. Lists that lag are reported by seconds; a
 * service that was set back, such as an emulator started anew, never has it, and the change would be awaited for ever.
 */
const LOST_AFTER_MS = 600_000

/** The two short names that the marker of one change carries (docs/contract.md#marker). */
export interface ChangeKey {
  readonly plan: string
  readonly change: string
}

/** The short names of a change of a plan. */
export function keyOf(planId: string, change: Change): ChangeKey {
  return { plan: planId.replace('sha256:', '').slice(0, 8), change: change.fingerprint.slice(0, 8) }
}

/** Says whether a comment ends in the marker of this change of this plan. */
export function carriesKey(comment: string | null, key: ChangeKey): boolean {
  const marker = parseMarker(comment)
  return marker !== undefined && marker.plan === key.plan && marker.change === key.change
}

/**
 * Finds what was already submitted for a change: the history by its marker, and the journal for what is not listed
 * yet. The furthest request with a trace decides, since each is sent after the one before it.
 *
 * @param actions - All known actions of the machine.
 * @param traces - What the journal remembers, by {@link traceKey}.
 * @param now - Our clock, which the journal is written by.
 */
export function standingOf(
  change: Change,
  key: ChangeKey,
  actions: readonly MachineAction[],
  traces: ReadonlyMap<string, Trace>,
  now: Instant,
): Standing {
  for (let step = change.requests.length - 1; step >= 0; step -= 1) {
    const found = findSubmitted(change, step, key, actions)
    if (found !== undefined) return { kind: 'sent', step, actionId: found.id, action: found }
    const trace = traces.get(traceKey(change.address, step))
    if (trace === undefined) continue
    if (trace.unansweredAt !== null) return { kind: 'unanswered', step, since: trace.unansweredAt }
    const { actionId, acceptedAt } = trace
    if (actionId !== null) {
      const action = actions.find(({ id }) => id === actionId) ?? null
      return action === null && acceptedAt !== null && addMs(acceptedAt, LOST_AFTER_MS) < now
        ? { kind: 'unlisted', step, since: acceptedAt }
        : { kind: 'sent', step, actionId, action }
    }
  }
  return { kind: 'unsent' }
}

/**
 * Finds the action that a request led to: by its marker, for a cancel the cancelled action once its cancellation
 * comment carries it. Of several the most successful one, then the latest, counts.
 */
export function findSubmitted(
  change: Change,
  step: number,
  key: ChangeKey,
  actions: readonly MachineAction[],
): MachineAction | undefined {
  const request = requestAt(change, step)
  if (request.type === 'Cancel') {
    return actions.find(
      ({ id, cancellationComment }) => id === request.actionId && carriesKey(cancellationComment, key),
    )
  }
  return [...listSubmitted(change, step, key, actions)].sort(
    (a, b) => standing(a) - standing(b) || compareActions(b, a),
  )[0]
}

/** Lists every action that a request other than a cancel led to, by its marker. */
export function listSubmitted(
  change: Change,
  step: number,
  key: ChangeKey,
  actions: readonly MachineAction[],
): readonly MachineAction[] {
  const { type } = requestAt(change, step)
  return actions.filter(
    action =>
      action.type === type && action.requestSource !== 'Portal' && carriesKey(action.requestorComment, key),
  )
}

function standing(action: MachineAction): number {
  const end = endOf(action.status)
  return end === 'succeeded' ? 0 : end === null ? 1 : 2
}
