import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readGitState } from '../../../src/local/git/git-state.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'

const ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CEILING_DIRECTORIES: '/tmp',
}

function git(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
  return execFileSync('git', [...who, ...args], {
    cwd: folder,
    env: ENV,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim()
}

async function repository(): Promise<string> {
  const folder = await temporaryFolder({
    'holdfast.yaml': '',
    'policies/a.yaml': 'a',
    'policies/[b].yaml': 'b',
    'README.md': '',
  })
  git(folder, 'init', '-q')
  git(folder, 'add', '.')
  git(folder, 'commit', '-qm', 'first')
  return folder
}

const FILES = ['holdfast.yaml', 'policies/a.yaml', 'policies/[b].yaml']

test('files as committed are clean', async () => {
  const folder = await repository()
  expect(await readGitState(FILES, { cwd: folder, env: ENV })).toStrictEqual({
    commit: git(folder, 'rev-parse', 'HEAD'),
    dirty: false,
  })
})

test('from a folder below too', async () => {
  const folder = await repository()
  expect(
    await readGitState(['a.yaml', '../holdfast.yaml'], { cwd: join(folder, 'policies'), env: ENV }),
  ).toMatchObject({
    dirty: false,
  })
})

test('a changed file of the declaration is dirty', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'policies/[b].yaml'), 'x')
  expect(await readGitState(FILES, { cwd: folder, env: ENV })).toMatchObject({ dirty: true })
})

test('a file that was never added is dirty, an ignored one too: the commit does not hold them', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'policies/new.yaml'), 'x')
  expect(await readGitState([...FILES, 'policies/new.yaml'], { cwd: folder, env: ENV })).toMatchObject({
    dirty: true,
  })
  await appendFile(join(folder, '.git/info/exclude'), 'new.yaml\n')
  expect(await readGitState([...FILES, 'policies/new.yaml'], { cwd: folder, env: ENV })).toMatchObject({
    dirty: true,
  })
})

test('what is not of the declaration does not make it dirty', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'README.md'), 'x')
  await appendFile(join(folder, 'plan.json'), '{}')
  expect(await readGitState(FILES, { cwd: folder, env: ENV })).toMatchObject({ dirty: false })
})

test('a file of no repository, or of another one, is dirty: the commit does not hold it', async () => {
  const folder = await repository()
  const [plain, other] = [await temporaryFolder({ 'a.yaml': '' }), await repository()]
  for (const file of [join(plain, 'a.yaml'), join(other, 'holdfast.yaml')])
    expect(await readGitState([...FILES, file], { cwd: folder, env: ENV })).toStrictEqual({
      commit: git(folder, 'rev-parse', 'HEAD'),
      dirty: true,
    })
})

const NOTHING = { commit: null, dirty: null }

test('outside of a repository and without git nothing is said', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '' })
  expect(await readGitState(['holdfast.yaml'], { cwd: folder, env: ENV })).toStrictEqual(NOTHING)
  await mkdir(join(folder, 'empty'))
  const env = { PATH: join(folder, 'empty') }
  expect(await readGitState(FILES, { cwd: await repository(), env })).toStrictEqual(NOTHING)
})

test('before the first commit there is none, and that is said', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '' })
  git(folder, 'init', '-q')
  expect(await readGitState(['holdfast.yaml'], { cwd: folder, env: ENV })).toStrictEqual({
    ...NOTHING,
    trouble: 'fatal: Needed a single revision',
  })
})

test('a repository that git refuses to read is told in the words of git', async () => {
  const bin = await temporaryFolder({})
  const says = "fatal: detected dubious ownership in repository at '/x'"
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "${says}" >&2\nexit 128\n`, { mode: 0o755 })
  const env = { ...ENV, PATH: `${bin}:${ENV.PATH}` }
  expect(await readGitState(FILES, { cwd: await repository(), env })).toStrictEqual({
    ...NOTHING,
    trouble: says,
  })
})

test('no filter, hook or monitor of the settings is started, and git itself gets no secret', async () => {
  const folder = await repository()
  const log = join(folder, 'started')
  const script = join(folder, 'program.sh')
  await writeFile(script, `#!/bin/sh\necho "$0 $*" >> '${log}'\ncat\n`, { mode: 0o755 })
  await writeFile(join(folder, '.gitattributes'), '*.yaml filter=odd.one\n')
  for (const [key, value] of [
    ['filter.odd.one.clean', script],
    ['filter.odd.one.smudge', script],
    ['filter.odd.one.process', script],
    ['filter.odd.one.required', 'true'],
    ['core.fsmonitor', script],
  ])
    git(folder, 'config', key ?? '', value ?? '')
  await mkdir(join(folder, '.git/hooks'), { recursive: true })
  await writeFile(join(folder, '.git/hooks/post-index-change'), `#!/bin/sh\necho hook >> '${log}'\n`, {
    mode: 0o755,
  })
  await utimes(join(folder, 'policies/a.yaml'), 1, 1)
  const bin = await temporaryFolder({})
  await writeFile(
    join(bin, 'git'),
    `#!/bin/sh\nenv >> '${bin}/env'\nexec /usr/bin/env PATH='${ENV.PATH}' git "$@"\n`,
    { mode: 0o755 },
  )
  const env = {
    ...ENV,
    PATH: `${bin}:${ENV.PATH}`,
    HOLDFAST_TOKEN: 'canary',
    GITHUB_TOKEN: 'canary',
    MY_SECRET: 'canary',
  }
  expect(await readGitState(FILES, { cwd: folder, env })).toMatchObject({ dirty: false })
  expect(existsSync(log)).toBe(false)
  const seen = await readFile(join(bin, 'env'), 'utf8')
  expect(seen).toContain('GIT_CONFIG_GLOBAL=/dev/null')
  expect(seen).not.toContain('canary')
})

describe('a file in a submodule', () => {
  async function withSubmodule(): Promise<string> {
    const shared = await repository()
    const folder = await temporaryFolder({ 'holdfast.yaml': '' })
    git(folder, 'init', '-q')
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', shared, 'shared')
    git(folder, 'add', '.')
    git(folder, 'commit', '-qm', 'first')
    return folder
  }
  const files = ['holdfast.yaml', 'shared/policies/a.yaml']

  test('is clean where the submodule stands at the commit that is named', async () => {
    const folder = await withSubmodule()
    expect(await readGitState(files, { cwd: folder, env: ENV })).toStrictEqual({
      commit: git(folder, 'rev-parse', 'HEAD'),
      dirty: false,
    })
  })

  test('is dirty where it was changed, or the submodule stands elsewhere', async () => {
    const folder = await withSubmodule()
    await appendFile(join(folder, 'shared/policies/a.yaml'), 'x')
    expect(await readGitState(files, { cwd: folder, env: ENV })).toMatchObject({ dirty: true })
    git(join(folder, 'shared'), 'commit', '-qam', 'second')
    expect(await readGitState(files, { cwd: folder, env: ENV })).toMatchObject({ dirty: true })
    git(folder, 'commit', '-qam', 'second')
    expect(await readGitState(files, { cwd: folder, env: ENV })).toMatchObject({ dirty: false })
  })
})
