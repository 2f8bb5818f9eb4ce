import type { Target } from '../plan/document/document.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import { describeEnd, endOf } from './action-end.ts'
import type { ExitName, Outcome } from './result.ts'

/** How one thing ended that was asked for by hand: a tag on a machine, an action awaited or cancelled. */
export interface AdHocOutcome {
  readonly machineId: string
  readonly dnsName: string | null
  readonly actionId: string | null
  /** The type of the action; null for a tag. */
  readonly type: string | null
  readonly outcome: Outcome
  /** The service's last word for the action; null for a tag. */
  readonly status: string | null
  /** Stable code of what went wrong, or the service's own; null where nothing did. */
  readonly code: string | null
  readonly detail: string | null
}

/** The document of `machines tag`, `actions wait` and `actions cancel`. */
export interface AdHocResult {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly startedAt: string
  readonly finishedAt: string
  readonly exit: { readonly code: number; readonly name: ExitName | 'signal' }
  readonly outcomes: readonly AdHocOutcome[]
  /** Counts of every outcome that occurs. */
  readonly summary: { readonly [outcome in Outcome]?: number }
}

function about(
  action: MachineAction,
  dnsName: string | null,
): Pick<AdHocOutcome, 'machineId' | 'dnsName' | 'actionId' | 'type' | 'status'> {
  const { id, type, status, machineId } = action
  return { machineId, dnsName, actionId: id, type, status }
}

/** Says how an action that was awaited stands. */
export function awaitedOutcome(action: MachineAction, dnsName: string | null): AdHocOutcome {
  const end = endOf(action.status)
  const detail = end === null || end === 'succeeded' ? null : describeEnd(action)
  return { ...about(action, dnsName), outcome: end ?? 'pending', code: null, detail }
}

/** What became of the request to cancel, where the service did not take it. */
export interface CancelRefusal {
  readonly outcome: Extract<Outcome, 'failed' | 'uncertain' | 'not-attempted'>
  readonly code: string
  readonly message: string
}

/**
 * Says what an action really became that was to be cancelled: the action's end counts, not what was answered.
 *
 * @param wasOver - Whether it had ended before anything was sent.
 */
export function cancelOutcome(
  action: MachineAction,
  dnsName: string | null,
  wasOver: boolean,
  refusal?: CancelRefusal,
): AdHocOutcome {
  const head = about(action, dnsName)
  switch (endOf(action.status)) {
    case 'succeeded':
      return {
        ...head,
        outcome: 'failed',
        code: 'took-effect',
        detail: `${action.type} took effect all the same; plan and apply, or undo it.`,
      }
    case 'cancelled':
      return { ...head, outcome: wasOver ? 'unchanged' : 'succeeded', code: null, detail: null }
    case 'failed':
    case 'timed-out': {
      const detail = `${action.type} ended ${action.status} and not Cancelled; it is over, what it did to the device is uncertain.`
      return { ...head, outcome: wasOver ? 'unchanged' : 'succeeded', code: null, detail }
    }
    default:
      return refusal === undefined
        ? {
            ...head,
            outcome: 'pending',
            code: null,
            detail: 'The service took the cancel; the action has not ended. See `holdfast actions wait`.',
          }
        : { ...head, outcome: refusal.outcome, code: refusal.code, detail: refusal.message }
  }
}

/** Counts the outcomes. */
export function countOutcomes(outcomes: readonly Pick<AdHocOutcome, 'outcome'>[]): AdHocResult['summary'] {
  const counts: { [outcome in Outcome]?: number } = {}
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
