import type { Marker } from '../../posture/marker.ts'
import type { Change, Plan } from './document.ts'

/** The policy part of the marker of a change that no policy asks for any more. */
const NO_POLICY = 'none'

/** The ids that the markers of a plan's changes carry. */
export type PlanIds = Pick<Plan, 'planId' | 'renewalsId'>

/** The id that the marker, the journal and the resume of a change use (docs/contract.md#renewals-id). */
export function idOf({ planId, renewalsId }: PlanIds, { renews }: Pick<Change, 'renews'>): string {
  return renews === undefined || renewalsId === undefined ? planId : renewalsId
}

/**
 * The marker of a change's requests (docs/contract.md#marker).
 *
 * @param name - The configuration's name, which then precedes the policy.
 */
export function markerOf(planId: string, change: Change, name: string | undefined): Marker {
  const policy = change.policy?.name ?? NO_POLICY
  return {
    policy: name === undefined ? policy : `${name}/${policy}`,
    plan: shortPlanId(planId),
    change: change.fingerprint.slice(0, 8),
  }
}

/** The first 8 hex digits of a plan id, as a marker carries them. */
export function shortPlanId(planId: string): string {
  return planId.replace(/^sha256:/, '').slice(0, 8)
}
