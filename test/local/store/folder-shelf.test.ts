import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderShelf } from '../../../src/local/store/folder-shelf.ts'
import { namesOn } from '../../../src/local/store/shelf.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'

async function start(options?: { readonly noLink: boolean }) {
  const folder = join(await temporaryFolder(), 'state', 'tenant')
  return { folder, shelf: folderShelf(folder, options) }
}

describe('a folder as a shelf', () => {
  test('that is not there has nothing on it, and reading makes none', async () => {
    const { folder, shelf } = await start()
    expect(await shelf.list()).toStrictEqual([])
    expect(await shelf.read('a')).toBeUndefined()
    await shelf.remove('a')
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('lists what lies there by name, with when it was written', async () => {
    const { folder, shelf } = await start()
    for (let index = 40; index > 0; index -= 1) await shelf.put(`n${String(index).padStart(2, '0')}`, '')
    await utimes(join(folder, 'n07'), 1000, 1000)
    const entries = await shelf.list()
    expect(entries.map(({ name }) => name)).toStrictEqual([...(await readdir(folder))].sort())
    expect(entries[6]).toStrictEqual({ name: 'n07', modifiedMs: 1_000_000 })
  })

  test('begins a log for its owner alone, in a folder for its owner alone, and adds to it', async () => {
    const { folder, shelf } = await start()
    const log = await shelf.createLog('a')
    await log.append('one\n')
    await log.append('two\n')
    await log.close()
    expect(await shelf.read('a')).toBe('one\ntwo\n')
    expect((await stat(shelf.pathOf('a'))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  test('never begins a log where something is, nor through a link', async () => {
    const { folder, shelf } = await start()
    await shelf.put('a', 'theirs')
    await symlink('a', join(folder, 'b'))
    await expect(shelf.createLog('a')).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(shelf.createLog('b')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('theirs')
  })

  test('writes whole texts over what is there, and removes them', async () => {
    const { shelf } = await start()
    await shelf.put('a', 'first')
    await shelf.put('a', 'second')
    expect(await shelf.read('a')).toBe('second')
    await shelf.remove('a')
    expect(await namesOn(shelf)).toStrictEqual([])
  })

  test('tells what cannot be read', async () => {
    const folder = join(await temporaryFolder({ file: '' }), 'file', 'tenant')
    await expect(folderShelf(folder).list()).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(folderShelf(folder).read('a')).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  test('refuses a link in its place where it is told to, before anything is written', async () => {
    const { folder, shelf } = await start({ noLink: true })
    const elsewhere = await temporaryFolder()
    await mkdir(join(folder, '..'), { recursive: true })
    await symlink(elsewhere, folder)
    await expect(shelf.createLog('a')).rejects.toThrow('symbolic link')
    await expect(shelf.put('a', '')).rejects.toThrow('symbolic link')
    expect(await readdir(elsewhere)).toStrictEqual([])
    await writeFile(join(elsewhere, 'a'), 'read all the same')
    expect(await shelf.read('a')).toBe('read all the same')
  })
})
