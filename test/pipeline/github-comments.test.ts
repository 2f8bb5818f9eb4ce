import { fetch } from 'undici'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/cli/system-clock.ts'
import { openComments } from '../../src/pipeline/github/github-comments.ts'
import { putStickyComment } from '../../src/pipeline/github/sticky-comment.ts'
import { PipelineError } from '../../src/pipeline/pipeline-error.ts'
import {
  BOT,
  type GitHubStandIn,
  REPOSITORY,
  type StoredComment,
  startGitHub,
  TOKEN,
} from './github-stand-in.ts'

const MARKER = '<!-- holdfast:plan:emea -->'

/** A clock whose pauses are over at once and are written down. */
function countedClock(): { readonly clock: typeof systemClock; readonly pauses: number[] } {
  const pauses: number[] = []
  return { pauses, clock: { ...systemClock, sleep: async ms => void pauses.push(ms) } }
}

interface Put {
  readonly issue?: number
  readonly token?: string
  readonly author?: string
  readonly apiUrl?: string
  readonly isFork?: boolean
  readonly text?: string
}

async function put(github: GitHubStandIn, over: Put = {}, time = countedClock()) {
  const { issue = 7, token = TOKEN, author = BOT, apiUrl = github.url, isFork = false, text = 'hello' } = over
  const signal = new AbortController().signal
  const access = { apiUrl, token, userAgent: 'holdfast/1', fetch, signal, isFork }
  const api = await openComments(access, { repository: REPOSITORY, issue })
  const comment = { marker: MARKER, body: `${MARKER}\n\n${text}\n`, author }
  return putStickyComment(api, comment, { clock: time.clock, signal })
}

async function refusalOf(promise: Promise<unknown>): Promise<PipelineError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PipelineError)
  return error as PipelineError
}

const other = (id: number, over: Partial<StoredComment> = {}): StoredComment => ({
  id,
  issue: 7,
  login: 'alice',
  body: 'looks fine',
  ...over,
})
const ours = (id: number, body = `${MARKER}\n\nold\n`): StoredComment => other(id, { login: BOT, body })

describe('one comment', () => {
  test('is written where there is none, and edited in place the next time', async () => {
    const github = await startGitHub()
    expect(await put(github)).toMatchObject({ was: 'created', removed: 0, comment: { id: 1, author: BOT } })
    expect(await put(github, { text: 'again' })).toMatchObject({ was: 'updated', comment: { id: 1 } })
    expect(github.comments.map(({ body }) => body)).toStrictEqual([`${MARKER}\n\nagain\n`])
  })

  test('is found on a later page', async () => {
    const crowd = Array.from({ length: 230 }, (_, index) => other(index + 1))
    const github = await startGitHub([...crowd, ours(231)])
    expect(await put(github)).toMatchObject({ was: 'updated', comment: { id: 231 } })
    const pages = github.requests.filter(({ method }) => method === 'GET').map(({ path }) => path)
    expect(pages.map(path => path.split('?')[1])).toStrictEqual([
      'per_page=100&page=1',
      'per_page=100&page=2',
      'per_page=100&page=3',
    ])
  })

  test('is left where there were more: the oldest is edited, the others go', async () => {
    const github = await startGitHub([ours(3), other(4), ours(5), ours(9)])
    expect(await put(github)).toMatchObject({ was: 'updated', removed: 2, comment: { id: 3 } })
    expect(github.comments.map(({ id }) => id)).toStrictEqual([3, 4])
  })

  test.each(
    Object.entries({
      'of somebody else with our marker': other(3, { body: `${MARKER}\n\nall is well\n` }),
      'whose author is gone': other(3, { login: null, body: `${MARKER}\n` }),
      'of another configuration': ours(3, '<!-- holdfast:plan:emea2 -->\n\nold\n'),
      'of another kind': ours(3, '<!-- holdfast:drift:emea -->\n\nold\n'),
      'that quotes the marker': ours(3, `> ${MARKER}\n`),
      'that begins with the marker and goes on': ours(3, `${MARKER} and more`),
    }),
  )('%s is not ours', async (_rule, comment) => {
    const before = comment.body
    const github = await startGitHub([comment])
    expect(await put(github)).toMatchObject({ was: 'created', comment: { id: 4 } })
    expect(github.comments[0]?.body).toBe(before)
  })

  test.each([MARKER, `${MARKER}\r\nedited on the page`])('%j is ours', async body => {
    const github = await startGitHub([ours(3, body)])
    expect(await put(github)).toMatchObject({ was: 'updated', comment: { id: 3 } })
  })

  test('of another user is ours where the token writes as that user', async () => {
    const github = await startGitHub([other(3, { login: 'response-bot', body: `${MARKER}\n` })])
    expect(await put(github, { author: 'response-bot' })).toMatchObject({ was: 'updated' })
  })
})

