import { readGitPrefix } from '../local/git/git-state.ts'
import type { Plan } from '../plan/document/document.ts'
import { loadReportFormat, type ReportFormat, type ReportFormatName } from '../report/report-formats.ts'
import type { Style } from '../report/terminal/style.ts'
import type { CommandContext } from './command.ts'
import { fail } from './fail.ts'
import type { Flags } from './flags.ts'
import { styleOf } from './terminal-style.ts'
import { writeCopies } from './write-copies.ts'

/** Writes one document in a format; ends with a newline. */
export type Render = (format: ReportFormat, style: Style) => string

/** A text that goes out beside the formats of the table. */
export interface ExtraOutput {
  readonly text: string
  /** Undefined where it takes the place of the document on stdout. */
  readonly path: string | undefined
}

/** Where documents go in this run. */
export interface Outputs {
  /** What stdout gets. */
  readonly format: ReportFormatName
  readonly files: readonly { readonly format: Exclude<ReportFormatName, 'human'>; readonly path: string }[]
}

/**
 * Reads where documents go.
 *
 * @throws Failure `flags-contradict` where stdout would get two formats.
 */
export function readOutputs(flags: Flags): Outputs {
  const format = flags.text('format')
  if (flags.has('json') && format !== undefined && format !== 'json') {
    throw fail('flags-contradict', `--json and --format ${format} cannot both have stdout.`, {
      wayOut: `Use --format ${format} --json-into FILE, or --json with a file for the other.`,
    })
  }
  const chosen = flags.has('json') ? 'json' : ((format ?? 'human') as ReportFormatName)
  const files = (['json', 'markdown', 'html', 'junit', 'sarif'] as const).flatMap(kind => {
    const path = flags.text(`${kind}-into`)
    return path === undefined ? [] : [{ format: kind, path }]
  })
  return { format: chosen, files }
}

/** Where paths are relative to, for those formats that tell them from the top of a repository. */
async function folderOf({ format, files }: Outputs, { cwd, env }: CommandContext['io']): Promise<string> {
  const asked = [format, ...files.map(file => file.format)]
  return asked.includes('sarif') || asked.includes('junit') ? readGitPrefix({ cwd, env }) : ''
}

/**
 * Writes a document to stdout and into every file asked for.
 *
 * @throws Failure `file-not-written`, after stdout has its document.
 */
export async function emit(
  render: Render,
  outputs: Outputs,
  context: CommandContext,
  extras: readonly ExtraOutput[] = [],
): Promise<void> {
  const { io, color, options } = context
  const style = { ...styleOf(io.stdout, color, io.env), options, folder: await folderOf(outputs, io) }
  const instead = extras.find(({ path }) => path === undefined)
  io.stdout.write(instead?.text ?? render(await loadReportFormat(outputs.format), style))
  const copies = await Promise.all(
    outputs.files.map(async ({ format, path }) => ({
      path,
      text: render(await loadReportFormat(format), style),
    })),
  )
  const files = extras.flatMap(({ text, path }) => (path === undefined ? [] : [{ text, path }]))
  await writeCopies([...copies, ...files], io)
}

/**
 * For people diagnostics are on stderr already, so that what stdout shows leaves them out. Documents keep them.
 */
export function withoutDiagnostics<T extends Pick<Plan, 'diagnostics'>>(
  document: T,
  format: ReportFormat,
): T {
  return format.isHuman === true ? { ...document, diagnostics: [] } : document
}

/** Writes a plan to stdout and into every file asked for; `extra` is what only people are told. */
export async function emitPlan(
  plan: Plan,
  outputs: Outputs,
  context: CommandContext,
  extra: Partial<Style> = {},
): Promise<void> {
  await emit(
    (format, style) => format.plan(withoutDiagnostics(plan, format), { ...style, ...extra }),
    outputs,
    context,
  )
}
