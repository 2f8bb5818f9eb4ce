import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Lease } from '../../apply/ports.ts'
import { type FileJournal, openJournal } from '../../local/journal/file-journal.ts'
import { tidyJournals } from '../../local/journal/tidy-journals.ts'
import { fileLease } from '../../local/lease/file-lease.ts'
import { identifyProcess } from '../../local/process-identity.ts'
import { nameTarget, stateDirectory } from '../../local/state-directory.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'

/** Journal and lease of one apply. */
export interface ApplyPorts {
  readonly journal: FileJournal
  readonly lease: Lease
  close(): Promise<void>
}

/** Where the lease is: in the user's state, so that no two runs miss each other; of an emulator in this process, nowhere that stays. */
async function leaseBase({ io }: CommandContext, service: Service) {
  if (!service.isEmulated) return { folder: stateDirectory(io.env), isTemporary: false }
  return { folder: await mkdtemp(join(tmpdir(), 'holdfast-')), isTemporary: true }
}

/** Opens journal and lease for one run of a plan, both of the plan's target. */
export async function openApplyPorts(
  context: CommandContext,
  plan: Plan,
  service: Service,
  runId: string,
): Promise<ApplyPorts> {
  const base = await leaseBase(context, service)
  const given = context.flags.text('journal')
  const target = nameTarget(plan.target)
  const folder = join(given === undefined ? base.folder : resolve(context.io.cwd, given), target)
  const { clock } = service
  const { planId } = plan
  const self = await identifyProcess()
  const journal = openJournal({ folder, planId, clock, plan, writer: self })
  return {
    journal,
    lease: fileLease(join(base.folder, target), self, clock, { planId, runId, journal: folder }),
    async close() {
      await journal.close()
      if (base.isTemporary) await rm(base.folder, { recursive: true, force: true })
      await tidyJournals(folder)
    },
  }
}
