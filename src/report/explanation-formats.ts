import type { Explanation } from '../plan/explain.ts'
import { renderExplanation, renderExplanationMarkdown } from './render-explanation.ts'
import { serializeDocument } from './serialize-document.ts'
import type { Style } from './style.ts'

/** The formats that an explanation is written in: a ticket takes Markdown, a page would be nothing more. */
export type ExplanationFormatName = 'human' | 'json' | 'markdown'

/** How each format writes an explanation. Every text ends with a newline; only `human` looks at the style. */
export const EXPLANATION_FORMATS: Readonly<
  Record<ExplanationFormatName, (explanation: Explanation, style: Style) => string>
> = { human: renderExplanation, json: serializeDocument, markdown: renderExplanationMarkdown }
