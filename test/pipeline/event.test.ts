import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commentBody, runAddress } from '../../src/pipeline/github/comment-body.ts'
import { parseEvent, readEvent } from '../../src/pipeline/github/event.ts'
import { repositoryPath } from '../../src/pipeline/repository-path.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'

const SHA = 'a'.repeat(40)
const side = (name: string): object => ({ sha: SHA, repo: { full_name: name } })
const NOTHING = { issue: null, headCommit: null, isFork: false }

describe('an event', () => {
  test.each(
    Object.entries({
      'of a pull request has number and commit': [
        { pull_request: { number: 7, head: side('a/b'), base: side('a/b') } },
        { issue: 7, headCommit: SHA, isFork: false },
      ],
      'of a fork says so': [
        { pull_request: { number: 7, head: side('x/b'), base: side('a/b') } },
        { issue: 7, headCommit: SHA, isFork: true },
      ],
      'of a fork that is gone says so': [
        { pull_request: { number: 7, head: { sha: SHA, repo: null }, base: side('a/b') } },
        { issue: 7, headCommit: SHA, isFork: true },
      ],
      'of a comment has the number of its issue': [{ issue: { number: 8 } }, { ...NOTHING, issue: 8 }],
      'of a push has none': [{ after: SHA }, NOTHING],
      'with a number that is none has none': [{ pull_request: { number: '7; rm' } }, NOTHING],
      'with a number below one has none': [{ issue: { number: 0 } }, NOTHING],
      'with a commit that is none has none': [
        { pull_request: { number: 7, head: { sha: '<b>' } } },
        { ...NOTHING, issue: 7 },
      ],
      'that is no object says nothing': [null, NOTHING],
    }),
  )('%s', (_rule, [event, want]) => expect(parseEvent(JSON.stringify(event))).toStrictEqual(want))

  test('that is not JSON, not there or not named says nothing', async () => {
    expect(parseEvent('{')).toStrictEqual(NOTHING)
    expect(await readEvent(undefined)).toStrictEqual(NOTHING)
    expect(await readEvent('')).toStrictEqual(NOTHING)
    expect(await readEvent('/nowhere/event.json')).toStrictEqual(NOTHING)
    const folder = await temporaryFolder({ 'event.json': '{"issue":{"number":8}}' })
    expect(await readEvent(join(folder, 'event.json'))).toMatchObject({ issue: 8 })
  })
})

describe('the last line of a comment', () => {
  test('names commit and run, as far as they are known', () => {
    const run = 'https://github.example/a/b/actions/runs/9'
    expect(commentBody('text\n', { commit: SHA, run })).toBe(
      `text\n\n<sub>of commit <code>aaaaaaaaaaaa</code>, [the run with its log](${run})</sub>\n`,
    )
    expect(commentBody('text\n', { commit: null, run: null })).toBe('text\n')
  })

  test.each([
    [
      { GITHUB_SERVER_URL: 'https://g.example', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '9' },
      'https://g.example/a/b/actions/runs/9',
    ],
    [{ GITHUB_SERVER_URL: 'https://g.example', GITHUB_REPOSITORY: 'a/b' }, null],
    [{ GITHUB_SERVER_URL: 'https://g.example)', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '9' }, null],
  ])('%j leads to %s', (env, want) => expect(runAddress(env)).toBe(want))
})

describe('the path of a file in the repository', () => {
  test.each([
    ['policies/a.yaml', '/w/repo/sub', '/w/repo', 'sub/policies/a.yaml'],
    ['../a.yaml', '/w/repo/sub', '/w/repo', 'a.yaml'],
    ['a.yaml', '/w/repo', undefined, 'a.yaml'],
    ['a.yaml', '/w/repo', '', 'a.yaml'],
    ['../../x', '/w/repo/sub', '/w/repo', null],
    ['..', '/w/repo', '/w/repo', null],
    ['.', '/w/repo', '/w/repo', null],
    ['..a/b', '/w/repo', '/w/repo', '..a/b'],
  ])('%s seen from %s in %s is %s', async (file, cwd, root, want) =>
    expect(await repositoryPath(file, cwd, root)).toBe(want),
  )

  test('is the same where the workspace, the working directory or the file is named through a link', async () => {
    const folder = await temporaryFolder({ 'repo/sub/a.yaml': '', 'repo/sub/b.yaml': '' })
    await symlink(join(folder, 'repo'), join(folder, 'link'))
    const real = join(folder, 'repo/sub')
    const linked = join(folder, 'link/sub')
    for (const [file, cwd, root] of [
      ['a.yaml', real, join(folder, 'link')],
      ['a.yaml', linked, join(folder, 'repo')],
      [join(linked, 'a.yaml'), real, join(folder, 'repo')],
      ['../../link/sub/a.yaml', real, join(folder, 'repo')],
    ] as const)
      expect(await repositoryPath(file, cwd, root)).toBe('sub/a.yaml')
    expect(await repositoryPath('gone.yaml', linked, join(folder, 'repo'))).toBe('sub/gone.yaml')
  })
})
