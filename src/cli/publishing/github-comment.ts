import { commentBody, runAddress } from '../../pipeline/github/comment-body.ts'
import { type GitHubEvent, readEvent } from '../../pipeline/github/event.ts'
import { openComments, type SentRequest } from '../../pipeline/github/github-comments.ts'
import { putStickyComment, type StickyOutcome } from '../../pipeline/github/sticky-comment.ts'
import { PipelineError } from '../../pipeline/pipeline-error.ts'
import { reportMarker } from '../../report/words/report-heading.ts'
import type { CommandContext } from '../command.ts'
import { readVersion } from '../version.ts'
import type { Publication } from './publishing.ts'

/** The user that the token of a workflow writes as. */
const WORKFLOW_AUTHOR = 'github-actions[bot]'
const API = 'https://api.github.com'

/** What a comment needs of the environment. */
interface Surroundings {
  readonly event: GitHubEvent
  readonly repository: string
  readonly issue: number
  readonly token: string
  readonly apiUrl: string
}

async function readSurroundings({ io, flags }: CommandContext): Promise<Surroundings> {
  const { env } = io
  const event = await readEvent(env['GITHUB_EVENT_PATH'])
  const issue = flags.number('issue') ?? event.issue
  const { GITHUB_REPOSITORY: repository = '', GITHUB_TOKEN: token = '', GITHUB_API_URL: apiUrl = '' } = env
  const missing = [
    ...(/^[\w.-]+\/[\w.-]+$/.test(repository) ? [] : ['GITHUB_REPOSITORY']),
    ...(token === '' ? ['GITHUB_TOKEN'] : []),
    ...(issue === null ? ['the number of a pull request (GITHUB_EVENT_PATH, or --issue)'] : []),
  ]
  if (issue !== null && missing.length === 0) {
    return { event, repository, issue, token, apiUrl: apiUrl === '' ? API : apiUrl }
  }
  throw new PipelineError('pipeline-incomplete', `A comment needs ${missing.join(', and ')}.`)
}

/** Requests as the service's own go: through a proxy where the environment names one, never on loopback. */
async function openFetch(apiUrl: string, env: CommandContext['io']['env']) {
  const { openConnections } = await import('../../defender/undici-connections.ts')
  const undici = await import('undici')
  const connections = openConnections({ env })
  const dispatcher = await connections.to(new URL(apiUrl))
  const send = (url: string, init: SentRequest) => undici.fetch(url, { ...init, dispatcher })
  return { fetch: send, close: () => connections.close() }
}

/**
 * Writes the report as a comment of the pull request, or edits the one that is there.
 *
 * @throws PipelineError for whatever keeps it from being written.
 */
export async function writeComment(
  { identity }: Publication,
  markdown: string,
  context: CommandContext,
): Promise<StickyOutcome> {
  const { io, flags, signal } = context
  const { event, repository, issue, token, apiUrl } = await readSurroundings(context)
  const connection = await openFetch(apiUrl, io.env)
  try {
    const api = await openComments(
      {
        apiUrl,
        token,
        userAgent: `holdfast/${readVersion()}`,
        fetch: connection.fetch,
        signal,
        isFork: event.isFork,
      },
      { repository, issue },
    )
    const commit = event.headCommit ?? io.env['GITHUB_SHA'] ?? null
    const body = commentBody(markdown, { commit, run: runAddress(io.env) })
    const marker = reportMarker(identity.kind, identity.name)
    const author = flags.text('comment-author') ?? WORKFLOW_AUTHOR
    return await putStickyComment(api, { marker, body, author }, { clock: io.clock, signal })
  } finally {
    await connection.close()
  }
}
