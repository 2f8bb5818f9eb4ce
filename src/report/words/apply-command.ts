import type { Plan } from '../../plan/document/document.ts'
import type { Style } from '../terminal/style.ts'
import { whyNotApplyable } from './plan-verdict.ts'
import { shellWord } from './shell-word.ts'

/** How the endpoint of an emulated service begins; the path of its scenario follows. */
const EMULATED = 'emulated:'

/** What a command line says of an emulated service: its scenario once more. */
function emulateArguments({ target }: Plan): readonly string[] {
  return target.endpoint.startsWith(EMULATED) ? ['--emulate', target.endpoint.slice(EMULATED.length)] : []
}

/**
 * The command line that applies exactly this plan, with the words that chose it. Not escaped.
 *
 * @returns Null where the plan cannot be applied or does nothing, and for one that was not saved of an emulated
 * service: the next one starts at another time, so that its plan may have another id.
 */
export function applyCommand(
  plan: Plan,
  { planFile, planningArguments = [], serviceArguments = [] }: Partial<Style>,
): string | null {
  const isIdle = plan.changes.length + plan.inFlight.length === 0
  if (isIdle || whyNotApplyable(plan) !== null) return null
  const emulate = emulateArguments(plan)
  if (planFile === undefined && emulate.length > 0) return null
  const chosen = planFile === undefined ? ['--expect', plan.planId, ...planningArguments] : [planFile]
  return ['holdfast', 'apply', ...chosen, ...serviceArguments, ...emulate].map(shellWord).join(' ')
}
