import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readRecord } from '../../src/audit/read-record.ts'
import { claimedHash, sealedHash, sealLine } from '../../src/audit/seal-line.ts'
import { END, headEntry, REQUEST, read, sampleRecord, sealRecord } from './sample-records.ts'

const record = sampleRecord('run-a')
const lines = record.text.split('\n').slice(0, -1)

function reread(text: string) {
  return readRecord('run-a.jsonl', text)
}

/** Replaces one line, counted from 1. */
function withLine(number: number, change: (line: string) => string): string {
  return lines.map((line, index) => `${index + 1 === number ? change(line) : line}\n`).join('')
}

describe('a line', () => {
  test('has as its hash the SHA-256 of itself without that field, so that any tool can check it', () => {
    const { text, hash } = sealLine(REQUEST, 1, 'sha256:0')
    const body = `${text.slice(0, text.indexOf(',"hash":"sha256:'))}}`
    expect(hash).toBe(`sha256:${createHash('sha256').update(body).digest('hex')}`)
    expect(JSON.parse(text)).toStrictEqual({ ...REQUEST, seq: 1, prev: 'sha256:0', hash })
  })

  test('that claims a hash need not have it', () => {
    const { text, hash } = sealLine(REQUEST, 1, null)
    expect([claimedHash(text), sealedHash(text)]).toStrictEqual([hash, hash])
    const altered = text.replace('Isolate', 'Unisolate')
    expect([claimedHash(altered), sealedHash(altered)]).toStrictEqual([hash, undefined])
    expect([claimedHash('{}'), sealedHash('{}')]).toStrictEqual([undefined, undefined])
  })
})

describe('a record', () => {
  test('that is as it was written is believed whole', () => {
    const { head, hasEnded, isTorn, fault, lines: read } = reread(record.text)
    expect({ run: head?.runId, hasEnded, isTorn, fault }).toStrictEqual({
      run: 'run-a',
      hasEnded: true,
      isTorn: false,
      fault: null,
    })
    expect(read.map(({ hash }) => hash)).toStrictEqual(record.hashes)
  })

  test('cut anywhere, as a killed run leaves it, is believed up to its last whole line', () => {
    for (let size = 0; size < record.text.length; size += 5) {
      const { fault, lines: read, isTorn, hasEnded } = reread(record.text.slice(0, size))
      expect(fault).toBeNull()
      expect(hasEnded).toBe(false)
      expect(read).toHaveLength(record.text.slice(0, size).split('\n').length - 1)
      expect(isTorn).toBe(size > 0 && record.text[size - 1] !== '\n')
    }
  })

  test('with any one character changed is faulty at exactly that line', () => {
    for (let at = 0; at < record.text.length - 1; at += 7) {
      if (record.text[at] === '\n') continue
      const other = record.text[at] === '0' ? '1' : '0'
      const { fault } = reread(record.text.slice(0, at) + other + record.text.slice(at + 1))
      expect(fault?.line, `at ${at}`).toBe(record.text.slice(0, at).split('\n').length)
    }
  })

  const resealed = (number: number, change: (entry: object) => object): string =>
    withLine(number, line => {
      const {
        hash: _hash,
        seq,
        prev,
        ...entry
      } = JSON.parse(line) as { seq: number; prev: string; hash: string; event: string; at: string }
      return sealLine(change({ ...entry }) as typeof entry, seq, prev).text
    })

  test.each(
    Object.entries({
      'a line that was rewritten with its hash breaks the next': {
        text: resealed(2, entry => ({ ...entry, type: 'Unisolate' })),
        line: 3,
        reason: 'it does not follow the line before it',
      },
      'a line that was taken out': {
        text: withLine(2, () => '').replace('\n\n', '\n'),
        line: 2,
        reason: 'it does not follow the line before it',
      },
      'lines that changed places': {
        text: `${[lines[0], lines[2], lines[1], lines[3]].join('\n')}\n`,
        line: 2,
        reason: 'it does not follow the line before it',
      },
      'a line after the end': {
        text: `${record.text}${sealLine(REQUEST, 4, record.hashes[3] ?? '').text}\n`,
        line: 5,
        reason: 'the record had ended before it',
      },
      'another number than its place': {
        text: `${lines[0]}\n${sealLine(REQUEST, 7, record.hashes[0] ?? '').text}\n`,
        line: 2,
        reason: 'it is number 7 in the record it was written to',
      },
      'a beginning without its first line': {
        text: sealRecord('x', [REQUEST, END]).text,
        line: 1,
        reason: 'a record does not begin like that',
      },
      'a beginning of another format': {
        text: sealRecord('x', [headEntry('x', [], { formatVersion: '9.0' })]).text,
        line: 1,
        reason: 'a record does not begin like that',
      },
      'a beginning whose parents are none': {
        text: sealRecord('x', [headEntry('x', [], { parents: ['y'] })]).text,
        line: 1,
        reason: 'a record does not begin like that',
      },
      'an entry without a time': {
        text: sealRecord('x', [headEntry('x', [], { at: 7 })]).text,
        line: 1,
        reason: 'it is no entry of a record',
      },
      'an empty line': { text: '\n', line: 1, reason: 'its hash does not fit what it says' },
    }),
  )('%s', (_what, { text, line, reason }) => {
    const { fault, head } = reread(text)
    expect(fault).toStrictEqual({ line, reason })
    expect(head === null).toBe(line === 1)
  })

  test('whose line is sealed and no JSON is not believed', () => {
    const body = '{"event":}'
    const hash = createHash('sha256').update(body).digest('hex')
    expect(reread(`${body.slice(0, -1)},"hash":"sha256:${hash}"}\n`).fault).toStrictEqual({
      line: 1,
      reason: 'it is no entry of a record',
    })
  })

  test('says by its name which file it is', () => {
    expect(read(record).file).toBe('run-a.jsonl')
  })
})
