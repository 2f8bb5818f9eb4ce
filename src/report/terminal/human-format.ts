import type { ReportFormat } from '../report-formats.ts'
import { renderDrift } from './render-drift.ts'
import { renderPlan } from './render-plan.ts'
import { renderResult } from './render-result.ts'

/** Text for a terminal or a log. */
export const HUMAN_FORMAT: ReportFormat = {
  isHuman: true,
  plan: renderPlan,
  drift: renderDrift,
  result: renderResult,
}
