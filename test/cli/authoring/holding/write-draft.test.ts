import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { saidOfTakenBack } from '../../../../src/cli/authoring/holding/hold-words.ts'
import { type WrittenFiles, writeFiles } from '../../../../src/cli/authoring/holding/write-draft.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

async function write(): Promise<{ readonly folder: string; readonly written: WrittenFiles }> {
  const folder = await temporaryFolder({ 'old.yaml': 'before' })
  const texts = new Map([
    ['old.yaml', 'ours'],
    ['new.yaml', 'ours'],
  ])
  return { folder, written: await writeFiles(texts, new Map([['old.yaml', 'before']]), folder) }
}

async function read(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').catch(() => undefined)
}

describe('taking back', () => {
  test('puts back what nobody touched', async () => {
    const { folder, written } = await write()
    expect(await written.takeBack()).toStrictEqual([])
    expect([await read(folder, 'old.yaml'), await read(folder, 'new.yaml')]).toStrictEqual([
      'before',
      undefined,
    ])
  })

  test.each(['old.yaml', 'new.yaml'])('leaves what somebody wrote into %s meanwhile', async name => {
    const { folder, written } = await write()
    await writeFile(join(folder, name), 'ours, and mine')
    expect(await written.takeBack()).toStrictEqual([name])
    expect(await read(folder, name)).toBe('ours, and mine')
  })

  test('does not bring back a policy that somebody removed meanwhile', async () => {
    const { folder, written } = await write()
    await rm(join(folder, 'old.yaml'))
    expect(await written.takeBack()).toStrictEqual(['old.yaml'])
    expect(await read(folder, 'old.yaml')).toBeUndefined()
  })

  test('names what was left', () => {
    expect(saidOfTakenBack([])).toBe('Nothing was submitted, so what was written was taken back.\n')
    expect(saidOfTakenBack(['p.yaml'])).toBe(
      'Nothing was submitted, so what was written was taken back, but for p.yaml: changed meanwhile, and left as it is.\n',
    )
  })
})
