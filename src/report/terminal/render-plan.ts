import type { Guard, Plan, Risk } from '../../plan/document/document.ts'
import { planBlocks } from '../views/plan-blocks.ts'
import { applyCommand } from '../words/apply-command.ts'
import { endingSentence } from '../words/ending-words.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { isConverged, matchSentence, scopeNote, whyNotApplyable } from '../words/plan-verdict.ts'
import { renderPlanSummary } from '../words/render-plan-summary.ts'
import { countRisk, nameRisk } from '../words/risk-words.ts'
import { rolloutSentence } from '../words/rollout-text.ts'
import { followable } from '../words/ways-out.ts'
import { counted, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { foldBlocks } from './fold-blocks.ts'
import { layOut, span } from './lay-out.ts'
import { paint } from './paint.ts'
import { renderBlock } from './render-block.ts'
import { renderComparison } from './render-comparison.ts'
import { renderDiagnostics } from './render-diagnostics.ts'
import type { Style } from './style.ts'

function guardRow({ name, actual, limit, status, message }: Guard, style: Style): string {
  const overridden = status === 'overridden'
  const head = span(
    `guard ${name} ${overridden ? 'overridden' : 'failed'}:`,
    overridden ? 'warning' : 'error',
  )
  const text = followable(message ?? `${actual}, at most ${limit}`, style.options)
  return layOut({ lead: [span('! ', 'blocked')], body: [head, span(` ${escapeTerminal(text)}`)] }, style)
}

function riskRow(risk: Risk, style: Style): string {
  const head = span(`risk: ${escapeTerminal(countRisk(risk))}:`, 'warning')
  const text = ` ${escapeTerminal(nameRisk(risk))}`
  const why = span(` (${escapeTerminal(risk.evidence)})`, 'quiet')
  return layOut({ lead: [span('! ', 'blocked')], body: [head, span(text), why] }, style)
}

/** How to apply this plan and no other; only the id where it cannot be applied or does nothing. */
function planIdRow(plan: Plan, style: Style): string {
  const command = style.isApplying === true ? null : applyCommand(plan, style)
  return command === null
    ? paint(`Plan ${escapeTerminal(plan.planId)}`, 'quiet', style)
    : `Apply exactly this plan: ${paint(escapeTerminal(command), 'strong', style)}`
}

/** The loud first line of a plan that cannot be applied; empty for others. */
function notApplyableRow(plan: Plan, style: Style): string {
  const why = whyNotApplyable(plan)
  if (why === null) return ''
  const body = [span('This plan cannot be applied:', 'error'), span(` ${escapeTerminal(why)}.`)]
  return layOut({ hang: span('  '), body }, style)
}

/** Holds of others that no policy declares: counted, since there may be thousands and no plan touches them. */
function undeclaredRow(plan: Plan, style: Style): string {
  const count = plan.drift.filter(({ kind }) => kind === 'undeclared').length
  if (count === 0) return ''
  const text = `${counted(count, 'hold')} of others that no policy declares: \`holdfast drift\` lists them.`
  return layOut({ lead: [span('. ', 'quiet')], body: [span(text)] }, style)
}

/** Holds that are taken as none because no action is old enough to say: counted, not listed. */
function assumedRow({ summary, observed }: Plan, style: Style): string {
  if (summary.assumed === 0) return ''
  const holds = counted(summary.assumed, 'declared hold rests', 'declared holds rest')
  const since = escapeTerminal(shownTime(observed.historyFrom))
  const text = `${holds} on an assumption: the machine is older than the history that was read (since ${since}) and has no action in it.`
  return layOut({ body: [span(text)] }, style)
}

function verdictRow(plan: Plan, style: Style): string {
  if (!isConverged(plan)) return renderPlanSummary(plan)
  return `${paint('No changes.', 'calm', style)} ${escapeTerminal(matchSentence(plan))}`
}

/**
 * Writes a plan for people (docs/contract.md#for-people): every machine that changes, is blocked, awaited or no longer declared, the
 * summary lines, failed guards, diagnostics, and how to apply exactly this plan. Ends with a newline.
 */
export function renderPlan(plan: Plan, style: Style): string {
  const blocks = planBlocks(plan, style.showUnchanged)
  const shown = style.showAll === true ? blocks : foldBlocks(blocks)
  const scope = scopeNote(plan)
  const rollout = rolloutSentence(plan)
  const ending = endingSentence(plan)
  const verdict = [
    verdictRow(plan, style),
    ending === '' ? '' : layOut({ body: [span(escapeTerminal(ending))] }, style),
    rollout === '' ? '' : layOut({ body: [span(escapeTerminal(rollout))] }, style),
    scope === '' ? '' : layOut({ body: [span(scope)] }, style),
    assumedRow(plan, style),
    undeclaredRow(plan, style),
    ...(plan.risks ?? []).map(risk => riskRow(risk, style)),
    ...plan.guards.filter(({ status }) => status !== 'pass').map(guard => guardRow(guard, style)),
  ].filter(row => row !== '')
  return [
    notApplyableRow(plan, style),
    ...shown.map(block => renderBlock(block, style)),
    verdict.join('\n'),
    plan.comparison === undefined ? '' : renderComparison(plan.comparison, style).trimEnd(),
    renderDiagnostics(plan.diagnostics.map(placedDiagnostic), style).trimEnd(),
    planIdRow(plan, style),
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n')
}
