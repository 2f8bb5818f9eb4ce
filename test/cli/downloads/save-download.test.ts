import { createHash } from 'node:crypto'
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageFileName, resultFileName } from '../../../src/cli/downloads/own-file-name.ts'
import { requireFree, saveDownload } from '../../../src/cli/downloads/save-download.ts'
import type { Piece } from '../../../src/defender/fetch-link.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function* pieces(...parts: readonly (readonly [number, string])[]): AsyncGenerator<Piece> {
  for (const [offset, text] of parts) yield { offset, bytes: Buffer.from(text), size: undefined }
}

const nothing = (): void => undefined
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('a download', () => {
  test('is saved whole, with its size and SHA-256', async () => {
    const folder = await temporaryFolder({})
    const seen: number[] = []
    const target = { path: join(folder, 'a.zip'), shown: 'a.zip', force: false }
    const saved = await saveDownload(pieces([0, '0123'], [4, '4567']), target, received =>
      seen.push(received),
    )
    expect(saved).toStrictEqual({ size: 8, sha256: digest('01234567') })
    expect(seen).toStrictEqual([4, 8])
    expect(await readFile(target.path, 'utf8')).toBe('01234567')
    expect(await readdir(folder)).toStrictEqual(['a.zip'])
  })

  test('that begins anew keeps nothing of before, also where it is shorter', async () => {
    const target = { path: join(await temporaryFolder({}), 'a.zip'), shown: 'a.zip', force: false }
    expect(await saveDownload(pieces([0, '0123456'], [0, 'abc']), target, nothing)).toStrictEqual({
      size: 3,
      sha256: digest('abc'),
    })
    expect(await readFile(target.path, 'utf8')).toBe('abc')
  })

  test('of nothing is an empty file', async () => {
    const target = { path: join(await temporaryFolder({}), 'a'), shown: 'a', force: false }
    expect(await saveDownload(pieces(), target, nothing)).toStrictEqual({ size: 0, sha256: digest('') })
  })

  test('never takes the place of a file that somebody wrote meanwhile', async () => {
    const folder = await temporaryFolder({})
    const target = { path: join(folder, 'a.zip'), shown: 'a.zip', force: false }
    async function* slow(): AsyncGenerator<Piece> {
      yield* pieces([0, 'ours'])
      await writeFile(target.path, 'theirs')
    }
    await expect(saveDownload(slow(), target, nothing)).rejects.toMatchObject({ code: 'file-exists' })
    expect(await readFile(target.path, 'utf8')).toBe('theirs')
    expect(await readdir(folder)).toStrictEqual(['a.zip'])
  })

  test('replaces a link and not what it leads to', async () => {
    const folder = await temporaryFolder({ 'precious.txt': 'precious' })
    await symlink(join(folder, 'precious.txt'), join(folder, 'a.zip'))
    const target = { path: join(folder, 'a.zip'), shown: 'a.zip', force: false }
    await expect(requireFree(target)).rejects.toMatchObject({ code: 'file-exists' })
    await saveDownload(pieces([0, 'new']), { ...target, force: true }, nothing)
    expect(await readFile(join(folder, 'precious.txt'), 'utf8')).toBe('precious')
    expect(await readFile(target.path, 'utf8')).toBe('new')
  })

  test('that breaks off leaves nothing', async () => {
    const folder = await temporaryFolder({})
    async function* broken(): AsyncGenerator<Piece> {
      yield* pieces([0, 'half'])
      throw new Error('broken')
    }
    const target = { path: join(folder, 'a.zip'), shown: 'a.zip', force: true }
    await expect(saveDownload(broken(), target, nothing)).rejects.toThrow('broken')
    expect(await readdir(folder)).toStrictEqual([])
  })

  test.each([
    ['into a folder that is none', 'none/a.zip'],
    ['in the place of a folder', 'there'],
  ])('%s is refused before anything is asked for', async (_what, path) => {
    const folder = await temporaryFolder({ 'there/x': '' })
    const target = { path: join(folder, path), shown: path, force: true }
    await expect(requireFree(target)).rejects.toMatchObject({ code: 'file-not-written' })
    await expect(saveDownload(pieces([0, 'x']), target, nothing)).rejects.toMatchObject({
      code: 'file-not-written',
    })
  })
})

describe('a name of ours', () => {
  test.each([
    ['fin-ws-014.contoso.com', 'fin-ws-014.contoso.com-id.zip'],
    ['../../etc/passwd', '_.._etc_passwd-id.zip'],
    ['..', 'machine-id.zip'],
    ['-rf', 'rf-id.zip'],
    ['a\u202e\nb', 'a_b-id.zip'],
    ['', 'machine-id.zip'],
    ['x'.repeat(300), `${'x'.repeat(80)}-id.zip`],
  ])('for a package of %j is %s', (machine, want) => expect(packageFileName(machine, 'id')).toBe(want))

  test.each([
    ['C:\\temp\\triage.zip', 'ws-id-2-triage.zip.gz'],
    ['/var/log/', 'ws-id-2-log.gz'],
    ['..\\..', 'ws-id-2-result.gz'],
    ['', 'ws-id-2-result.gz'],
    ['C:\\$MFT:stream?', 'ws-id-2-_MFT_stream_.gz'],
  ])('for a result from %j is %s', (path, want) => {
    expect(resultFileName('ws', 'id', 2, path, 'gz')).toBe(want)
  })
})
