import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { exportRows } from '../../src/audit/export-rows.ts'
import { oneLine } from '../../src/audit/one-line.ts'
import { writeJsonLines } from '../../src/audit/write-rows.ts'
import { headEntry, read, sealRecord } from './sample-records.ts'

/** Lines as `node:readline` reads them, which ends one at U+2028 and U+2029 too. */
async function readlines(text: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: Readable.from([text]) })) lines.push(line)
  return lines
}

const reason = 'INC-4211\u2028held until\u2029noon'
const record = sealRecord('a', [headEntry('a', [], { approval: { by: ['prompt'], reason } })])

test('a record is one line per entry for a reader that ends lines at U+2028, and says the same', async () => {
  const lines = await readlines(record.text)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ approval: { reason } })
  expect(read(record).fault).toBeNull()
})

test('exported JSON lines are one line per row for such a reader', async () => {
  const [row, ...rest] = await readlines(writeJsonLines(exportRows(read(record))))
  expect(rest).toStrictEqual([])
  expect(JSON.parse(row ?? '')).toMatchObject({ reason, entry: { approval: { reason } } })
})

test('what has no such line end stays as it is', () => {
  expect(oneLine('{"a":"\\n\u0085b"}')).toBe('{"a":"\\n\u0085b"}')
})
