import { join, resolve } from 'node:path'
import { type FoundLease, findLease } from '../../local/lease/remove-lease.ts'
import { identifyProcess, type ProcessIdentity } from '../../local/process-identity.ts'
import { nameTarget, stateDirectory } from '../../local/state-directory.ts'
import type { Target } from '../../plan/document/document.ts'
import type { Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'
import { knownTarget } from './known-target.ts'

/** What runs are looked at with. */
export interface RunState {
  readonly target: Target
  /** Where the journals of the target are. */
  readonly folder: string
  readonly lease: FoundLease | null
  readonly self: ProcessIdentity
  readonly now: Instant
}

/** Finds where the journals of the target are, and who has its lease. Throws Failure `journal-not-usable`. */
export async function findRunState(context: CommandContext, service: Service): Promise<RunState> {
  const target = await knownTarget(service, context)
  const name = nameTarget(target)
  const base = stateDirectory(context.io.env)
  const given = context.flags.text('journal')
  const folder = join(given === undefined ? base : resolve(context.io.cwd, given), name)
  const self = await identifyProcess()
  const now = service.clock.now()
  return { target, folder, self, now, lease: await findLease(join(base, name), self, now) }
}
