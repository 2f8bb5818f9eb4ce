import type { MachineAction } from '../../posture/machine-action.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'

const HOUR_MS = 3_600_000

/** The service stops trying after 72 h and 14 min (docs/service.md#action-timeout); at 96 h something is wrong. */
const STUCK_HOURS = 96

/** A live response is queued for two hours (docs/service.md#live-response-queue); at 6 h something is wrong. */
const STUCK_LIVE_RESPONSE_HOURS = 6

/** For how long an action may be in flight. */
export function stuckMs(action: MachineAction): number {
  return hoursOf(action) * HOUR_MS
}

function hoursOf({ type }: MachineAction): number {
  return type === 'LiveResponse' ? STUCK_LIVE_RESPONSE_HOURS : STUCK_HOURS
}

/** Says whether an action is in flight for longer than the service tries. */
export function isStuck(action: MachineAction, now: Instant): boolean {
  return addMs(action.creationDateTimeUtc, stuckMs(action)) < now
}

/** Names an action that is stuck, and the way out. */
export function stuckMessage(action: MachineAction): string {
  const { id, type, status, creationDateTimeUtc } = action
  return `${type} ${id} is ${status} since ${formatInstant(creationDateTimeUtc)}, over ${hoursOf(action)} h; cancel it with \`holdfast actions cancel ${id}\` (or in the portal), then plan again.`
}
