import { kindOf, type ReportIdentity } from '../../pipeline/markdown-of.ts'
import type { EndedWith } from '../../pipeline/outputs-of.ts'
import { type PipelineDocument, readDocument } from '../../pipeline/read-document.ts'
import { isReportName, type ReportKind } from '../../report/words/report-heading.ts'
import type { CommandContext } from '../command.ts'
import { displayPath, readText } from '../declaration/read-text.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'

/** What is told, to whichever system. */
export interface Publication {
  readonly document: PipelineDocument
  readonly identity: ReportIdentity
  readonly ended: EndedWith | null
}

/** The options of every command that publishes. */
export const PUBLISH_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'name',
    kind: 'text',
    value: 'NAME',
    description:
      'what this configuration is called, where a pipeline has several; each has a report of its own',
  },
  {
    name: 'of',
    kind: 'choice',
    value: 'COMMAND',
    choices: ['plan', 'drift', 'apply'],
    description: 'the command whose document it is, for one that ended in an error: plan, drift or apply',
  },
  {
    name: 'exit-code',
    kind: 'integer',
    value: 'CODE',
    description: 'how that command ended, for the outputs `exit` and `exit-code`',
  },
]

const KINDS: Readonly<Record<string, ReportKind>> = { plan: 'plan', drift: 'drift', apply: 'result' }

function endedWith(code: number | undefined): EndedWith | null {
  if (code === undefined) return null
  const known = Object.entries(EXIT_CODES).find(([, value]) => value === code)
  return { code, name: known?.[0] ?? (code > 128 ? 'signal' : 'error') }
}

/**
 * Reads what is to be published.
 *
 * @throws Failure `usage` for a name that no marker can hold, PipelineError `document-unknown`.
 */
export async function readPublication({ args, flags, io }: CommandContext): Promise<Publication> {
  const name = flags.text('name')
  if (name !== undefined && !isReportName(name)) {
    throw fail(
      'usage',
      `--name ${name} cannot name a report: letters, digits, \`.\`, \`_\`, \`/\` and \`-\` can, up to 100.`,
    )
  }
  const path = displayPath(args[0] ?? '', io.cwd)
  const document = readDocument((await readText(path, io.cwd)).text, path)
  const kind = kindOf(document, KINDS[flags.text('of') ?? 'plan'] as ReportKind)
  return { document, identity: { kind, name }, ended: endedWith(flags.number('exit-code')) }
}
