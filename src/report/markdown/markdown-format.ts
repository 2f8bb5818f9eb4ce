import type { ReportFormat } from '../report-formats.ts'
import { renderDriftMarkdown } from './render-drift-markdown.ts'
import { renderPlanMarkdown } from './render-plan-markdown.ts'
import { renderResultMarkdown } from './render-result-markdown.ts'

/** Markdown for a pull request or an issue. */
export const MARKDOWN_FORMAT: ReportFormat = {
  plan: renderPlanMarkdown,
  drift: renderDriftMarkdown,
  result: renderResultMarkdown,
}
