import { resolve } from 'node:path'
import { writeFileAtomically } from '../../local/atomic-write.ts'
import { annotationsOf } from '../../pipeline/annotations-of.ts'
import { issueCommand, summaryCommand, variableCommands } from '../../pipeline/azure/logging-commands.ts'
import { markdownOf } from '../../pipeline/markdown-of.ts'
import { outputsOf } from '../../pipeline/outputs-of.ts'
import { repositoryPath } from '../../pipeline/repository-path.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { PUBLISH_OPTIONS, type Publication, readPublication } from '../publishing/publishing.ts'

/** Where the summary is kept until the agent has read it: its file's name is the heading beside the run. */
function summaryPath({ identity: { kind, name } }: Publication, { io, flags }: CommandContext): string {
  const given = flags.text('summary-into')
  if (given !== undefined) return resolve(io.cwd, given)
  const file = ['holdfast', kind, ...(name === undefined ? [] : [name.replaceAll('/', '-')])].join('-')
  return resolve(io.cwd, io.env['AGENT_TEMPDIRECTORY'] ?? '', `${file}.md`)
}

async function run(context: CommandContext): Promise<number> {
  const { io } = context
  const publication = await readPublication(context, io.env['BUILD_SOURCESDIRECTORY'])
  const { document, identity, ended } = publication
  const path = summaryPath(publication, context)
  await writeFileAtomically(path, markdownOf(document, identity))
  for (const annotation of annotationsOf(document)) {
    const { place } = annotation
    const file = place && (await repositoryPath(place.file, io.cwd, io.env['BUILD_SOURCESDIRECTORY']))
    io.stdout.write(issueCommand(annotation, file))
  }
  io.stdout.write(variableCommands(outputsOf(document, ended)))
  io.stdout.write(summaryCommand(path))
  return EXIT_CODES.ok
}

/** `holdfast publish azure`. */
export const publishAzure: Command = {
  description:
    'Tells Azure Pipelines what a document says, by logging commands on stdout: the report as a summary beside the run, counts, plan id and exit as output variables (planId, exit, work, …), an issue at its line for every diagnostic. The file is what --json-into wrote.',
  arguments: '<file>',
  options: [
    {
      name: 'summary-into',
      kind: 'text',
      value: 'FILE',
      description: 'where the report is written for the agent; else a file in AGENT_TEMPDIRECTORY',
    },
    ...PUBLISH_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast publish azure plan.json --of plan --exit-code "$code"',
      does: 'after a plan, also one that failed',
    },
    { command: 'holdfast publish azure drift.json --name emea', does: 'as one of several configurations' },
  ],
  exits: { ok: 'it was told', error: 'the file is no document, or the summary could not be written' },
  run,
}
