import type { MachineAction } from './machine-action.ts'
import { isOwn, type OwnNames } from './marker.ts'

/** Who is behind an action, as far as the service tells. `service`: it ended a hold by itself (docs/contract.md#service-lift). */
export type ActorClass = 'own' | 'analyst' | 'application' | 'service' | 'unknown'

/** A user principal name, or the name of a domain and of a user in it. */
const USER_NAME = /^([^@\s]+@[^@\s]+\.[^@\s]+|[^\\\s]+\\[^\\]+)$/

/** Says whether a requestor is called as people are (docs/service.md#requestor-forms). */
export function isUserName(requestor: string): boolean {
  return USER_NAME.test(requestor)
}

/**
 * Classifies who asked for an action: our marker, a person (through the portal, or under a user principal name), the
 * service itself, another application, or unknown. The requestor has three forms (docs/service.md#requestor-forms) and
 * never proves ownership.
 *
 * @param byService - Whether the fold of its machine took it for the service's own lift.
 */
export function actorOf(action: MachineAction, name: OwnNames, byService = false): ActorClass {
  if (isOwn(action, name)) return 'own'
  if (byService) return 'service'
  if (action.requestSource === 'Portal' || isUserName(action.requestor ?? '')) return 'analyst'
  return action.requestSource === 'PublicApi' ? 'application' : 'unknown'
}