describe('an answer that is none', () => {
  test('begins everything anew: what was written although nobody said so is found, not written twice', async () => {
    const github = await startGitHub()
    const time = countedClock()
    github.answer('POST', { status: 502, takesEffect: true })
    expect(await put(github, {}, time)).toMatchObject({ was: 'updated', comment: { id: 1 } })
    expect(github.comments).toHaveLength(1)
    expect(time.pauses).toStrictEqual([2000])
  })

  test('is given up after three tries', async () => {
    const github = await startGitHub()
    const time = countedClock()
    github.answer('GET', ...Array.from({ length: 9 }, () => ({ status: 503 })))
    const error = await refusalOf(put(github, {}, time))
    expect(error.code).toBe('github-unavailable')
    expect(error.message).toBe('contoso/response#7: GitHub answered 503.')
    expect(time.pauses).toStrictEqual([2000, 4000])
  })

  test.each([
    ['no list', { status: 200, body: { message: 'hm' } }],
    [
      'a list that broke off, which the client hands on as a text,',
      { status: 200, body: [{ id: 1 }], cutAt: 7 },
    ],
    ['an empty answer', { status: 200, body: [], cutAt: 0 }],
    ['a list of something else', { status: 200, body: [{ id: 'x' }, null] }],
  ])('%s is not taken for one', async (_what, answer) => {
    const github = await startGitHub()
    github.answer('GET', answer, answer, answer)
    expect((await refusalOf(put(github))).code).toBe('github-unavailable')
    expect(github.comments).toStrictEqual([])
  })

  test('where nobody listens there is none', async () => {
    const github = await startGitHub()
    const error = await refusalOf(put(github, { apiUrl: 'http://127.0.0.1:9' }))
    expect(error.message).toBe('contoso/response#7: GitHub did not answer, or not in time.')
  })
})

describe('a limit', () => {
  test('that is soon over is waited for', async () => {
    const github = await startGitHub()
    const time = countedClock()
    github.answer('GET', { status: 429, headers: { 'retry-after': '30' }, body: { message: 'slow down' } })
    expect(await put(github, {}, time)).toMatchObject({ was: 'created' })
    expect(time.pauses).toStrictEqual([30_000])
  })

  test.each(
    Object.entries({
      'that is long': { status: 403, headers: { 'retry-after': '3600' } },
      'of the hour': { status: 403, headers: { 'x-ratelimit-remaining': '0' } },
      'in words alone': { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      'without a time': { status: 429 },
    }),
  )('%s ends it at once', async (_rule, answer) => {
    const github = await startGitHub()
    const time = countedClock()
    github.answer('GET', answer)
    expect((await refusalOf(put(github, {}, time))).code).toBe('github-limited')
    expect(time.pauses).toStrictEqual([])
  })
})

describe('a refusal is said in our words, with what GitHub says', () => {
  const said = { message: 'Resource not accessible by integration' }

  test.each([
    [401, 'github-unauthorized', 'GitHub does not take the token (Resource not accessible by integration).'],
    [403, 'github-forbidden', 'the token may not write comments (Resource not accessible by integration).'],
    [
      404,
      'github-not-found',
      'GitHub knows no such pull request or issue, or the token may not see it (Resource',
    ],
    [410, 'github-not-found', 'GitHub knows no such pull request'],
    [422, 'github-refused', 'GitHub refused (Resource not accessible by integration).'],
  ])('%i', async (status, code, message) => {
    const github = await startGitHub()
    github.answer('POST', { status, body: said })
    const error = await refusalOf(put(github))
    expect(error.code).toBe(code)
    expect(error.message).toContain(`contoso/response#7: ${message}`)
  })

  test('a 403 for a fork says that it is one', async () => {
    const github = await startGitHub()
    github.answer('POST', { status: 403, body: said })
    expect((await refusalOf(put(github, { isFork: true }))).message).toContain(
      ', as for every pull request from a fork (',
    )
  })

  test('without words of GitHub the status is told', async () => {
    const github = await startGitHub()
    github.answer('POST', { status: 418, body: null })
    expect((await refusalOf(put(github))).message).toContain('GitHub refused (status 418).')
  })

  test('never with the token or the comment', async () => {
    const github = await startGitHub()
    const error = await refusalOf(put(github, { token: 'ghs_secret', text: 'body of the comment' }))
    expect(error.code).toBe('github-unauthorized')
    expect(
      JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause }),
    ).not.toMatch(/ghs_secret|body of the comment/)
  })
})

describe('the token', () => {
  test('goes with every request, with our name and the version of the interface', async () => {
    const github = await startGitHub([ours(1), ours(2)])
    await put(github)
    expect(github.requests.map(({ method }) => method)).toStrictEqual(['GET', 'PATCH', 'DELETE'])
    for (const request of github.requests) {
      expect(request).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        version: '2022-11-28',
        agent: 'holdfast/1',
      })
    }
  })

  test('does not follow a redirect to another place', async () => {
    const [github, elsewhere] = [await startGitHub(), await startGitHub()]
    github.answer('GET', {
      status: 302,
      headers: { location: `${elsewhere.url}/repos/${REPOSITORY}/issues/7/comments` },
    })
    expect((await refusalOf(put(github))).code).toBe('github-unauthorized')
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toStrictEqual([undefined])
  })

  test.each(['http://github.example', 'ftp://127.0.0.1', 'https://user:word@github.example', 'nonsense'])(
    'is not sent to %s',
    async apiUrl => {
      const error = await refusalOf(put(await startGitHub(), { apiUrl }))
      expect(error.code).toBe('github-address')
      expect(error.message).not.toContain('word')
    },
  )
})
