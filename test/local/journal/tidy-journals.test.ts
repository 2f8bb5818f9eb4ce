import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tidyJournals } from '../../../src/local/journal/tidy-journals.ts'
import { folderShelf } from '../../../src/local/store/folder-shelf.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'

const OTHER = 'b'.repeat(16)

const started = `${JSON.stringify({ event: 'run-started', at: '2026-11-20T10:00:00Z' })}\n`
const ended = `${started}${JSON.stringify({ event: 'run-ended', at: '2026-11-20T10:01:00Z' })}\n`

/** Puts files there that were last written so many days ago, tidies up, and tells what is left. */
async function leftOf(files: Readonly<Record<string, readonly [text: string, days: number]>>) {
  const folder = await temporaryFolder()
  for (const [name, [text, days]] of Object.entries(files)) {
    await writeFile(join(folder, name), text)
    const at = Date.now() / 1000 - days * 86_400
    await utimes(join(folder, name), at, at)
  }
  await tidyJournals(folderShelf(folder))
  return (await readdir(folder)).sort()
}

const journal = (digits: string, unique = '00000001'): string => `20261120T100000Z-${digits}-${unique}.jsonl`
const A = 'a'.repeat(16)

test.each([
  ['a run that ended over 30 days ago', ended, 31, 0],
  ['a run that ended within them', ended, 29, 2],
  ['a run without an end', started, 31, 2],
  ['any run after 180 days', started, 181, 0],
] as const)('of %s journal and plan are kept or go together', async (_rule, text, days, left) => {
  expect(await leftOf({ [journal(A)]: [text, days], [`${A}.plan`]: ['{}', days] })).toHaveLength(left)
})

test('a plan stays while any journal of it does, and a young one stays by itself', async () => {
  const left = await leftOf({
    [journal(A)]: [ended, 40],
    [journal(A, '00000002')]: [ended, 1],
    [`${A}.plan`]: ['{}', 40],
    [`${OTHER}.plan`]: ['{}', 1],
  })
  expect(left).toStrictEqual([journal(A, '00000002'), `${A}.plan`, `${OTHER}.plan`].sort())
})

test('what is neither journal nor plan is not touched', async () => {
  const files = { 'lease-0000000001.json': ['{}', 400], 'notes.txt': ['', 400] } as const
  expect(await leftOf(files)).toStrictEqual(Object.keys(files))
})

test('a folder that is not there is no error', async () => {
  await expect(tidyJournals(folderShelf('/nonexistent/folder'))).resolves.toBeUndefined()
})
