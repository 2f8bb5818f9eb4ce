import { kindOf, type ReportIdentity } from '../../pipeline/markdown-of.ts'
import type { EndedWith } from '../../pipeline/outputs-of.ts'
import { type PipelineDocument, readDocument } from '../../pipeline/read-document.ts'
import { repositoryPath } from '../../pipeline/repository-path.ts'
import { isReportName, type ReportKind } from '../../report/words/report-heading.ts'
import type { CommandContext } from '../command.ts'
import { CONFIGURATION_FILE, findConfiguration } from '../declaration/find-configuration.ts'
import { displayPath, readText } from '../declaration/read-text.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'

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
      'what this configuration is called, where a pipeline has several, since each has a report of its own; else the folder of the repository that it lies in',
  },
  ...CONFIGURATION_OPTIONS,
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

/** What tells a configuration that lies below the top of its repository apart where nobody named it: where it is. */
async function folderName(
  root: string | undefined,
  { flags, io }: CommandContext,
): Promise<string | undefined> {
  const found = await findConfiguration(flags.text('config'), io.cwd)
  const path = found && (await repositoryPath(found, io.cwd, root))
  if (!path) return undefined
  const [file = '', ...folders] = path.split('/').toReversed()
  const own = file === CONFIGURATION_FILE ? [] : [file.replace(/\.\w+$/, '')]
  const name = [...folders.toReversed(), ...own].join('/').replace(/[^A-Za-z0-9._/-]+/g, '-')
  return isReportName(name) ? name : undefined
}

/**
 * Reads what is to be published.
 *
 * @param root - Absolute folder of the checkout, where the system tells it.
 * @throws Failure `usage` for a name that no marker can hold, PipelineError `document-unknown`.
 */
export async function readPublication(
  context: CommandContext,
  root: string | undefined,
): Promise<Publication> {
  const { args, flags, io } = context
  const name = flags.text('name') ?? (await folderName(root, context))
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
