import type { MachineAction } from '../../posture/machine-action.ts'
import { formatInstant } from '../../schema/instant.ts'

/** Says who asked for an action, by which channel and when it last changed, for a sentence. */
export function attribute(action: MachineAction): string {
  const who = action.requestor ?? 'an unknown requestor'
  const channel = action.requestSource === null ? '' : ` through ${action.requestSource}`
  return `${who}${channel} at ${formatInstant(action.lastUpdateDateTimeUtc)} (action ${action.id})`
}

/** Says who cancelled an action and when. */
export function attributeCancel(action: MachineAction): string {
  const who = action.cancellationRequestor ?? 'an unknown requestor'
  return `${who} at ${formatInstant(action.lastUpdateDateTimeUtc)} (action ${action.id})`
}
