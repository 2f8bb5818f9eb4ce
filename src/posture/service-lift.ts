import { addMs, type Instant } from '../schema/instant.ts'
import { isUserName } from './actor.ts'
import type { MachineAction } from './machine-action.ts'
import { parseMarker } from './marker.ts'

/** A lift may be this far from the instant at which its hold could end (docs/contract.md#service-lift). */
const LEEWAY_MS = 3_600_000

/** Who asked, as requestors compare; empty for nobody. */
export function requestorOf({ requestor }: Pick<MachineAction, 'requestor'>): string {
  return (requestor ?? '').trim().toLowerCase()
}

/** Says whether an action could be the service's own: no marker of ours or of another Holdfast, no portal, no user. */
export function mayBeService(action: MachineAction): boolean {
  return (
    action.requestSource !== 'Portal' &&
    parseMarker(action.requestorComment) === undefined &&
    !isUserName(requestorOf(action))
  )
}

/** The instants at which the service could end the hold of an impose: nobody knows from which of its times it counts. */
export function possibleEnds(impose: MachineAction, lastsMs: number): readonly Instant[] {
  return [addMs(impose.creationDateTimeUtc, lastsMs), addMs(impose.lastUpdateDateTimeUtc, lastsMs)]
}

/** Says whether a lift was created so near to an end of one of these imposes that the service can have written it. */
export function isTimed(lift: MachineAction, imposes: readonly MachineAction[], lastsMs: number): boolean {
  const { creationDateTimeUtc: created } = lift
  return imposes.some(impose =>
    possibleEnds(impose, lastsMs).some(
      end => created >= addMs(end, -LEEWAY_MS) && created <= addMs(end, LEEWAY_MS),
    ),
  )
}
