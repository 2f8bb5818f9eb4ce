import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { declarationFolders, readDeclared } from '../../../src/cli/declaration/declared-file.ts'
import { displayPath } from '../../../src/cli/declaration/read-text.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const FILES = {
  'secret.txt': 'eyJhbGciOiJSUzI1NiJ9',
  'prod/policies/a.yaml': '',
  'prod/[x]/b.yaml': '',
  'prod2/c.yaml': '',
  'shared/deep/d.yaml': '',
  'shared/lists/e.txt': '',
}

/** What can be read where the configuration lies in `prod`, whatever its `policies` are. */
const ROWS: Readonly<Record<string, readonly [policies: string, path: string, isRead: boolean]>> = {
  'a file below the configuration': ['.', 'prod/policies/a.yaml', true],
  'a file beside the folder of the configuration': ['.', 'secret.txt', false],
  'a folder whose name only begins like the one of the configuration': ['.', 'prod2/c.yaml', false],
  'a file of a folder that the configuration names': ['../shared', 'shared/deep/d.yaml', true],
  'a file beside a file that the configuration names': ['../shared/deep/d.yaml', 'shared/lists/e.txt', false],
  'a file below what a glob of the configuration reaches into': [
    '../shared/**/*.yaml',
    'shared/lists/e.txt',
    true,
  ],
  'a file outside of what a glob reaches into': ['../shared/**/*.yaml', 'secret.txt', false],
  'a file through a link that stays inside': ['.', 'prod/inside.yaml', true],
  'a file through a link that leads out': ['.', 'prod/outside.yaml', false],
  'a file through a linked folder that leads out': ['.', 'prod/away/secret.txt', false],
  'a folder with pattern characters that exists is itself': ['../prod/[x]', 'prod/[x]/b.yaml', true],
  'a folder that is not there reaches nothing': ['../gone', 'secret.txt', false],
}

test.each(Object.entries(ROWS))('%s', async (_rule, [policies, path, isRead]) => {
  const folder = await temporaryFolder(FILES)
  await symlink(join(folder, 'prod/policies/a.yaml'), join(folder, 'prod/inside.yaml'))
  await symlink(join(folder, 'secret.txt'), join(folder, 'prod/outside.yaml'))
  await symlink(folder, join(folder, 'prod/away'))
  const folders = await declarationFolders(join(folder, 'prod'), [policies])
  const reading = readDeclared(displayPath(join(folder, path), folder), folder, folders)
  if (isRead) expect((await reading).path).toBe(path)
  else await expect(reading).rejects.toMatchObject({ code: 'file-outside' })
})

test('a glob from the root of the disk reaches everything', async () => {
  expect(await declarationFolders('/base', ['/*/x.yaml'])).toStrictEqual(['/base', '/'])
})
