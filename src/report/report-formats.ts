import type { ApplyResult } from '../apply/result.ts'
import type { Plan } from '../plan/document/document.ts'
import { inRepository } from './checks/check.ts'
import { driftChecks } from './checks/drift-checks.ts'
import { renderJunit } from './checks/junit.ts'
import { planChecks } from './checks/plan-checks.ts'
import { resultChecks } from './checks/result-checks.ts'
import { renderSarif } from './checks/sarif.ts'
import type { DriftDocument } from './documents/drift-document.ts'
import { serializeDocument } from './documents/serialize-document.ts'
import { renderDriftHtml } from './html/render-drift-html.ts'
import { renderPlanHtml } from './html/render-plan-html.ts'
import { renderResultHtml } from './html/render-result-html.ts'
import { renderDriftMarkdown } from './markdown/render-drift-markdown.ts'
import { renderPlanMarkdown } from './markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from './markdown/render-result-markdown.ts'
import { renderDrift } from './terminal/render-drift.ts'
import { renderPlan } from './terminal/render-plan.ts'
import { renderResult } from './terminal/render-result.ts'
import type { Style } from './terminal/style.ts'

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
    plan: (plan, { folder }) => renderJunit(inRepository(planChecks(plan), folder)),
    drift: (document, { folder }) => renderJunit(inRepository(driftChecks(document), folder)),
    result: (result, plan, { folder }) => renderJunit(inRepository(resultChecks(result, plan), folder)),
  },
  sarif: {
    plan: (plan, { folder }) => renderSarif(inRepository(planChecks(plan), folder)),
    drift: (document, { folder }) => renderSarif(inRepository(driftChecks(document), folder)),
    result: (result, plan, { folder }) => renderSarif(inRepository(resultChecks(result, plan), folder)),
  },
}
