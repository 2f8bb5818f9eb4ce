import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderState } from '../../../src/local/store/folder-state.ts'
import {
  type KeptFreeze,
  readFreeze,
  removeFreeze,
  writeFreeze,
} from '../../../src/local/store/kept-freeze.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'
import { at } from '../../support/build-core.ts'

const FREEZE: KeptFreeze = {
  owner: 'anna',
  reason: 'INC-1',
  since: at('2026-11-22T18:00:00Z'),
  until: at('2026-11-22T20:00:00Z'),
  renewals: true,
}

test('a freeze is read as it was written, gives way to a later one, and is gone when it was ended', async () => {
  const { freezes } = folderState(await temporaryFolder({}))
  expect(await readFreeze(freezes)).toBeUndefined()
  await writeFreeze(freezes, FREEZE)
  expect(await readFreeze(freezes)).toStrictEqual(FREEZE)
  await writeFreeze(freezes, { ...FREEZE, owner: 'ben' })
  expect((await readFreeze(freezes))?.owner).toBe('ben')
  await removeFreeze(freezes)
  await removeFreeze(freezes)
  expect(await readFreeze(freezes)).toBeUndefined()
})

test.each<readonly [string, string]>([
  ['is no JSON', 'frozen'],
  ['says a key twice', JSON.stringify(FREEZE).replace('{', '{"owner":"ben",')],
  ...Object.keys(FREEZE).map(key => [`lacks ${key}`, JSON.stringify({ ...FREEZE, [key]: 7 })] as const),
])('a freeze that %s is not taken for absent', async (_rule, text) => {
  const folder = await temporaryFolder({})
  await mkdir(join(folder, 'freeze'))
  await writeFile(join(folder, 'freeze', 'freeze.json'), text)
  await expect(readFreeze(folderState(folder).freezes)).rejects.toMatchObject({ code: 'freeze-not-readable' })
})
