import { describe, expect, test } from 'vitest'
import { COLUMNS, exportRows } from '../../src/audit/export-rows.ts'
import { csvCell, writeCsv, writeJsonLines } from '../../src/audit/write-rows.ts'
import { parseInstant } from '../../src/schema/instant.ts'
import { ANSWER, headEntry, REQUEST, read, sampleRecord, sealRecord } from './sample-records.ts'

const a = sampleRecord('a')
const rows = exportRows(read(a))

test('each row says by itself which run, tenant and plan it is of, who ran, and who consented', () => {
  const common = {
    tenantId: 't-1',
    endpoint: 'https://api.security.microsoft.com',
    runId: 'a',
    command: 'apply',
    planId: 'sha256:1',
    planDigest: 'sha256:2',
    commit: 'abc',
    user: 'eve',
    host: 'runner-1',
    ciProvider: 'github-actions',
    ciActor: 'eve-gh',
    ciRun: '42',
    appId: 'app-1',
    objectId: 'obj-1',
    approvedBy: 'plan-file auto-approve',
    signedBy: 'key-1',
    overrides: 'maxMachines',
    reason: 'INC-1',
    file: 'a.jsonl',
  }
  expect(rows).toHaveLength(4)
  for (const [index, { values }] of rows.entries()) {
    expect(values).toMatchObject({ ...common, line: index + 1, hash: a.hashes[index] })
  }
  expect(rows[1]?.values).toMatchObject({ ...REQUEST, outcome: null })
  expect(rows[2]?.values).toMatchObject(ANSWER)
  expect(rows[3]?.values).toMatchObject({ event: 'end', code: 'plan-tampered', exit: 3 })
})

test('what a run does not say is null, whatever stands there instead', () => {
  const bare = sealRecord('b', [headEntry('b', [], { who: null, plan: null, approval: 7, command: {} })])
  expect(exportRows(read(bare))[0]?.values).toMatchObject({
    user: null,
    planId: null,
    approvedBy: null,
    command: null,
  })
})

test('only lines from a time on are exported; a line without a readable time then is none', () => {
  const since = parseInstant('2026-11-20T10:00:02Z')
  const odd = sealRecord('a', [headEntry('a', [], { at: 'soon' }), ANSWER])
  expect(exportRows(read(a), since).map(({ values }) => values.event)).toStrictEqual(['answer', 'end'])
  expect(exportRows(read(odd), since).map(({ values }) => values.event)).toStrictEqual(['answer'])
  expect(exportRows(read(odd))).toHaveLength(2)
})

test('a record that does not begin as one has no rows', () => {
  expect(exportRows(read(sealRecord('x', [REQUEST])))).toStrictEqual([])
})

describe('CSV', () => {
  test.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\nx',
    '\uff1d1',
    '\uff0b1',
    '\uff0d1',
    '\uff20x',
  ])('makes %j text, whatever the program that opens it', value => expect(csvCell(value)).toBe(`"'${value}"`))

  test.each([
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['a=b', '"a=b"'],
    ['', '""'],
    [7, '7'],
    [null, ''],
  ])('writes %j as %j', (value, cell) => expect(csvCell(value)).toBe(cell))

  test('has one line of names and one line per row, each with every column', () => {
    const lines = writeCsv(rows).split('\r\n')
    expect(lines[0]).toBe(COLUMNS.join(','))
    expect(lines).toHaveLength(rows.length + 2)
    expect(lines[1]?.split('","').length).toBeGreaterThan(10)
  })

  test('keeps a reason that a spreadsheet would compute inert', () => {
    const hostile = headEntry('h', [], { approval: { by: ['prompt'], reason: '=HYPERLINK("http://x")' } })
    expect(writeCsv(exportRows(read(sealRecord('h', [hostile]))))).toContain(`"'=HYPERLINK(""http://x"")"`)
  })
})

test('JSON lines hold the columns that have a value, and the whole line as it is in the record', () => {
  const [, request] = writeJsonLines(rows)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  expect(request).toMatchObject({
    event: 'request',
    user: 'eve',
    line: 2,
    entry: { ...REQUEST, hash: a.hashes[1] },
  })
  expect(request).not.toHaveProperty('outcome')
})
