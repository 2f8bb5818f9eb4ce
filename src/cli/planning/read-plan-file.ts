import type { ExitName } from '../../apply/result.ts'
import { Failure } from '../../local/failure.ts'
import type { Plan } from '../../plan/document/document.ts'
import { type PlanFileError, readPlan } from '../../plan/document/plan-file.ts'
import type { SourceFile } from '../../schema/diagnostic.ts'
import { displayPath, readText } from '../declaration/read-text.ts'
import type { Io } from '../io.ts'

/** A file that was changed is stale; one that never was a plan is a mistake of usage. */
const EXITS: Readonly<Record<PlanFileError['code'], ExitName>> = {
  'plan-unreadable': 'error',
  'plan-format': 'error',
  'plan-tampered': 'stale',
}

/** Believes what was read as a plan, or throws Failure. */
export function believePlan({ path, text }: SourceFile): Plan {
  const read = readPlan(text)
  if ('plan' in read) return read.plan
  throw new Failure(read.code, `${path}: ${read.message}`, { exit: EXITS[read.code] })
}

/** Reads a saved plan. Throws Failure where it cannot be read or believed. */
export async function readPlanFile(path: string, { cwd }: Pick<Io, 'cwd'>): Promise<Plan> {
  return believePlan(await readText(displayPath(path, cwd), cwd))
}
