import { escapeMarkdown } from '../markdown/escape-markdown.ts'
import type { Style } from '../terminal/style.ts'

/** What a Markdown report is of; part of the marker by which a pipeline finds its earlier comment. */
export type ReportKind = 'plan' | 'drift' | 'result'

/** Names that can stand in a marker: no blank, nothing that ends a comment of HTML. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,98}[A-Za-z0-9])?$/

/** Says whether a text can name a configuration in a marker. */
export function isReportName(text: string): boolean {
  return NAME.test(text)
}

/**
 * The hidden first line of a report: `<!-- holdfast:plan:emea -->`, or without the name where there is only one.
 *
 * @param name - As {@link isReportName} takes it.
 */
export function reportMarker(kind: ReportKind, name?: string): string {
  return `<!-- holdfast:${kind}${name === undefined ? '' : `:${name}`} -->`
}

/** The marker, and the heading with the name and the verdict: `### Holdfast plan (emea): 2 changes, 0 blocked`. */
export function reportHeading(
  kind: ReportKind,
  verdict: string,
  { configurationName }: Partial<Style>,
): readonly [marker: string, heading: string] {
  const words = kind === 'result' ? 'apply' : kind
  const of = configurationName === undefined ? '' : ` (${escapeMarkdown(configurationName)})`
  return [
    reportMarker(kind, configurationName),
    `### Holdfast ${words}${of}${verdict === '' ? '' : `: ${verdict}`}`,
  ]
}
