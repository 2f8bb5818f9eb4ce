import { appendFile } from 'node:fs/promises'
import { describeFileError } from '../../local/file-error.ts'
import { type Annotation, annotationsOf } from '../../pipeline/annotations-of.ts'
import { outputLines } from '../../pipeline/github/output-file.ts'
import type { StickyOutcome } from '../../pipeline/github/sticky-comment.ts'
import { annotationCommand } from '../../pipeline/github/workflow-commands.ts'
import { markdownOf } from '../../pipeline/markdown-of.ts'
import { outputsOf, type PipelineOutputs } from '../../pipeline/outputs-of.ts'
import { PipelineError } from '../../pipeline/pipeline-error.ts'
import { repositoryPath } from '../../pipeline/repository-path.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { PUBLISH_OPTIONS, type Publication, readPublication } from '../publishing/publishing.ts'

/** Adds to a file that the runner named; does nothing where it named none, as outside of a workflow. */
async function append(path: string | undefined, text: string): Promise<void> {
  if (path === undefined || path === '') return
  try {
    await appendFile(path, text)
  } catch (error) {
    throw fail('file-not-written', `${path} could not be written: ${describeFileError(error)}.`)
  }
}

async function tell(annotation: Annotation, { io }: CommandContext): Promise<void> {
  const { place } = annotation
  const path = place && (await repositoryPath(place.file, io.cwd, io.env['GITHUB_WORKSPACE']))
  io.stdout.write(annotationCommand(annotation, path))
}

async function tellOutcome(
  { comment, was, removed }: StickyOutcome,
  author: string | undefined,
  context: CommandContext,
): Promise<void> {
  const { stdout } = context.io
  const also = removed === 0 ? '' : `, ${removed} older of the same removed`
  stdout.write(`Comment ${was}: ${escapeTerminal(comment.url)}${also}\n`)
  const expected = author ?? 'github-actions[bot]'
  if (was === 'updated' || comment.author === expected) return
  const message = `The comment was written as ${comment.author}, not as ${expected}: give --comment-author, or every run writes another.`
  await tell({ severity: 'warning', title: 'comment-author', message, place: null }, context)
}

/** Writes the comment where it is asked for; where it need not be there, a failure is said and nothing more. */
async function comment(
  publication: Publication,
  markdown: string,
  context: CommandContext,
): Promise<PipelineOutputs> {
  const mode = context.flags.text('comment') ?? 'no'
  if (mode === 'no') return {}
  const { writeComment } = await import('../publishing/github-comment.ts')
  try {
    const outcome = await writeComment(publication, markdown, context)
    await tellOutcome(outcome, context.flags.text('comment-author'), context)
    return { 'comment-url': outcome.comment.url }
  } catch (error) {
    if (!(error instanceof PipelineError) || mode === 'require') throw error
    const message = `No comment was written: ${error.message} ${error.wayOut}`
    await tell({ severity: 'warning', title: error.code, message, place: null }, context)
    return {}
  }
}

async function run(context: CommandContext): Promise<number> {
  const { env } = context.io
  const publication = await readPublication(context, env['GITHUB_WORKSPACE'])
  const { document, identity, ended } = publication
  const markdown = markdownOf(document, identity)
  await append(env['GITHUB_STEP_SUMMARY'], `${markdown}\n`)
  await append(env['GITHUB_OUTPUT'], outputLines(outputsOf(document, ended)))
  for (const annotation of annotationsOf(document)) await tell(annotation, context)
  await append(env['GITHUB_OUTPUT'], outputLines(await comment(publication, markdown, context)))
  return EXIT_CODES.ok
}

/** `holdfast publish github`. */
export const publishGithub: Command = {
  description:
    'Tells GitHub what a document says: the report in the job summary (GITHUB_STEP_SUMMARY), counts, plan id and exit as outputs (GITHUB_OUTPUT), an annotation at its line for every diagnostic, and, where asked for, one comment in the pull request, which later runs edit. The file is what --json-into wrote. GITHUB_TOKEN goes to GITHUB_API_URL alone.',
  arguments: '<file>',
  options: [
    {
      name: 'comment',
      kind: 'choice',
      value: 'WHEN',
      choices: ['no', 'try', 'require'],
      description:
        'write the comment: no (default), try (a failure is a warning), require (a failure is an error)',
    },
    {
      name: 'issue',
      kind: 'integer',
      value: 'NUMBER',
      description: 'the pull request or issue to comment on; else that of the event',
    },
    {
      name: 'comment-author',
      kind: 'text',
      value: 'LOGIN',
      description: 'the user that the token writes as; else github-actions[bot]',
    },
    ...PUBLISH_OPTIONS,
  ],
  examples: [
    { command: 'holdfast publish github plan.json --comment try', does: 'in a job of a pull request' },
    {
      command:
        'holdfast publish github plan.json --of plan --exit-code "$code" --name emea --comment require',
      does: 'also where the plan failed, as one of several configurations',
    },
    {
      command: 'holdfast publish github result.json --issue 12 --comment try',
      does: 'what an apply did, beneath its pull request',
    },
  ],
  exits: { ok: 'it was told', error: 'the file is no document, or a required comment could not be written' },
  run,
}
