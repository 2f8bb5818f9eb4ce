import type { HoldPosture } from '../../posture/fold-hold.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { configurationOf, parseMarker } from '../../posture/marker.ts'

/**
 * The configuration whose marker an action carries; undefined where it carries none, or came through the portal, where
 * anybody can paste one.
 */
export function writerOf({ requestSource, requestorComment }: MachineAction): string | undefined {
  const marker = requestSource === 'Portal' ? undefined : parseMarker(requestorComment)
  return marker === undefined ? undefined : configurationOf(marker)
}

/** Says of a hold whether other configurations alone hold it: it is their business, and no drift of ours. */
export function isOfSisters({ imposes }: HoldPosture, sisters: ReadonlySet<string>): boolean {
  return imposes.length > 0 && imposes.every(({ action }) => sisters.has(writerOf(action) ?? ' '))
}
