import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readText } from '../../../src/cli/declaration/read-text.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const TEXT = 'version: 1 # größer\n'
const mark = '\ufeff'

async function textOf(bytes: Buffer): Promise<string> {
  const folder = await temporaryFolder({})
  await writeFile(join(folder, 'a.yaml'), bytes)
  return (await readText('a.yaml', folder)).text
}

describe('a text', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(mark + TEXT)],
    ['UTF-16, little end first', Buffer.from(mark + TEXT, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(mark + TEXT, 'utf16le').swap16()],
  ])('in %s is read', async (_encoding, bytes) => {
    expect(await textOf(bytes)).toBe(TEXT)
  })

  test('that is empty is read', async () => {
    expect(await textOf(Buffer.from(''))).toBe('')
    expect(await textOf(Buffer.from(mark))).toBe('')
  })

  test.each([
    ['of another encoding', Buffer.from(`a: 1\n${TEXT}`, 'latin1'), 'line 2'],
    [
      'of another encoding behind a mark',
      Buffer.concat([Buffer.from(mark), Buffer.from(TEXT, 'latin1')]),
      'line 1',
    ],
    ['in UTF-16 without a mark', Buffer.from(TEXT, 'utf16le'), 'line 1'],
    ['in UTF-16 that is cut', Buffer.from(mark + TEXT, 'utf16le').subarray(0, 7), 'line 1'],
  ])('%s is an error that names the line', async (_what, bytes, line) => {
    await expect(textOf(bytes)).rejects.toMatchObject({
      code: 'file-encoding',
      message: expect.stringContaining(`a.yaml is no UTF-8 text: ${line} `),
    })
  })
})
