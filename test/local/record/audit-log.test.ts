import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRecord } from '../../../src/audit/read-record.ts'
import { verifyChain } from '../../../src/audit/verify-chain.ts'
import { createAuditLog } from '../../../src/local/record/audit-log.ts'
import { recordFolder } from '../../../src/local/record/record-shelf.ts'
import { END, headEntry, REQUEST } from '../../audit/sample-records.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const AT = new FakeClock('2026-11-20T10:00:00Z').now()
const run = (folder: string, runId: string) =>
  createAuditLog(recordFolder(folder), { runId, at: AT }, parents => headEntry(runId, parents))

async function verify(folder: string) {
  const names = await readdir(folder)
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return verifyChain(texts.map((text, index) => readRecord(names[index] ?? '', text)))
}

test('runs at the same time do not harm each other, and the next one follows them all', async () => {
  const folder = join(await temporaryFolder(), 'audit')
  const ids = Array.from({ length: 8 }, (_, index) => `0000000${index}-x`)
  const files = await Promise.all(ids.map(id => run(folder, id)))
  await Promise.all(files.map(file => file.append([REQUEST, END])))
  await Promise.all(files.map(file => file.close()))
  const last = await run(folder, '99999999-x')
  await last.append([END])
  await last.close()
  const { isIntact, records, heads, findings } = await verify(folder)
  expect({ isIntact, records, heads: heads.length }).toStrictEqual({ isIntact: true, records: 9, heads: 1 })
  expect(new Set(findings.map(({ kind }) => kind))).toStrictEqual(new Set(['fork']))
})

test('a file that is there, or a link to one, is never written to', async () => {
  const folder = join(await temporaryFolder({ 'audit/x': '', victim: 'mine' }), 'audit')
  const name = '20261120T100000.000Z-deadbeef.jsonl'
  await symlink('../victim', join(folder, name))
  await expect(run(folder, 'deadbeef-1')).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(join(folder, '..', 'victim'), 'utf8')).toBe('mine')
  await writeFile(join(folder, '20261120T100000.000Z-cafecafe.jsonl'), 'theirs')
  await expect(run(folder, 'cafecafe-1')).rejects.toMatchObject({ code: 'EEXIST' })
})

test('forty runs one after the other are one chain', async () => {
  const folder = join(await temporaryFolder(), 'audit')
  for (let index = 0; index < 40; index += 1) {
    const file = await run(folder, `${String(index).padStart(8, '0')}-x`)
    await file.append([...Array.from({ length: 20 }, () => REQUEST), END])
    await file.close()
  }
  const { isIntact, lines, findings } = await verify(folder)
  expect({ isIntact, lines, findings }).toStrictEqual({ isIntact: true, lines: 40 * 22, findings: [] })
})
