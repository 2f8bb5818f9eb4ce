import type { MachineAction } from './machine-action.ts'
import { appendMarker, COMMENT_LIMIT, isOwn, type OwnNames, parseMarker } from './marker.ts'

/** Stands in a marker for the plan and the change that there are not: no digest begins like this by design. */
const NO_DIGEST = '00000000'

/**
 * Writes the comment of a cancel that somebody asks for by hand.
 *
 * An own action is cancelled under the policy it came from, with a marker that names no plan: the next plan sees that
 * it was us, and sends again what is still declared instead of holding it for somebody else's doing. Another's action
 * gets the reason alone, since no policy of ours speaks about it.
 */
export function cancelComment(action: MachineAction, reason: string, name: OwnNames): string {
  const marker = isOwn(action, name) ? parseMarker(action.requestorComment) : undefined
  if (marker !== undefined) {
    return appendMarker(reason, { policy: marker.policy, plan: NO_DIGEST, change: NO_DIGEST })
  }
  return reason
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, COMMENT_LIMIT)
    .replace(/[\uD800-\uDBFF]$/, '')
}
