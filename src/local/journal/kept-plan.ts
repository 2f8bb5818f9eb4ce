import { join } from 'node:path'
import type { Plan } from '../../plan/document/document.ts'
import { sealPlan } from '../../plan/document/plan-file.ts'
import { serializeDocument } from '../../report/documents/serialize-document.ts'
import { writeFileAtomically } from '../atomic-write.ts'
import { keptPlanName } from './journal-name.ts'

/** Where the plan of a run is kept: beside its journal. */
export function keptPlanPath(folder: string, planId: string): string {
  return join(folder, keptPlanName(planId))
}

/**
 * Keeps the plan of a run beside its journal, sealed as `plan --out` seals it, so that `apply --resume` can go on with
 * exactly what was approved. Mode 0600; never seen half.
 *
 * @throws Failure `file-not-written`.
 */
export async function keepPlan(folder: string, plan: Plan): Promise<void> {
  await writeFileAtomically(keptPlanPath(folder, plan.planId), serializeDocument(sealPlan(plan)))
}
