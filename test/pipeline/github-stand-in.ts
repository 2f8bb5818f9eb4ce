import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A comment as the stand-in keeps it. */
export interface StoredComment {
  readonly id: number
  readonly issue: number
  readonly login: string | null
  body: string
}

/** A request that was made. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly version: string | undefined
  readonly agent: string | undefined
}

/** An answer in place of the usual one. */
export interface PlannedAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the request takes effect all the same, as where only the answer is lost. */
  readonly takesEffect?: boolean
  /** How many characters of the body are sent, where the answer breaks off. */
  readonly cutAt?: number
}

/** GitHub's API for comments on issues: paging by Link, who wrote what, and what a token may do. */
export interface GitHubStandIn {
  readonly url: string
  readonly comments: StoredComment[]
  readonly requests: SeenRequest[]
  /** Answers of the next requests of a method, first come, first served. */
  answer(method: string, ...answers: readonly PlannedAnswer[]): void
}

export const TOKEN = 'ghs_standInToken'
export const BOT = 'github-actions[bot]'
export const REPOSITORY = 'contoso/response'
/** GitHub takes no longer comment. */
const LONGEST = 65_536

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly cutAt?: number
}

const COMMENTS = /^\/repos\/contoso\/response\/issues\/(\d+)\/comments$/
const ONE = /^\/repos\/contoso\/response\/issues\/comments\/(\d+)$/
const NOT_FOUND: Answer = { status: 404, body: { message: 'Not Found' } }

async function readBody(request: IncomingMessage): Promise<{ readonly body?: string }> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as { readonly body?: string })
}

/** Starts a stand-in with one pull request, number 7. */
export async function startGitHub(comments: StoredComment[] = []): Promise<GitHubStandIn> {
  const requests: SeenRequest[] = []
  const planned = new Map<string, PlannedAnswer[]>()
  let url = ''
  const shown = ({ id, issue, login, body }: StoredComment): object => ({
    id,
    body,
    user: login === null ? null : { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' },
    html_url: `https://github.example/${REPOSITORY}/pull/${issue}#issuecomment-${id}`,
  })

  function list(issue: number, query: URLSearchParams): Answer {
    const all = comments.filter(comment => comment.issue === issue).sort((a, b) => a.id - b.id)
    const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)]
    const more = all.length > size * page
    const next = `<${url}/repos/${REPOSITORY}/issues/${issue}/comments?per_page=${size}&page=${page + 1}>; rel="next"`
    return {
      status: 200,
      body: all.slice(size * (page - 1), size * page).map(shown),
      ...(more ? { headers: { link: next } } : {}),
    }
  }

  function write(issue: number, body: string): Answer {
    if (body.length > LONGEST)
      return { status: 422, body: { message: 'Validation Failed: body is too long' } }
    const id = 1 + Math.max(0, ...comments.map(comment => comment.id))
    const comment: StoredComment = { id, issue, login: BOT, body }
    comments.push(comment)
    return { status: 201, body: shown(comment) }
  }

  function change(method: string, id: number, body: string): Answer {
    const at = comments.findIndex(comment => comment.id === id)
    const comment = comments[at]
    if (comment === undefined) return NOT_FOUND
    if (method === 'DELETE') {
      comments.splice(at, 1)
      return { status: 204, body: undefined }
    }
    comment.body = body
    return { status: 200, body: shown(comment) }
  }

  function usual(method: string, path: URL, body: string): Answer {
    const issue = Number(COMMENTS.exec(path.pathname)?.[1])
    const id = Number(ONE.exec(path.pathname)?.[1])
    if (issue === 7 && method === 'GET') return list(issue, path.searchParams)
    if (issue === 7 && method === 'POST') return write(issue, body)
    return id > 0 ? change(method, id, body) : NOT_FOUND
  }

  const server = createServer(async (request, response) => {
    const { method = '', headers } = request
    const path = new URL(request.url ?? '/', 'http://localhost')
    const { authorization } = headers
    requests.push({
      method,
      path: `${path.pathname}${path.search}`,
      authorization,
      version: headers['x-github-api-version']?.toString(),
      agent: headers['user-agent'],
    })
    const { body = '' } = await readBody(request)
    const [first, ...rest] = planned.get(method) ?? []
    planned.set(method, rest)
    const isKnown = authorization === `Bearer ${TOKEN}`
    const effect =
      first === undefined || first.takesEffect === true
        ? isKnown
          ? usual(method, path, body)
          : { status: 401, body: { message: 'Bad credentials' } }
        : undefined
    const answer: Answer =
      first === undefined && effect !== undefined ? effect : { body: {}, ...(first as PlannedAnswer) }
    response.writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      ...answer.headers,
    })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body).slice(0, answer.cutAt))
  })
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    comments,
    requests,
    answer: (method, ...answers) => void planned.set(method, [...(planned.get(method) ?? []), ...answers]),
  }
}
