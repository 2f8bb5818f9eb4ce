import type { Plan } from '../../plan/document/document.ts'
import { readPlan, sealPlan } from '../../plan/document/plan-file.ts'
import { serializeDocument } from '../../report/documents/serialize-document.ts'
import type { Shelf } from '../store/shelf.ts'
import { keptPlanName } from './journal-name.ts'

/** Where the plan of a run is kept, for people: beside its journal. */
export function keptPlanPath(shelf: Shelf, planId: string): string {
  return shelf.pathOf(keptPlanName(planId))
}

/**
 * Keeps the plan of a run beside its journal, sealed as `plan --out` seals it, so that `apply --resume` can go on with
 * exactly what was approved.
 */
export async function keepPlan(shelf: Shelf, plan: Plan): Promise<void> {
  await shelf.put(keptPlanName(plan.planId), serializeDocument(sealPlan(plan)))
}

/** Reads the plan that is kept; undefined where it is gone or not to be believed. */
export async function readKeptPlan(shelf: Shelf, planId: string): Promise<Plan | undefined> {
  try {
    const read = readPlan((await shelf.read(keptPlanName(planId))) ?? '')
    return 'plan' in read && read.plan.planId === planId ? read.plan : undefined
  } catch {
    return undefined
  }
}
