import type { MachineAction } from '../posture/machine-action.ts'
import { parseMarker } from '../posture/marker.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import { type ChangeKey, carriesKey } from './resume.ts'

/** How far the service's stamp may lie before our estimate of its clock without proving that an action is older. */
const SKEW_TOLERANCE_MS = 2000

/** Whose the action of a 201 is. */
export type Acceptance =
  /** This request created it. */
  | 'own'
  /** It was there before: a duplicate was answered with the action that already exists. */
  | 'existing'
  /** This request created it, and the service changed the marker by which we would know it again. */
  | 'marker-lost'

/**
 * Tells apart what a 201 can mean, since the service also answers with an action that was there before
 * (docs/service.md#duplicates).
 *
 * @param sent - The comment as it was sent.
 * @param intentAt - When the intent was written, by our estimate of the service's clock.
 */
export function classifyAcceptance(
  action: MachineAction,
  sent: string,
  key: ChangeKey,
  intentAt: Instant,
): Acceptance {
  const created = action.creationDateTimeUtc
  const older = created < addMs(intentAt, -SKEW_TOLERANCE_MS)
  if (carriesKey(action.requestorComment, key)) return older ? 'existing' : 'own'
  if (older || action.requestSource === 'Portal' || parseMarker(action.requestorComment) !== undefined)
    return 'existing'
  return created < intentAt && !resembles(action.requestorComment, sent) ? 'existing' : 'marker-lost'
}

/** Says whether a comment is what became of ours: nothing at all, its beginning, or a piece of its marker. */
function resembles(comment: string | null, sent: string): boolean {
  if (comment === null || comment.trim() === '') return true
  return comment.slice(0, 12) === sent.slice(0, 12) || comment.includes('holdfast policy=')
}
