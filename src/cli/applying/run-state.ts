import type { FoundLease } from '../../local/lease/remove-lease.ts'
import type { ProcessIdentity } from '../../local/process-identity.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { Target } from '../../plan/document/document.ts'
import type { Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'
import { knownTarget } from './known-target.ts'

/** What runs are looked at with. */
export interface RunState {
  readonly target: Target
  readonly state: TargetState
  readonly lease: FoundLease | null
  readonly self: ProcessIdentity
  readonly now: Instant
}

/** Finds where the journals of the target are, and who has its lease. Throws Failure `journal-not-usable`. */
export async function findRunState(context: CommandContext, service: Service): Promise<RunState> {
  const target = await knownTarget(service, context)
  const state = await service.openState(target)
  const self = await context.io.host.identify()
  const { clock } = service
  return { target, state, self, now: clock.now(), lease: await state.findLease({ self, clock }) }
}
