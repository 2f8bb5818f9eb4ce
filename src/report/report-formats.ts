import type { ApplyResult } from '../apply/result.ts'
import type { Plan } from '../plan/document.ts'
import { driftChecks } from './checks/drift-checks.ts'
import { renderJunit } from './checks/junit.ts'
import { planChecks } from './checks/plan-checks.ts'
import { resultChecks } from './checks/result-checks.ts'
import { renderSarif } from './checks/sarif.ts'
import type { DriftDocument } from './drift-document.ts'
import { renderDriftHtml } from './html/render-drift-html.ts'
import { renderPlanHtml } from './html/render-plan-html.ts'
import { renderResultHtml } from './html/render-result-html.ts'
import { renderDrift } from './render-drift.ts'
import { renderDriftMarkdown } from './render-drift-markdown.ts'
import { renderPlan } from './render-plan.ts'
import { renderPlanMarkdown } from './render-plan-markdown.ts'
import { renderResult } from './render-result.ts'
import { renderResultMarkdown } from './render-result-markdown.ts'
import { serializeDocument } from './serialize-document.ts'
import type { Style } from './style.ts'

/** How one format writes each document. Every text ends with a newline; only `human` looks at how the style lays text out. */
export interface ReportFormat {
  plan(plan: Plan, style: Style): string
  drift(document: DriftDocument, style: Style): string
  result(result: ApplyResult, plan: Plan | null, style: Style): string
}

/** The names that `--format` takes. */
export type ReportFormatName = 'human' | 'json' | 'markdown' | 'html' | 'junit' | 'sarif'

/** One row per format; a further one is a further row. */
export const REPORT_FORMATS: Readonly<Record<ReportFormatName, ReportFormat>> = {
  human: { plan: renderPlan, drift: renderDrift, result: renderResult },
  json: {
    plan: serializeDocument,
    drift: serializeDocument,
    result: serializeDocument,
  },
  markdown: {
    plan: renderPlanMarkdown,
    drift: renderDriftMarkdown,
    result: renderResultMarkdown,
  },
  html: { plan: renderPlanHtml, drift: renderDriftHtml, result: renderResultHtml },
  junit: {
    plan: plan => renderJunit(planChecks(plan)),
    drift: document => renderJunit(driftChecks(document)),
    result: (result, plan) => renderJunit(resultChecks(result, plan)),
  },
  sarif: {
    plan: plan => renderSarif(planChecks(plan)),
    drift: document => renderSarif(driftChecks(document)),
    result: (result, plan) => renderSarif(resultChecks(result, plan)),
  },
}
