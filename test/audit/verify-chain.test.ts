import { expect, test } from 'vitest'
import { chooseParents, readEarlier } from '../../src/audit/choose-parents.ts'
import { readRecord } from '../../src/audit/read-record.ts'
import { verifyChain } from '../../src/audit/verify-chain.ts'
import { headEntry, REQUEST, read, type SampleRecord, sampleRecord, sealRecord } from './sample-records.ts'

const a = sampleRecord('a')
const b = sampleRecord('b', [a])
const c = sampleRecord('c', [b])

function cut(record: SampleRecord, lines: number): SampleRecord {
  return {
    ...record,
    text: record.text
      .split('\n')
      .slice(0, lines)
      .map(line => `${line}\n`)
      .join(''),
  }
}

function altered(record: SampleRecord): SampleRecord {
  return { ...record, text: record.text.replace('"type":"Isolate"', '"type":"Unisolate"') }
}

const [forkB, forkC] = [sampleRecord('b', [a]), sampleRecord('c', [a])]

interface Row {
  readonly records: readonly SampleRecord[]
  readonly expected?: readonly string[]
  /** `kind file:line` of each finding. */
  readonly found: readonly string[]
  readonly isIntact: boolean
  readonly heads: readonly string[]
}

const ROWS: Readonly<Record<string, Row>> = {
  'runs one after the other are intact, in whatever order their files are read': {
    records: [c, a, b],
    found: [],
    isIntact: true,
    heads: ['c'],
  },
  'a line that was altered is named, and the chain beyond it stands': {
    records: [a, altered(b), c],
    found: ['line-altered b.jsonl:2'],
    isIntact: false,
    heads: ['c'],
  },
  'a record that was removed is missed by the one that follows it': {
    records: [a, c],
    found: ['record-missing c.jsonl:1'],
    isIntact: false,
    heads: ['a', 'c'],
  },
  'the first record that was removed is missed too': {
    records: [b, c],
    found: ['record-missing b.jsonl:1'],
    isIntact: false,
    heads: ['c'],
  },
  'a record that was cut is missed by the one that follows it': {
    records: [a, cut(b, 2), c],
    found: ['record-cut b.jsonl:3', 'unfinished b.jsonl:'],
    isIntact: false,
    heads: ['c'],
  },
  'a record that was emptied is missed by the one that follows it': {
    records: [a, cut(b, 0), c],
    found: ['record-missing c.jsonl:1', 'unfinished b.jsonl:'],
    isIntact: false,
    heads: ['a', 'c'],
  },
  'the newest that was cut is only unfinished': {
    records: [a, b, cut(c, 3)],
    found: ['unfinished c.jsonl:'],
    isIntact: true,
    heads: ['c'],
  },
  'the newest that was removed is missed where its head is known from elsewhere': {
    records: [a, b],
    expected: [c.hashes[3] ?? '', b.hashes[3] ?? ''],
    found: ['head-missing :'],
    isIntact: false,
    heads: ['b'],
  },
  'runs at the same time are a fork, which is named and no fault': {
    records: [a, forkB, forkC],
    found: ['fork b.jsonl:'],
    isIntact: true,
    heads: ['b', 'c'],
  },
  'the next run joins a fork again, so that neither branch can be removed': {
    records: [a, forkC, sampleRecord('d', [forkB, forkC])],
    found: ['record-missing d.jsonl:1'],
    isIntact: false,
    heads: ['d'],
  },
  'two first runs at the same time are a fork': {
    records: [a, sampleRecord('z')],
    found: ['fork a.jsonl:'],
    isIntact: true,
    heads: ['a', 'z'],
  },
  'a run that another follows while it still writes is no fault': {
    records: [a, sealRecord('q', [headEntry('q', [{ runId: 'a', hash: a.hashes[1] ?? '' }])])],
    found: ['unfinished q.jsonl:'],
    isIntact: true,
    heads: ['q'],
  },
  'a copy of a record is named': {
    records: [a, { ...a, file: 'copy.jsonl' }],
    found: ['record-twice copy.jsonl:1', 'fork a.jsonl:'],
    isIntact: false,
    heads: ['a', 'a'],
  },
  'a record without a first line that is believed has no head': {
    records: [sealRecord('x', [REQUEST])],
    found: ['line-altered x.jsonl:1'],
    isIntact: false,
    heads: [],
  },
  'no record is nothing': { records: [], found: [], isIntact: true, heads: [] },
}

test.each(Object.entries(ROWS))('%s', (_rule, { records, expected, found, isIntact, heads }) => {
  const verification = verifyChain(records.map(read), expected)
  const { findings } = verification
  expect(findings.map(({ kind, file, line }) => `${kind} ${file}:${line ?? ''}`)).toStrictEqual(found)
  expect(verification.isIntact).toBe(isIntact)
  expect(verification.heads.map(({ runId }) => runId)).toStrictEqual(heads)
  expect(findings.every(({ message }) => message.endsWith('.'))).toBe(true)
})

test('what a killed run was writing is told with what it did not finish', () => {
  const torn = readRecord('a.jsonl', a.text.slice(0, -5))
  expect(verifyChain([torn]).findings[0]?.message).toMatch(/Its last line was being written\.$/)
  expect(verifyChain([read(cut(a, 2))]).findings[0]?.message).not.toMatch(/being written/)
})

test('records and lines are counted', () => {
  expect(verifyChain([a, b].map(read))).toMatchObject({ records: 2, lines: 8 })
})

const earlier = (records: readonly SampleRecord[]) =>
  records.flatMap(({ file, text }) => readEarlier(file, text) ?? [])

test('a new record follows the newest alone, and every branch of a fork', () => {
  expect(chooseParents(earlier([a, b]))).toStrictEqual([{ runId: 'b', hash: b.hashes[3] }])
  expect(chooseParents(earlier([a, forkB, forkC])).map(({ runId }) => runId)).toStrictEqual(['b', 'c'])
  expect(chooseParents([])).toStrictEqual([])
})

test('a new record follows the last whole line of one that is still written', () => {
  expect(chooseParents(earlier([{ ...a, text: a.text.slice(0, -5) }]))).toStrictEqual([
    { runId: 'a', hash: a.hashes[2] },
  ])
})

test('a new record follows the last line that has a hash, also where somebody spoilt the file', () => {
  expect(chooseParents(earlier([{ ...a, text: `${a.text}spoilt\n` }]))).toStrictEqual([
    { runId: 'a', hash: a.hashes[3] },
  ])
})

test('a file that is no record is followed by none; verifying names it', () => {
  expect(
    earlier([
      { ...a, text: '' },
      { ...a, text: 'nonsense\n' },
    ]),
  ).toStrictEqual([])
})
