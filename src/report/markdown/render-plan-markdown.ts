import type { Change, Guard, Plan, Risk } from '../../plan/document/document.ts'
import type { Style } from '../terminal/style.ts'
import { applyCommand } from '../words/apply-command.ts'
import { comparisonVerdict } from '../words/comparison-parts.ts'
import { endingSentence } from '../words/ending-words.ts'
import { type Addressed, facetPath, nameMachines } from '../words/machine-label.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { blockedLine, changeLine, inFlightLine, type PlanLine, shownValue } from '../words/plan-line.ts'
import { isConverged, matchSentence, scopeNote, whyNotApplyable } from '../words/plan-verdict.ts'
import { renderPlanSummary } from '../words/render-plan-summary.ts'
import { reportHeading } from '../words/report-heading.ts'
import { nameRisk } from '../words/risk-words.ts'
import { rolloutSentence } from '../words/rollout-text.ts'
import { counted, policyPlace } from '../words/words.ts'
import { comparisonSections } from './comparison-sections.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { codeCell, diagnosticSection, noteCell } from './markdown-cells.ts'
import { fitSections, MARKDOWN_LIMIT, type MarkdownSection } from './markdown-sections.ts'

const COLUMNS = ['', 'machine', 'facet', 'change', 'policy', 'notes'] as const

/** Facets whose runs leave something on the machine or cannot be undone. */
const RISKY_FACETS: ReadonlySet<string> = new Set(['offboarded', 'quarantined', 'liveResponse'])

/** Says whether a reviewer must see a change unfolded: it lets a machine go, cannot be undone, or carries a warning. */
function isRisky({ operations, facet, warnings }: Change): boolean {
  return operations.join() !== 'impose' && operations.join() !== 'run'
    ? true
    : RISKY_FACETS.has(facet) || warnings.length > 0
}

function itemRow(name: string, address: string, line: PlanLine): readonly string[] {
  const { mark, value, notes, policy } = line
  return [
    codeCell(mark.symbol),
    codeCell(name),
    codeCell(facetPath(address)),
    codeCell(value),
    policy === null ? '' : codeCell(`${policy.name} ${policyPlace(policy)}`),
    noteCell(notes),
  ]
}

function section(title: string, open: boolean, rows: MarkdownSection['rows']): MarkdownSection {
  return { title: `${title} (${rows.length})`, open, columns: COLUMNS, rows }
}

function guardSection(guards: readonly Guard[]): MarkdownSection {
  return {
    title: 'Guards',
    open: true,
    columns: ['guard', 'status', 'count', 'limit', 'message'],
    rows: guards
      .filter(({ status }) => status !== 'pass')
      .map(({ name, status, actual, limit, message = '' }) => [
        codeCell(name),
        status,
        String(actual),
        String(limit),
        escapeMarkdown(message),
      ]),
  }
}

function riskSection(risks: readonly Risk[]): MarkdownSection {
  return {
    title: 'Risks',
    open: true,
    columns: ['machines', 'count', 'which', 'what says so'],
    rows: risks.map(risk => [
      codeCell(risk.name),
      String(risk.machines.length),
      codeCell(nameRisk(risk)),
      escapeMarkdown(risk.evidence),
    ]),
  }
}

/** Every item of the plan, the ones that a reviewer must look at first and open. */
function planSections(plan: Plan): readonly MarkdownSection[] {
  const items: readonly Addressed[] = [...plan.changes, ...plan.blocked, ...plan.inFlight, ...plan.drift]
  const nameOf = nameMachines(items)
  const drift = new Map(plan.drift.map(item => [item.address, item]))
  const changeRow = (change: Change): readonly string[] =>
    itemRow(nameOf(change), change.address, changeLine(change, drift.get(change.address)))
  const blocked = plan.blocked.map(item => itemRow(nameOf(item), item.address, blockedLine(item)))
  const inFlight = plan.inFlight.map(item => itemRow(nameOf(item), item.address, inFlightLine(item)))
  return [
    guardSection(plan.guards),
    riskSection(plan.risks ?? []),
    section('Blocked', true, blocked),
    section('Look at these', true, plan.changes.filter(isRisky).map(changeRow)),
    ...(plan.comparison === undefined ? [] : comparisonSections(plan.comparison)),
    diagnosticSection(plan.diagnostics.map(placedDiagnostic)),
    section('Other changes', false, plan.changes.filter(change => !isRisky(change)).map(changeRow)),
    section('In flight', false, inFlight),
    driftSection(plan, nameOf),
  ]
}

function driftSection(plan: Plan, nameOf: (item: Addressed) => string): MarkdownSection {
  return {
    title: `Drift (${plan.drift.length})`,
    open: false,
    columns: ['kind', 'machine', 'facet', 'expected', 'actual'],
    rows: plan.drift.map(item => [
      item.kind,
      codeCell(nameOf(item)),
      codeCell(facetPath(item.address)),
      codeCell(shownValue(item.expected)),
      codeCell(shownValue(item.actual)),
    ]),
  }
}

function titleOf(plan: Plan): string {
  if (isConverged(plan)) return 'no changes'
  const flying = plan.inFlight.length === 0 ? '' : `, ${plan.inFlight.length} in flight`
  return `${counted(plan.changes.length, 'change')}, ${plan.blocked.length} blocked${flying}`
}

/** What stands above the tables: whether it can be applied, and the counts. */
function planHead(plan: Plan, style: Partial<Style>): string {
  const why = whyNotApplyable(plan)
  const scope = scopeNote(plan)
  const rollout = rolloutSentence(plan)
  const ending = endingSentence(plan)
  const verdict = isConverged(plan)
    ? `No changes. ${escapeMarkdown(matchSentence(plan), 200)}`
    : renderPlanSummary(plan).split('\n').join('<br>\n')
  return [
    ...reportHeading('plan', titleOf(plan), style),
    ...(why === null ? [] : [`> **This plan cannot be applied:** ${escapeMarkdown(why, 400)}.`]),
    verdict,
    ...(plan.comparison === undefined ? [] : [escapeMarkdown(comparisonVerdict(plan.comparison))]),
    ...(ending === '' ? [] : [escapeMarkdown(ending)]),
    ...(rollout === '' ? [] : [escapeMarkdown(rollout)]),
    ...(scope === '' ? [] : [scope]),
  ].join('\n\n')
}

/** Always with the plan's id: whoever reads it has no file, and the id is what they approve. */
function planFoot(plan: Plan, { planningArguments = [], serviceArguments = [] }: Partial<Style>): string {
  const command = applyCommand(plan, { planningArguments, serviceArguments })
  const made = `made ${escapeMarkdown(plan.createdAt, 40)}`
  return command === null
    ? `\nPlan ${codeCell(plan.planId)} (${made})\n`
    : `\nApply exactly this plan: ${codeCell(command)} (${made})\n`
}

/**
 * Writes a plan for a pull request: verdict and counts, then failed guards, what is blocked and what is risky in full,
 * then the rest folded away. The same marker comment stands first, so that a pipeline finds its earlier comment.
 *
 * @returns Markdown of less than 60,000 characters, whatever the plan; the totals are always there.
 */
export function renderPlanMarkdown(plan: Plan, style: Partial<Style> = {}): string {
  const head = `${planHead(plan, style)}\n`
  const foot = planFoot(plan, style)
  return head + fitSections(planSections(plan), MARKDOWN_LIMIT - head.length - foot.length) + foot
}
