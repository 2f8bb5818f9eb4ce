import type { ReportFormat } from '../report-formats.ts'
import { renderDriftHtml } from './render-drift-html.ts'
import { renderPlanHtml } from './render-plan-html.ts'
import { renderResultHtml } from './render-result-html.ts'

/** Pages that stand alone. */
export const HTML_FORMAT: ReportFormat = {
  plan: renderPlanHtml,
  drift: renderDriftHtml,
  result: renderResultHtml,
}
