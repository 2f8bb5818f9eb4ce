import { parseEndpoint } from '../../schema/endpoint.ts'
import { PipelineError } from '../pipeline-error.ts'
import type { CommentApi, CommentTarget, IssueComment } from './comment-api.ts'
import { explainRefusal } from './explain-refusal.ts'

/** What the client gives a fetch beside the address. */
export interface SentRequest {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** How GitHub is reached. */
export interface GitHubAccess {
  /** Value of GITHUB_API_URL. */
  readonly apiUrl: string
  readonly token: string
  readonly userAgent: string
  /** Makes the requests; the caller chooses proxies. */
  readonly fetch: (url: string, init: SentRequest) => Promise<unknown>
  readonly signal: AbortSignal
  /** Whether the pull request comes from a fork, for what a 403 means. */
  readonly isFork: boolean
}

/** One request may take so long, in ms. */
const REQUEST_MS = 30_000
const PAGE = 100

interface Answer {
  readonly data: unknown
  readonly headers: { readonly link?: string | undefined }
}

/** A request of the client: a route, and what fills it. */
type Send = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Answer>

function readComment(value: unknown): IssueComment {
  const { id, body, user, html_url: url } = (value ?? {}) as Readonly<Record<string, unknown>>
  const login = (user as { readonly login?: unknown } | null | undefined)?.login
  if (typeof id !== 'number') {
    throw new PipelineError('github-unavailable', 'GitHub answered something that is no comment.')
  }
  return {
    id,
    body: typeof body === 'string' ? body : '',
    author: typeof login === 'string' ? login : null,
    url: typeof url === 'string' ? url : '',
  }
}

function baseUrlOf(apiUrl: string): string {
  const base = parseEndpoint(apiUrl)
  if (base !== undefined) return base
  throw new PipelineError('github-address', 'GITHUB_API_URL is neither https nor this computer itself.')
}

async function openSend(
  { apiUrl, token, userAgent, fetch, signal, isFork }: GitHubAccess,
  where: string,
): Promise<Send> {
  const baseUrl = baseUrlOf(apiUrl)
  const { request } = await import('@octokit/request')
  const client = request.defaults({
    baseUrl,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': userAgent,
      'x-github-api-version': '2022-11-28',
    },
  })
  return async (route, parameters) => {
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)])
      return await client(route, { ...parameters, request: { fetch, signal: within } })
    } catch (error) {
      throw explainRefusal(error, { where, isFork })
    }
  }
}

async function listAll(
  send: Send,
  place: Readonly<Record<string, unknown>>,
): Promise<readonly IssueComment[]> {
  const found: IssueComment[] = []
  for (let page = 1; ; page += 1) {
    const parameters = { ...place, per_page: PAGE, page }
    const { data, headers } = await send(
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      parameters,
    )
    if (!Array.isArray(data))
      throw new PipelineError('github-unavailable', 'GitHub answered no list of comments.')
    found.push(...data.map(readComment))
    if (!/\brel="next"/.test(headers.link ?? '') || data.length === 0) return found
  }
}

/**
 * Opens the comments of a pull request or issue with GitHub's own client, which loads with it. The token goes to the
 * given address alone, in a header that a redirect to another place does not carry.
 *
 * @throws PipelineError `github-address`.
 */
export async function openComments(access: GitHubAccess, target: CommentTarget): Promise<CommentApi> {
  const [owner = '', repo = ''] = target.repository.split('/')
  const send = await openSend(access, `${target.repository}#${target.issue}`)
  const place = { owner, repo, issue_number: target.issue }
  const one = (id: number): Readonly<Record<string, unknown>> => ({ owner, repo, comment_id: id })
  return {
    list: () => listAll(send, place),
    create: async body => {
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
      return readComment((await send(route, { ...place, body })).data)
    },
    update: async (id, body) => {
      const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
      return readComment((await send(route, { ...one(id), body })).data)
    },
    remove: async id => {
      await send('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', one(id))
    },
  }
}
