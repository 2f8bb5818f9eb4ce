import type { Lease } from '../../apply/ports.ts'
import { type OpenJournal, openJournal } from '../../local/journal/open-journal.ts'
import { tidyJournals } from '../../local/journal/tidy-journals.ts'
import type { Plan } from '../../plan/document/document.ts'
import type { CommandContext } from '../command.ts'
import type { Service } from '../service/service.ts'

/** Journal and lease of one apply. */
export interface ApplyPorts {
  readonly journal: OpenJournal
  readonly lease: Lease
  close(): Promise<void>
}

/** Opens journal and lease for one run of a plan, both of the plan's target. */
export async function openApplyPorts(
  { io }: CommandContext,
  plan: Plan,
  service: Service,
  runId: string,
): Promise<ApplyPorts> {
  const { clock } = service
  const { planId } = plan
  const state = await service.openState(plan.target)
  const self = await io.host.identify()
  const journal = openJournal({ shelf: state.journals, planId, clock, plan, writer: self })
  return {
    journal,
    lease: state.lease({ self, clock, purpose: { planId, runId, journal: state.place } }),
    async close() {
      await journal.close()
      await tidyJournals(state.journals)
    },
  }
}
