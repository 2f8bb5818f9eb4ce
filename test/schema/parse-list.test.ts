import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { toldAll } from './told.ts'

const RUNS = seededRuns('parse list', 100)

function parse(text: string): ReturnType<typeof parseListFile> {
  return parseListFile({ path: 'lists/a.txt', text })
}

/** What was listed, with line and column. */
function listed(text: string): readonly string[] {
  return parse(text).machines.map(({ name, place: { line, column } }) => `${line}:${column} ${name}`)
}

describe('lists', () => {
  test.each(
    Object.entries<readonly [text: string, ...want: string[]]>({
      'one machine per line': ['a1\nPC-1.contoso.com\n', '1:1 a1', '2:1 pc-1.contoso.com'],
      'machines with Windows line ends': ['a1\r\nb2\r\n', '1:1 a1', '2:1 b2'],
      'machines after a byte order mark': ['\ufeffa1\nb2', '1:1 a1', '2:1 b2'],
      'machines between blanks and tabs': ['  a1\t\n\tb2', '1:3 a1', '2:2 b2'],
      'no comments and no empty lines': ['# a1\n\n   \nb2 # c3\n  # d4\ne5# f6', '4:1 b2', '6:1 e5'],
      'what looks like a number as it is typed': ['12E03\n0012\n', '1:1 12e03', '2:1 0012'],
      'names with underscores and letters of any language': ['my_pc\nbüro-1', '1:1 my_pc', '2:1 büro-1'],
    }),
  )('%s', (_what, [text, ...want]) => {
    expect(listed(text)).toStrictEqual(want)
    expect(parse(text).diagnostics).toStrictEqual([])
  })

  test('a machine once, and warns where it stands again', () => {
    const { machines, diagnostics } = parse('PC-1\nb2\n  pc-1 # again\n')
    expect(machines).toHaveLength(2)
    expect(toldAll(diagnostics)).toStrictEqual(['3:3 warning duplicate-list-line |pc-1|'])
    expect(diagnostics).toMatchObject([
      {
        message: '`pc-1` stands on line 1 already: remove one of them',
        related: [{ place: { file: 'lists/a.txt', line: 1, column: 1 } }],
      },
    ])
  })
})

describe('tells with its place', () => {
  test.each(
    Object.entries<readonly [text: string, ...want: string[]]>({
      'two machines on a line': ['a1\nb2 c3\n', '2:1 invalid-list-line |b2 c3|'],
      'a tab inside a line': ['a1\tb2', '1:1 invalid-list-line |a1\tb2|'],
      'machines with commas': ['  a1,b2', '1:3 invalid-list-line |a1,b2|'],
      'a wildcard': ['fin-*', '1:1 invalid-list-line |fin-*|'],
      'an invisible character': ['pc-1\u200b', '1:1 invalid-list-line |pc-1\u200b|'],
      'a name of more than 255 characters': ['a'.repeat(256), `1:1 invalid-list-line |${'a'.repeat(160)}|`],
      'an empty file': ['', '1:1 warning empty-list-file ||'],
      'comments only': ['# a\n# b', '1:1 warning empty-list-file |#|'],
      'a NUL': ['a1\n\0', '2:1 not-text |\0|'],
      'a file that is no UTF-8': ['a1\ufffd', '1:3 not-text |\ufffd|'],
    }),
  )('%s', (_what, [text, ...want]) => expect(toldAll(parse(text).diagnostics)).toStrictEqual(want))

  test('the first hundred wrong lines of a table, and how many are left', () => {
    const { machines, diagnostics } = parse('good\n'.concat('pc-1;online\n'.repeat(500)))
    expect(machines).toHaveLength(1)
    expect(diagnostics).toHaveLength(101)
    expect(diagnostics.at(-1)?.code).toBe('too-many-problems')
  })

  test('a file that is too large, without reading it', () => {
    expect(parse('a1\n'.repeat(7_000_000)).diagnostics).toMatchObject([
      {
        code: 'file-too-large',
        message: 'the file has 21.0 million characters, at most 20 million are read: split it',
      },
    ])
  })
})

test('a hundred thousand lines are listed', () => {
  const text = Array.from({ length: 100_000 }, (_, index) => index.toString(16).padStart(40, '0')).join(
    '\r\n',
  )
  expect(parse(text).machines).toHaveLength(100_000)
})

test('any text is listed without throwing, and every machine stands where its place says', () => {
  const unit = fc.constantFrom('a', 'B', '1', '.', '-', ' ', '\t', '\r', '\n', '#', ',', '\0', '\u2028', 'é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), text => {
      for (const { name, place } of parse(text).machines) {
        const line = text.split('\n')[place.line - 1] ?? ''
        expect(line.toLowerCase().startsWith(name, place.column - 1)).toBe(true)
      }
    }),
    RUNS,
  )
})
