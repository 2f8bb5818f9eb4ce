import { execFileSync } from 'node:child_process'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readGitState } from '../../../src/cli/declaration/git-source.ts'
import { temporaryFolder } from '../temporary-folder.ts'

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
  expect(await readGitState(FILES, folder, ENV)).toStrictEqual({
    commit: git(folder, 'rev-parse', 'HEAD'),
    dirty: false,
  })
})

test('from a folder below too', async () => {
  const folder = await repository()
  expect(await readGitState(['a.yaml', '../holdfast.yaml'], join(folder, 'policies'), ENV)).toMatchObject({
    dirty: false,
  })
})

test('a changed file of the declaration is dirty', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'policies/[b].yaml'), 'x')
  expect(await readGitState(FILES, folder, ENV)).toMatchObject({ dirty: true })
})

test('a file that was never added is dirty, an ignored one too: the commit does not hold them', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'policies/new.yaml'), 'x')
  expect(await readGitState([...FILES, 'policies/new.yaml'], folder, ENV)).toMatchObject({ dirty: true })
  await appendFile(join(folder, '.git/info/exclude'), 'new.yaml\n')
  expect(await readGitState([...FILES, 'policies/new.yaml'], folder, ENV)).toMatchObject({ dirty: true })
})

test('what is not of the declaration does not make it dirty', async () => {
  const folder = await repository()
  await appendFile(join(folder, 'README.md'), 'x')
  await appendFile(join(folder, 'plan.json'), '{}')
  expect(await readGitState(FILES, folder, ENV)).toMatchObject({ dirty: false })
})

const NOTHING = { commit: null, dirty: null }

test('outside of a repository, before the first commit and without git nothing is said', async () => {
  const folder = await temporaryFolder({ 'holdfast.yaml': '' })
  expect(await readGitState(['holdfast.yaml'], folder, ENV)).toStrictEqual(NOTHING)
  git(folder, 'init', '-q')
  expect(await readGitState(['holdfast.yaml'], folder, ENV)).toStrictEqual(NOTHING)
  await mkdir(join(folder, 'empty'))
  expect(await readGitState(FILES, await repository(), { PATH: join(folder, 'empty') })).toStrictEqual(
    NOTHING,
  )
})
