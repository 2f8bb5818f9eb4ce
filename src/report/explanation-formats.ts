import type { Explanation } from '../analysis/explain/explain.ts'
import { serializeDocument } from './documents/serialize-document.ts'
import { renderExplanation, renderExplanationMarkdown } from './terminal/render-explanation.ts'
import type { Style } from './terminal/style.ts'

/** The formats that an explanation is written in: a ticket takes Markdown, a page would be nothing more. */
export type ExplanationFormatName = 'human' | 'json' | 'markdown'

/** How each format writes an explanation. Every text ends with a newline; only `human` looks at the style. */
export const EXPLANATION_FORMATS: Readonly<
  Record<ExplanationFormatName, (explanation: Explanation, style: Style) => string>
> = { human: renderExplanation, json: serializeDocument, markdown: renderExplanationMarkdown }
