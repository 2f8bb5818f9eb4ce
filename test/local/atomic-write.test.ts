import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFileAtomically } from '../../src/local/atomic-write.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'

test('a file is written whole, for its owner alone, with nothing left beside it', async () => {
  const folder = await temporaryFolder()
  await writeFileAtomically(join(folder, 'plan.json'), '{}\n')
  expect(await readFile(join(folder, 'plan.json'), 'utf8')).toBe('{}\n')
  expect((await stat(join(folder, 'plan.json'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toStrictEqual(['plan.json'])
})

test('a file that is there is replaced, not written into', async () => {
  const folder = await temporaryFolder({ 'plan.json': 'old' })
  const before = await stat(join(folder, 'plan.json'))
  await writeFileAtomically(join(folder, 'plan.json'), 'new')
  expect((await stat(join(folder, 'plan.json'))).ino).not.toBe(before.ino)
})

test.each(['victim', 'nowhere', 'folder'])(
  'a link that somebody planted, to %s, is replaced by the file and never followed',
  async target => {
    const folder = await temporaryFolder({ victim: 'mine', 'folder/x': '' })
    const path = join(folder, 'plan.json')
    await symlink(target, path)
    await writeFileAtomically(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
    const { mode } = await lstat(path)
    expect({ isFile: (await lstat(path)).isFile(), mode: mode & 0o777 }).toStrictEqual({
      isFile: true,
      mode: 0o600,
    })
    expect(await readFile(join(folder, 'victim'), 'utf8')).toBe('mine')
    expect((await readdir(folder)).sort()).toStrictEqual(['folder', 'plan.json', 'victim'])
  },
)

test('a device is written to, never replaced', async () => {
  await writeFileAtomically('/dev/null', 'gone')
  expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
})

test('what stands in the way is named, and nothing is left behind', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'plan.json'))
  await writeFile(join(folder, 'plan.json', 'x'), '')
  await expect(writeFileAtomically(join(folder, 'none', 'plan.json'), '')).rejects.toMatchObject({
    code: 'file-not-written',
    message: expect.stringContaining('there is no such file or folder'),
  })
  await expect(writeFileAtomically(join(folder, 'plan.json'), '')).rejects.toMatchObject({
    code: 'file-not-written',
    message: expect.stringContaining('it is a folder'),
  })
  expect(await readdir(folder)).toStrictEqual(['plan.json'])
})
