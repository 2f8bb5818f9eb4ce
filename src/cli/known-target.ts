import type { Target } from '../plan/document.ts'
import type { CommandContext } from './command.ts'
import { targetOf } from './running-errand.ts'
import type { Service } from './service.ts'
import { nameTarget } from './state-directory.ts'

/**
 * Says which target a command is about without asking anybody where that is known: from the configuration, or because
 * an endpoint on this machine goes by its own name. A token that was given is read; only else is one asked for.
 */
export async function knownTarget(service: Service, { io }: Pick<CommandContext, 'io'>): Promise<Target> {
  const { tenantId = null } = service.target
  const target = { endpoint: service.endpointName, tenantId }
  const byTenant = nameTarget({ ...target, tenantId: 'tenant' }) === 'tenant'
  const isGiven = (io.env['HOLDFAST_TOKEN'] ?? '') !== ''
  return byTenant && (tenantId === null || isGiven) ? targetOf(service) : target
}
