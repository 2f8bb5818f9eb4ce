import type { ApplyResult } from '../apply/result.ts'
import type { Plan } from '../plan/document/document.ts'
import type { DriftDocument } from './documents/drift-document.ts'
import type { Style } from './terminal/style.ts'

/** How one format writes each document. Every text ends with a newline; only `human` looks at how the style lays text out. */
export interface ReportFormat {
  /** Whether people read it beside what was told on stderr, and not a program, or a reader who sees nothing else. */
  readonly isHuman?: true
  plan(plan: Plan, style: Style): string
  drift(document: DriftDocument, style: Style): string
  result(result: ApplyResult, plan: Plan | null, style: Style): string
}

/** The names that `--format` takes. */
export type ReportFormatName = 'human' | 'json' | 'markdown' | 'html' | 'junit' | 'sarif'

/** One row per format; a further one is a further row. Each loads when it is asked for. */
const LOADERS: Readonly<Record<ReportFormatName, () => Promise<ReportFormat>>> = {
  human: async () => (await import('./terminal/human-format.ts')).HUMAN_FORMAT,
  json: async () => (await import('./documents/json-format.ts')).JSON_FORMAT,
  markdown: async () => (await import('./markdown/markdown-format.ts')).MARKDOWN_FORMAT,
  html: async () => (await import('./html/html-format.ts')).HTML_FORMAT,
  junit: async () => (await import('./checks/check-formats.ts')).JUNIT_FORMAT,
  sarif: async () => (await import('./checks/check-formats.ts')).SARIF_FORMAT,
}

/** The names of all formats. */
export const REPORT_FORMAT_NAMES: readonly ReportFormatName[] = Object.keys(LOADERS) as ReportFormatName[]

/** Loads the printers of a format. */
export function loadReportFormat(name: ReportFormatName): Promise<ReportFormat> {
  return LOADERS[name]()
}
