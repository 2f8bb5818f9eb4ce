import { nameTarget } from '../../local/state-directory.ts'
import type { Target } from '../../plan/document/document.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'

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
