import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expandPaths } from '../../../src/cli/declaration/expand-paths.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const FILES = {
  'policies/b.yaml': '',
  'policies/a.yml': '',
  'policies/deep/er/c.yaml': '',
  'policies/deep/er/holdfast.yaml': '',
  'policies/notes.txt': '',
  'policies/.hidden/d.yaml': '',
  'policies/[x].yaml': '',
  'other/e.yaml': '',
  'policies/a.test.yaml': '',
  'policies/deep/b.test.yml': '',
  'code/g.yaml': '',
  'code/node_modules/x/f.yaml': '',
}

const ROWS: Readonly<Record<string, readonly [pattern: string, files: readonly string[]]>> = {
  'a file is itself': ['policies/b.yaml', ['policies/b.yaml']],
  'a configuration further down is a policy only where it is named itself': [
    'policies/deep/er/holdfast.yaml',
    ['policies/deep/er/holdfast.yaml'],
  ],
  'a file need not end in yaml': ['policies/notes.txt', ['policies/notes.txt']],
  'a folder is every yaml file below it, sorted, hidden ones left out': [
    'policies',
    ['policies/[x].yaml', 'policies/a.yml', 'policies/b.yaml', 'policies/deep/er/c.yaml'],
  ],
  'a glob is what it matches': [
    'policies/**/*.yaml',
    ['policies/[x].yaml', 'policies/b.yaml', 'policies/deep/er/c.yaml'],
  ],
  'a name with glob characters that exists is itself': ['policies/[x].yaml', ['policies/[x].yaml']],
  'packages that others installed are not walked': ['code', ['code/g.yaml']],
  'a file of tests that is named is itself': ['policies/a.test.yaml', ['policies/a.test.yaml']],
  'braces give several': ['{policies,other}/[be].yaml', ['other/e.yaml', 'policies/b.yaml']],
  'what is not there matches nothing': ['policies/none.yaml', []],
  'a glob without matches matches nothing': ['none/**/*.yaml', []],
}

test.each(Object.entries(ROWS))('%s', async (_rule, [pattern, files]) => {
  const folder = await temporaryFolder(FILES)
  expect(await expandPaths([pattern], folder, folder)).toStrictEqual([{ pattern, files }])
})

test('where tests are looked for, folders and globs give nothing else', async () => {
  const folder = await temporaryFolder(FILES)
  const found = await expandPaths(['policies', 'policies/*.yaml', 'policies/b.yaml'], folder, folder, 'test')
  expect(found.map(({ files }) => files)).toStrictEqual([
    ['policies/a.test.yaml', 'policies/deep/b.test.yml'],
    ['policies/a.test.yaml'],
    ['policies/b.yaml'],
  ])
})

test('results are relative to the working directory, patterns to their base', async () => {
  const folder = await temporaryFolder(FILES)
  const [found] = await expandPaths(['*.yml'], join(folder, 'policies'), join(folder, 'other'))
  expect(found?.files).toStrictEqual(['../policies/a.yml'])
})

test('a linked file counts and a linked folder is not entered, so that no circle is walked', async () => {
  const folder = await temporaryFolder({ 'real.yaml': '', 'policies/a.yaml': '' })
  await symlink('../real.yaml', join(folder, 'policies', 'b.yaml'))
  await symlink('.', join(folder, 'policies', 'circle'))
  await symlink('gone.yaml', join(folder, 'policies', 'dangling.yaml'))
  const [found] = await expandPaths(['policies'], folder, folder)
  expect(found?.files).toStrictEqual(['policies/a.yaml', 'policies/b.yaml'])
})
