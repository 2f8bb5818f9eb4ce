import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Lease } from '../apply/ports.ts'
import type { Plan } from '../plan/document.ts'
import type { CommandContext } from './command.ts'
import { type FileJournal, openJournal } from './file-journal.ts'
import { fileLease } from './file-lease.ts'
import { identifyProcess } from './process-identity.ts'
import type { Service } from './service.ts'
import { nameTarget, stateDirectory } from './state-directory.ts'

/** Journal and lease of one apply. */
export interface ApplyPorts {
  readonly journal: FileJournal
  readonly lease: Lease
  close(): Promise<void>
}

/** Where journals are: named by the user, else in his state; of an emulator in this process, in a folder that goes with it. */
async function baseFolder({ flags, io }: CommandContext, service: Service) {
  const given = flags.text('journal')
  if (given !== undefined) return { folder: resolve(io.cwd, given), isTemporary: false }
  if (!service.isEmulated) return { folder: stateDirectory(io.env), isTemporary: false }
  return { folder: await mkdtemp(join(tmpdir(), 'holdfast-')), isTemporary: true }
}

/** Opens journal and lease for a plan, both of the plan's target. */
export async function openApplyPorts(
  context: CommandContext,
  plan: Plan,
  service: Service,
): Promise<ApplyPorts> {
  const base = await baseFolder(context, service)
  const folder = join(base.folder, nameTarget(plan.target))
  const { clock } = service
  const journal = openJournal({ folder, planId: plan.planId, clock })
  return {
    journal,
    lease: fileLease(folder, await identifyProcess(), clock),
    async close() {
      await journal.close()
      if (base.isTemporary) await rm(base.folder, { recursive: true, force: true })
    },
  }
}
