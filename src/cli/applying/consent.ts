import type { Plan } from '../../plan/document/document.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { renderPlanSummary } from '../../report/words/render-plan-summary.ts'
import { countRisk } from '../../report/words/risk-words.ts'
import { rolloutSentence } from '../../report/words/rollout-text.ts'
import { askForYes, canAsk } from '../ask.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { type ApplyRequest, hasConsent } from './apply-request.ts'

/** The risks once more, in few words: the plan above may be long. */
function riskLine({ risks = [] }: Plan): readonly string[] {
  return risks.length === 0
    ? []
    : [`Risks: ${risks.map(risk => escapeTerminal(countRisk(risk))).join(', ')}.`]
}

/** The question before a plan is applied: which tenant, where, and how much. */
export function consentQuestion(plan: Plan): string {
  const { endpoint, tenantId } = plan.target
  const rollout = rolloutSentence(plan)
  return [
    '',
    `Apply to tenant ${escapeTerminal(tenantId ?? '(unknown)')} at ${escapeTerminal(endpoint)}?`,
    renderPlanSummary(plan),
    ...riskLine(plan),
    ...(rollout === '' ? [] : [escapeTerminal(rollout)]),
    'Only `yes` applies it: ',
  ].join('\n')
}

/** Whether there is a terminal for the question; without one consent has to be on the command line. */
export function requireConsentOrTerminal({ io }: CommandContext, request: ApplyRequest): void {
  if (hasConsent(request) || canAsk(io)) return
  throw fail(
    'approval-missing',
    'There is no terminal to ask in, and nothing on the command line consents.',
    {
      exit: 'refused',
    },
  )
}

/** Asks for consent. Throws Failure `approval-refused` for any answer but `yes`, `interrupted` at a signal. */
export async function askForConsent(
  plan: Plan,
  { io, signal }: CommandContext,
  question: string = consentQuestion(plan),
): Promise<void> {
  const agreed = await askForYes(question, io, signal)
  if (signal.aborted) throw fail('interrupted', 'Interrupted before anything was submitted.')
  if (agreed) return
  throw fail('approval-refused', 'Nothing was submitted: the answer was not `yes`.', { exit: 'refused' })
}
