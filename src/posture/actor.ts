import type { MachineAction } from './machine-action.ts'
import { isOwn } from './marker.ts'

/** Who is behind an action, as far as the service tells. */
export type ActorClass = 'own' | 'analyst' | 'application' | 'unknown'

const UPN = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

/**
 * Classifies who asked for an action: our marker, a person (through the portal, or under a user principal name),
 * another application, or unknown. The requestor has three forms (docs/service.md#requestor-forms) and never proves ownership.
 */
export function actorOf(action: MachineAction, name: string | undefined): ActorClass {
  if (isOwn(action, name)) return 'own'
  if (action.requestSource === 'Portal' || UPN.test(action.requestor ?? '')) return 'analyst'
  return action.requestSource === 'PublicApi' ? 'application' : 'unknown'
}
