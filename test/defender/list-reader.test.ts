import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/defender/body-reader.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import { ListReader } from '../../src/defender/list-reader.ts'
import { MalformedRow } from '../../src/defender/malformed-row.ts'
import { shareTexts } from '../../src/defender/share-texts.ts'
import { readAction } from '../../src/defender/wire-action.ts'
import { type Page, readList } from '../../src/defender/wire-list.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { wireAction } from './rows.ts'

const RUNS = seededRuns('a page read in pieces', 300)

type Outcome = Page<unknown> | { readonly fails: string }

/** What reading comes to: the page, or that it is no JSON, or why the service's word is refused. */
function outcomeOf(read: () => Page<unknown>): Outcome {
  try {
    return read()
  } catch (error) {
    if (error instanceof SyntaxError) return { fails: 'no JSON' }
    if (error instanceof DefenderError) return { fails: error.message }
    throw error
  }
}

function inPieces(body: Buffer, cuts: readonly number[], readRow: (row: unknown) => unknown): Outcome {
  const reader = new ListReader(readRow)
  const scratch = Buffer.alloc(body.length)
  let from = 0
  for (const cut of [
    ...cuts.map(share => Math.floor(share * body.length)).sort((a, b) => a - b),
    body.length,
  ]) {
    // The same bytes again and again: a piece may be overwritten once it was taken.
    const length = body.copy(scratch, 0, from, cut)
    reader.take(scratch.subarray(0, length))
    scratch.fill(0x5b)
    from = cut
  }
  return outcomeOf(() => reader.end())
}

function atOnce(body: Buffer, readRow: (row: unknown) => unknown): Outcome {
  return outcomeOf(() => readList(parseJson(body.toString('utf8')), readRow))
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

/** Texts that look like what stands between rows. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('},{"', '"value":[', '"},{"id":"', ']}', '\\', '"', 'ü', '\u2028', '{', '},{\\"'),
)
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  text,
  fc.array(fc.dictionary(text, text), { maxLength: 3 }),
)
const row = fc
  .record({ number: fc.nat(99), more: fc.dictionary(text, odd, { maxKeys: 3 }) })
  .map(({ number, more }) => ({ ...more, ...wireAction(number), commands: more['x'] ?? [] }))
const envelope = fc.record(
  {
    '@odata.context': text,
    '@odata.count': fc.nat(9),
    value: fc.array(fc.oneof({ arbitrary: row, weight: 9 }, { arbitrary: odd, weight: 1 }), { maxLength: 9 }),
    '@odata.nextLink': fc.oneof(fc.webUrl(), fc.constant(null), fc.constant(7)),
  },
  { requiredKeys: [] },
)
/** As the service writes, with white space, or with every character beyond ASCII escaped. */
const written = fc
  .tuple(envelope, fc.constantFrom(undefined, 1, '\t'), fc.boolean(), fc.boolean())
  .map(([value, space, isEscaped, hasMark]) => {
    const json = JSON.stringify(value, undefined, space)
    const plain = isEscaped
      ? json.replace(/[^\x20-\x7e]/g, unit =>
          unit < ' ' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
      : json
    return Buffer.from(`${hasMark ? '\ufeff' : ''}${plain}`)
  })

describe('a page read in pieces is what it is read at once', () => {
  test('however it is written and cut', () => {
    fc.assert(
      fc.property(written, cuts, (body, at) => {
        for (const readRow of [readAction, (value: unknown) => value]) {
          expect(inPieces(body, at, readRow)).toStrictEqual(atOnce(body, readRow))
        }
      }),
      RUNS,
    )
  })

  test('also where bytes are cut off, changed or no UTF-8', () => {
    const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(
        written,
        cuts,
        damage,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (body, at, changes, rest) => {
          for (const [where, byte] of changes) body[Math.floor(where * body.length)] = byte
          const cut = body.subarray(0, Math.ceil(rest * body.length))
          for (const bytes of [body, cut]) {
            expect(inPieces(bytes, at, readAction)).toStrictEqual(atOnce(bytes, readAction))
          }
        },
      ),
      RUNS,
    )
  })
})

describe('a page', () => {
  const rows = Array.from({ length: 40 }, (_unused, number) => wireAction(number))

  test('is read while it comes: what is kept is no more than a row', () => {
    const seen: unknown[] = []
    const reader = new ListReader(value => seen.push(value))
    const body = Buffer.from(JSON.stringify({ '@odata.count': 40, value: rows }))
    const half = body.indexOf(JSON.stringify(rows[20]))
    reader.take(body.subarray(0, half + 5))
    expect(seen).toHaveLength(20)
    reader.take(body.subarray(half + 5))
    expect(reader.end()).toMatchObject({ count: 40, nextLink: undefined })
    expect(seen).toStrictEqual(rows)
  })

  test('with two lists makes no sense', () => {
    const body = Buffer.from('{"value":[{"id":"a"},{"id":"b"}],"value":[]}')
    expect(inPieces(body, [], value => value)).toStrictEqual({ fails: 'no JSON' })
  })

  test('that never begins a list is kept and read as a whole', () => {
    const body = Buffer.from(JSON.stringify({ note: 'x'.repeat(70_000), value: [wireAction(1)] }))
    expect(inPieces(body, [0.2, 0.96], readAction)).toStrictEqual(atOnce(body, readAction))
  })

  test('of a row that cannot be read names it, once the rest is known to be JSON', () => {
    const broken = [...rows.slice(0, 3), { id: 5 }, ...rows.slice(4)]
    const body = Buffer.from(JSON.stringify({ value: broken }))
    expect(inPieces(body, [0.5], readAction)).toStrictEqual({ fails: 'Row 3 of a list cannot be read: id.' })
    expect(inPieces(body.subarray(0, -1), [0.5], readAction)).toStrictEqual({ fails: 'no JSON' })
  })

  test('rejects with whatever else reading a row throws', () => {
    const reader = new ListReader(() => {
      throw new RangeError('not a row of ours')
    })
    reader.take(Buffer.from('{"value":[{"id":"a"}'))
    expect(() => {
      reader.take(Buffer.from(',{"id":"b"}]}'))
      reader.end()
    }).toThrow(RangeError)
    expect(() => readAction(null)).toThrow(MalformedRow)
  })
})

test('texts that come again and again are the same ones, whatever row they come in', () => {
  const kept: string[] = []
  const known = shareTexts()
  const share = (text: string): string => {
    kept.push(text)
    return known(text)
  }
  const row = wireAction(1, { requestor: 'analyst@contoso.com' })
  expect([readAction(row, share), readAction(row, share)]).toStrictEqual([readAction(row), readAction(row)])
  expect([...new Set(kept)]).toStrictEqual([row['type'], row['machineId'], 'analyst@contoso.com'])
})
