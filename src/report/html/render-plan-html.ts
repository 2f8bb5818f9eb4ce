import type { Plan } from '../../plan/document/document.ts'
import type { Style } from '../terminal/style.ts'
import { PLAN_SHARES, planEntries } from '../views/plan-entries.ts'
import { comparisonVerdict } from '../words/comparison-parts.ts'
import { placedDiagnostic } from '../words/placed-diagnostic.ts'
import { isConverged, matchSentence, scopeNote, whyNotApplyable } from '../words/plan-verdict.ts'
import { renderPlanSummary } from '../words/render-plan-summary.ts'
import { nameRisk } from '../words/risk-words.ts'
import { rolloutSentence } from '../words/rollout-text.ts'
import { counted, shownTime } from '../words/words.ts'
import { countLabels } from './charts.ts'
import { comparisonTables } from './comparison-tables.ts'
import { machineRows } from './machine-rows.ts'
import type { Page, PageTable, Share } from './page-model.ts'
import { diagnosticTable, planFacts, platformChart, policyChart } from './page-parts.ts'
import { renderPage } from './render-page.ts'

function planShares({ summary }: Plan, drift: number): readonly Share[] {
  const { blocked, lift, change, cancel, run, impose, inFlight, unchanged } = summary
  const share = (of: Omit<Share, 'count'>, label: string, count: number): Share => ({ ...of, label, count })
  return [
    share(PLAN_SHARES.blocked, 'blocked', blocked),
    share(PLAN_SHARES.lift, 'to lift', lift),
    share(PLAN_SHARES.change, 'to change', change),
    share(PLAN_SHARES.cancel, 'to cancel', cancel),
    share(PLAN_SHARES.run, 'to run', run),
    share(PLAN_SHARES.impose, 'to impose', impose),
    share(PLAN_SHARES.inFlight, 'in flight', inFlight),
    share(PLAN_SHARES.drift, 'drift, left alone', drift),
    { key: 'unchanged', label: 'unchanged', count: unchanged, tone: 'quiet' },
  ]
}

function guardTable({ guards }: Plan): PageTable {
  return {
    title: 'Guards',
    columns: ['Guard', 'Status', 'Count', 'Limit', 'What to do'],
    rows: guards
      .filter(({ status }) => status !== 'pass')
      .map(({ name, status, actual, limit, message = '' }) => [
        name,
        status,
        String(actual),
        String(limit),
        message,
      ]),
  }
}

function riskTable({ risks = [] }: Plan): PageTable {
  return {
    title: 'Risks',
    columns: ['Machines', 'Count', 'Which', 'What says so'],
    rows: risks.map(risk => [risk.name, String(risk.machines.length), nameRisk(risk), risk.evidence]),
  }
}

function verdictOf(plan: Plan): string {
  if (isConverged(plan)) return 'No changes'
  const { changes, blocked, inFlight } = plan
  const parts = [
    counted(changes.length, 'change'),
    ...(blocked.length === 0 ? [] : [`${blocked.length} blocked`]),
    ...(inFlight.length === 0 ? [] : [`${inFlight.length} in flight`]),
  ]
  return parts.join(', ')
}

function planPage(plan: Plan, { timelines }: Pick<Style, 'timelines'>): Page {
  const why = whyNotApplyable(plan)
  const scope = scopeNote(plan)
  const rollout = rolloutSentence(plan)
  const entries = planEntries(plan)
  const driftCount = entries.filter(({ share }) => share.key === PLAN_SHARES.drift.key).length
  const calm = isConverged(plan) ? matchSentence(plan) : ''
  const items = [...plan.blocked, ...plan.changes]
  return {
    title: 'Holdfast plan',
    verdict: verdictOf(plan),
    tone: why === null ? (calm === '' ? 'strong' : 'calm') : 'blocked',
    alarms: why === null ? [] : [`This plan cannot be applied: ${why}.`],
    leads: [
      ...(calm === '' ? renderPlanSummary(plan).split('\n') : [calm]),
      ...(plan.comparison === undefined ? [] : [comparisonVerdict(plan.comparison)]),
      ...(rollout === '' ? [] : [rollout]),
      ...(scope === '' ? [] : [scope]),
    ],
    shares: planShares(plan, driftCount),
    charts: [
      countLabels(
        'Items by facet',
        entries.map(({ facet }) => facet),
      ),
      policyChart(items),
      platformChart(entries.map(({ item }) => item)),
    ],
    tables: [
      guardTable(plan),
      riskTable(plan),
      ...(plan.comparison === undefined ? [] : comparisonTables(plan.comparison)),
      diagnosticTable(plan.diagnostics.map(placedDiagnostic)),
    ],
    rows: machineRows(entries, timelines),
    facts: [
      ['Plan', plan.planId],
      ['Made', shownTime(plan.createdAt)],
      ['Can be applied until', shownTime(plan.expiresAt)],
      ...planFacts(plan),
    ],
  }
}

/**
 * Writes a plan as a page that stands alone: verdict and counts, guards, where the changes fall, and every machine.
 * Ends with a newline.
 */
export function renderPlanHtml(plan: Plan, style: Pick<Style, 'timelines'> = {}): string {
  return renderPage(planPage(plan, style))
}
