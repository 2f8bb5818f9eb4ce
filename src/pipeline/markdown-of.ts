import { renderDriftMarkdown } from '../report/markdown/render-drift-markdown.ts'
import { renderFailureMarkdown } from '../report/markdown/render-failure-markdown.ts'
import { renderPlanMarkdown } from '../report/markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from '../report/markdown/render-result-markdown.ts'
import type { ReportKind } from '../report/words/report-heading.ts'
import type { PipelineDocument } from './read-document.ts'

/** Which report a document is: a later one of the same identity takes its place. */
export interface ReportIdentity {
  /** What the document stands for; a failure stands for what its command should have written. */
  readonly kind: ReportKind
  /** What the configuration is called where a pipeline has several. */
  readonly name: string | undefined
}

/** The kind of a document; a failure is of the kind that was asked for. */
export function kindOf(document: PipelineDocument, asked: ReportKind): ReportKind {
  return document.is === 'failure' ? asked : document.is
}

/** Writes any document as Markdown of less than 60,000 characters, its marker first. */
export function markdownOf(document: PipelineDocument, { kind, name }: ReportIdentity): string {
  const style = name === undefined ? {} : { configurationName: name }
  switch (document.is) {
    case 'plan':
      return renderPlanMarkdown(document.plan, style)
    case 'drift':
      return renderDriftMarkdown(document.drift, style)
    case 'result':
      return renderResultMarkdown(document.result, null, style)
    default:
      return renderFailureMarkdown(document.failure, kind, style)
  }
}
