import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { diagnose, diagnoseAll, indexText, placeAt, quoteSources } from '../../src/schema/indexed-text.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { told, underlined } from './told.ts'

const RUNS = seededRuns('indexed text', 100)

function at(text: string, start: number, length: number): Diagnostic {
  return diagnose(indexText({ path: 'a.yaml', text }), {
    code: 'yaml-syntax',
    message: 'wrong',
    span: { start, end: start + length },
  })
}

describe('a place', () => {
  test.each([
    ['the first character', 'ab\ncd', 0, 1, 1],
    ['the line end itself', 'ab\ncd', 2, 1, 3],
    ['the first character of a line', 'ab\ncd', 3, 2, 1],
    ['after CRLF', 'ab\r\ncd', 5, 2, 2],
    ['past a byte order mark, which is no column', '\ufeffab\ncd', 1, 1, 2],
    ['the end of the text', 'ab\n', 3, 2, 1],
    ['the end of an empty text', '', 0, 1, 1],
    ['after a character of two UTF-16 units', '😀b', 2, 1, 3],
  ])('of %s', (_what, text, offset, line, column) =>
    expect(placeAt(indexText({ path: 'a.yaml', text }), offset)).toStrictEqual({
      file: 'a.yaml',
      line,
      column,
    }),
  )

  test('is found for every offset of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\t') }), text => {
        const indexed = indexText({ path: 'a.yaml', text })
        for (let offset = 0; offset <= text.length; offset++) {
          const before = text.slice(0, offset).split('\n')
          expect(placeAt(indexed, offset)).toStrictEqual({
            file: 'a.yaml',
            line: before.length,
            column: (before.at(-1)?.length ?? 0) + 1,
          })
        }
      }),
      RUNS,
    )
  })
})

describe('a source line', () => {
  test('is quoted without its line end', () => {
    expect(at('a: 1\r\nb: 2\r\n', 6, 1)).toMatchObject({ sourceLine: 'b: 2', length: 1 })
    expect(at('a: 1\r\nb: 2\r\n', 6, 1)).not.toHaveProperty('caret')
  })

  test('is underlined at least once, at the very end too', () => {
    expect(at('a: 1\n', 4, 0)).toMatchObject({ sourceLine: 'a: 1', length: 1 })
  })

  test('is underlined no further than it goes', () => expect(at('a: |\n b\n c\n', 3, 8).length).toBe(1))

  test('of 160 characters is whole', () => {
    expect(at('x'.repeat(160), 150, 4)).toMatchObject({ sourceLine: 'x'.repeat(160), length: 4 })
  })

  const long = `${'a'.repeat(300)}WRONG${'b'.repeat(300)}`

  test('that is longer is cut around the caret, and the column stays the true one', () => {
    const diagnostic = at(long, 300, 5)
    expect(diagnostic).toMatchObject({ place: { line: 1, column: 301 }, caret: 60, length: 5 })
    expect(diagnostic.sourceLine).toHaveLength(160)
    expect(underlined(diagnostic)).toBe('WRONG')
  })

  test('is cut at its beginning alone where the caret is near the end', () => {
    expect(at(long, 603, 2)).toMatchObject({ sourceLine: long.slice(-160), caret: 158, length: 2 })
  })

  test('is cut at its end alone where the caret is near the beginning', () => {
    expect(at(long, 3, 400)).toMatchObject({ sourceLine: long.slice(0, 160), caret: 3, length: 157 })
  })

  test('is never cut inside a character', () => {
    const smiles = '😀'.repeat(200)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199 }), index => {
        const diagnostic = at(smiles, index * 2, 2)
        expect(diagnostic.sourceLine?.isWellFormed()).toBe(true)
        expect(underlined(diagnostic)).toBe('😀')
      }),
      RUNS,
    )
    const shifted = at(`${smiles}WRONG${smiles}`, 401, 4)
    expect(shifted.sourceLine?.isWellFormed()).toBe(true)
    expect(underlined(shifted)).toBe('RONG')
  })
})

describe('the diagnostics of a file', () => {
  const text = indexText({ path: 'a.yaml', text: 'a\n'.repeat(300) })
  const finding = (line: number) =>
    ({ code: 'unknown-key', message: 'm', span: { start: line * 2, end: line * 2 + 1 } }) as const

  test('come in the order of the text', () => {
    expect(diagnoseAll(text, [finding(2), finding(0), finding(1)]).map(told)).toStrictEqual([
      '1:1 unknown-key |a|',
      '2:1 unknown-key |a|',
      '3:1 unknown-key |a|',
    ])
  })

  test('stop at a hundred, and say how many are left', () => {
    const diagnostics = diagnoseAll(
      text,
      Array.from({ length: 130 }, (_, line) => finding(line)),
    )
    expect(diagnostics).toHaveLength(101)
    expect(diagnostics[100]).toMatchObject({
      code: 'too-many-problems',
      message: 'at least 30 more problems from here on: mend the first ones and look again',
      place: { line: 101, column: 1 },
    })
  })

  test('name other places that take part', () => {
    const related = [{ message: 'first', span: { start: 0, end: 1 } }]
    expect(diagnose(text, { ...finding(4), related }).related).toStrictEqual([
      { message: 'first', place: { file: 'a.yaml', line: 1, column: 1 } },
    ])
    expect(diagnose(text, finding(4))).not.toHaveProperty('related')
  })
})

describe('quoteSources', () => {
  const sources = [{ path: 'a.yaml', text: 'one\ntwo\n' }]
  const bare: Diagnostic = {
    severity: 'error',
    code: 'x',
    message: 'm',
    place: { file: 'a.yaml', line: 2, column: 1 },
  }

  test('adds the source line of a place', () => {
    expect(
      quoteSources([bare, { ...bare, place: { file: 'a.yaml', line: 1, column: 2 } }], sources),
    ).toMatchObject([
      { sourceLine: 'two', length: 1 },
      { sourceLine: 'one', length: 1 },
    ])
  })

  test.each(
    Object.entries<Diagnostic>({
      'one without a place': { severity: 'error', code: 'x', message: 'm' },
      'one of another file': { ...bare, place: { file: 'b.yaml', line: 1, column: 1 } },
      'one that has a source line': { ...bare, sourceLine: 'kept' },
    }),
  )('leaves %s as it is', (_what, diagnostic) =>
    expect(quoteSources([diagnostic], sources)).toStrictEqual([diagnostic]),
  )

  test('quotes nothing of a line that is not there', () => {
    expect(quoteSources([{ ...bare, place: { file: 'a.yaml', line: 9, column: 1 } }], sources)).toMatchObject(
      [{ sourceLine: '' }],
    )
  })
})
