import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { diagnoseAll, indexText } from '../../src/schema/indexed-text.ts'
import { readYaml } from '../../src/schema/read-yaml.ts'
import { toPlain } from '../../src/schema/text-tree.ts'
import { told } from './told.ts'

function read(text: string): {
  readonly values: readonly unknown[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const indexed = indexText({ path: 'a.yaml', text })
  const { documents, findings } = readYaml(indexed)
  return { values: documents.map(({ node }) => toPlain(node)), diagnostics: diagnoseAll(indexed, findings) }
}

function map(entries: object): object {
  return Object.assign(Object.create(null), entries)
}

describe('scalars', () => {
  test.each(
    Object.entries({
      'an unquoted number with an exponent': ['12e03', '12e03'],
      'an unquoted number of forty digits': [
        '1234567890123456789012345678901234567890',
        '1234567890123456789012345678901234567890',
      ],
      'forty digits with an exponent that no double can hold': [`4e${'5'.repeat(38)}`, `4e${'5'.repeat(38)}`],
      'leading zeros': ['0007', '0007'],
      'a hexadecimal number': ['0x1F', '0x1F'],
      'an old octal number': ['0o17', '0o17'],
      'a sexagesimal number': ['12:30:45', '12:30:45'],
      'an underscored number': ['1_000', '1_000'],
      'no, which once was false': ['no', 'no'],
      true: ['true', 'true'],
      null: ['null', 'null'],
      'a tilde': ['~', '~'],
      infinity: ['.inf', '.inf'],
      'a date': ['2026-11-20', '2026-11-20'],
      'a time': ['2026-11-20T00:00:00Z', '2026-11-20T00:00:00Z'],
      'single quotes, where a backslash is one': [String.raw`'C:\temp'`, String.raw`C:\temp`],
      'double quotes with an escape': [String.raw`"C:\\temp"`, String.raw`C:\temp`],
      'an empty text in quotes': ['""', ''],
      'a folded block': ['>-\n  one\n  two', 'one two'],
      'a literal block': ['|\n  one\n  two', 'one\ntwo\n'],
      'a text over two lines': ['one\n  two', 'one two'],
    }),
  )('stay what was typed: %s', (_what, [typed, want]) =>
    expect(read(`a: ${typed}`)).toStrictEqual({ values: [map({ a: want })], diagnostics: [] }),
  )

  test('without a value are nothing', () => {
    expect(read('a:\nb:\n  -\n? c').values).toStrictEqual([map({ a: null, b: [null], c: null })])
  })

  test('take the standard tags, which change nothing', () => {
    expect(read('a: !!str 12\nb: ! x\nc: !!map {}\nd: !!seq []').values).toStrictEqual([
      map({ a: '12', b: 'x', c: map({}), d: [] }),
    ])
  })

  test('are the same with CRLF and a byte order mark', () => {
    expect(read('\ufeffa: 1\r\nb:\r\n  - x\r\n').values).toStrictEqual([map({ a: '1', b: ['x'] })])
  })

  test('make keys of prototypes ordinary keys', () => {
    const [value] = read('__proto__: { polluted: 1 }\nconstructor: 2').values
    expect(Object.keys(value as object)).toStrictEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('anchors', () => {
  test('give their value to the aliases after them', () => {
    expect(read('a: &x [1]\nb: *x\n&k c: *k').values).toStrictEqual([map({ a: ['1'], b: ['1'], c: 'c' })])
  })

  test('may be defined anew', () => {
    expect(read('a: &x 1\nb: *x\nc: &x 2\nd: *x').values).toStrictEqual([
      map({ a: '1', b: '1', c: '2', d: '2' }),
    ])
  })

  test('are no merge keys', () => {
    expect(read('a: &x { b: 1 }\nc: { <<: *x }').values).toStrictEqual([
      map({ a: map({ b: '1' }), c: map({ '<<': map({ b: '1' }) }) }),
    ])
  })

  test('may repeat a hundred thousand values, not more', () => {
    const list = `a: &a [${'x,'.repeat(999)}]\n`
    expect(read(`${list}b: [${'*a,'.repeat(100)}]`).diagnostics).toStrictEqual([])
    expect(read(`${list}b: [${'*a,'.repeat(101)}]`).diagnostics).toMatchObject([{ code: 'alias-explosion' }])
  })
})

describe('documents', () => {
  test.each(
    Object.entries({
      'an empty file': '',
      'blank lines': '\n\n',
      'a comment': '# nothing\n',
      'a separator': '---\n',
      'separators and comments': '---\n# nothing\n---\n...\n',
    }),
  )('of %s are none', (_what, text) => expect(read(text)).toStrictEqual({ values: [], diagnostics: [] }))

  test('are read in their order, empty ones are skipped', () => {
    expect(read('---\n---\na: 1\n---\n# nothing\n---\nb: 2\n---\n').values).toStrictEqual([
      map({ a: '1' }),
      map({ b: '2' }),
    ])
  })

  test('are read although others are broken', () => {
    const { values, diagnostics } = read('a: 1\n---\nb: [1\n---\nc: "x\n---\nd: 4\n')
    expect(values).toStrictEqual([map({ a: '1' })])
    expect(diagnostics.map(told)).toStrictEqual(['4:1 yaml-syntax |-|', '5:4 yaml-syntax |"|'])
    expect(read('a: {\n---\nb: 2').values).toStrictEqual([map({ b: '2' })])
  })

  test('may say that they are YAML 1.1 or 1.2, and are read alike', () => {
    expect(read('%YAML 1.1\n---\na: yes').values).toStrictEqual([map({ a: 'yes' })])
    expect(read('%YAML 1.2\n---\na: yes').values).toStrictEqual([map({ a: 'yes' })])
  })

  test('of five million characters are read, larger ones are not even looked at', () => {
    const wide = `a: ${'x'.repeat(4_999_997)}`
    expect(read(wide).values).toHaveLength(1)
    expect(read(`${wide}x`).diagnostics.map(told)).toStrictEqual(['1:1 file-too-large |a|'])
    expect(read('['.repeat(50_000_000)).diagnostics).toMatchObject([
      {
        code: 'file-too-large',
        message: expect.stringContaining(
          '50.0 million characters, at most 5 million are read: put machines into a `list:` file',
        ),
      },
    ])
  })

  test('of sixty levels are read', () => {
    expect(read(`${'['.repeat(60)}${']'.repeat(60)}`).diagnostics).toStrictEqual([])
  })

  test('before one that nests too deep are read', () => {
    const { values, diagnostics } = read(`a: 1\n---\nb: ${'['.repeat(10_000)}`)
    expect(values).toStrictEqual([map({ a: '1' })])
    expect(diagnostics).toMatchObject([{ code: 'nested-too-deep' }])
  })
})

// every row: what is typed, and place, code and underlined text of what is said about it
describe('nasty YAML is told with its place', () => {
  test.each(
    Object.entries<readonly [text: string, ...want: string[]]>({
      'a key that stands twice': ['a: 1\nb: 2\na: 3', '3:1 duplicate-key |a|'],
      'a key that stands twice, once in quotes': ['{ a: 1, "a": 2 }', '1:9 duplicate-key |"a"|'],
      'a key that stands three times': ['a: 1\na: 2\na: 3', '2:1 duplicate-key |a|', '3:1 duplicate-key |a|'],
      'an alias without anchor': ['a: *x', '1:4 unknown-alias |*x|'],
      'an alias before its anchor': ['a: *x\nb: &x 1', '1:4 unknown-alias |*x|'],
      'an alias to an anchor of another document': ['a: &x 1\n---\nb: *x', '3:4 unknown-alias |*x|'],
      'a value that contains itself': ['a: &x [1, *x]', '1:11 cyclic-anchor |*x|'],
      'a value that contains itself further down': ['&x\na:\n  - b: *x', '3:8 cyclic-anchor |*x|'],
      'an alias bomb, told once': [
        `a: &a [${'x,'.repeat(9)}]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`).join('\n')}`,
        '6:8 alias-explosion |*e|',
      ],
      'aliases that nest deeper than the text': [
        `a0: &a0 [x]\n${Array.from({ length: 80 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]`).join('\n')}`,
        '62:12 nested-too-deep |*a60|',
      ],
      'a tower of brackets': ['['.repeat(10_000), '1:64 nested-too-deep |[|'],
      'a tower of closed brackets': [`${'['.repeat(1000)}${']'.repeat(1000)}`, '1:64 nested-too-deep |[|'],
      'a tower of braces': ['{a: '.repeat(10_000), '1:253 nested-too-deep |{|'],
      'a tower of dashes': ['- '.repeat(10_000), '1:127 nested-too-deep |-|'],
      'a tower of question marks': ['? '.repeat(10_000), '1:127 nested-too-deep |?|'],
      'a tower of indented keys': [
        Array.from({ length: 100 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
        '64:64 nested-too-deep |a|',
      ],
      'a custom tag': ['a: !vault x', '1:4 yaml-tag |!vault|'],
      'a tag of types that we do not have': ['a: 1\nb: !!int 5', '2:4 yaml-tag |!!int|'],
      'the first of two mistakes, whatever their kinds': ['a: !x "\\q"', '1:4 yaml-tag |!x|'],
      'a tag on a map': ['a: !x { b: 1 }', '1:4 yaml-tag |!x|'],
      'two tags': ['a: !!str !!str x', '1:10 yaml-tag |!!str|'],
      'a directive for tags': [
        'a: 1\n...\n%TAG !e! tag:x,2000:\n---\nb: 2',
        '3:1 yaml-tag |%TAG !e! tag:x,2000:|',
      ],
      'two directives for tags, told once': [
        '%TAG !e! tag:x,2000:\n%TAG !f! tag:x,2000:\n---\nb: !e!x 2',
        '1:1 yaml-tag |%TAG !e! tag:x,2000:|',
      ],
      'an unknown directive': ['%FOO bar\n---\na: 1', '1:1 yaml-tag |%FOO bar|'],
      'another YAML version': ['%YAML 1.3\n---\na: 1', '1:7 yaml-tag |1.3|'],
      'a list as a key': ['? [a]\n: b', '1:3 unsupported-key |[a]|'],
      'a map as a key': ['{ { a: 1 }: 2 }', '1:3 unsupported-key |{ a: 1 }|'],
      'an empty key': [': a', '1:1 unsupported-key |:|'],
      'an empty key in brackets, beside others': ['{ a: 1, : 2 }', '1:9 unsupported-key |:|'],
      'an alias to a list as a key': ['a: &x [1]\n*x : 2', '2:1 unsupported-key |*x|'],
      'a tab before a key': ['a:\n\tb: 1', '2:1 yaml-tab |\t|'],
      'a tab between keys': ['a:\n  b: 1\n\tc: 2', '3:1 yaml-tab |\t|'],
      'an unclosed double quote': ['a: "x', '1:4 yaml-syntax |"|'],
      'an unclosed single quote': ["a: 'x\nb: 1", "1:4 yaml-syntax |'|"],
      'an unclosed quote in a list': ['a:\n  - "x\n  - y\n', '2:5 yaml-syntax |"|'],
      'an unclosed quote of a key': ['"a: x\n', '1:1 yaml-syntax |"|'],
      'a bracket unclosed at the end, after a closed quote': ['a: ["x"', '1:8 yaml-syntax ||'],
      'a brace unclosed at the end': ['a: {b', '1:6 yaml-syntax ||'],
      'a brace with nothing in it': ['a: {', '1:5 yaml-syntax ||'],
      'an unclosed bracket': ['a: [1, 2\nb: 3', '2:1 yaml-syntax |b|'],
      'a closing bracket too many': ['a: [1]]', '1:7 yaml-syntax |]|'],
      'a comma too many': ['a: [1,,2]', '1:7 yaml-syntax |,|'],
      'two colons on a line': ['reason: INC-1: ransomware', '1:9 yaml-syntax |I|'],
      'a key without colon': ['a: 1\nb\nc: 2', '2:1 yaml-syntax |b|'],
      'a text that starts with @': ['a: @soc', '1:4 yaml-syntax |@|'],
      'a text that starts with %': ['a: %x', '1:4 yaml-syntax |%|'],
      'an unknown escape': ['a: "C:\\temp\\q"', '1:12 yaml-syntax |\\|'],
      'a line that is indented unlike the others': ['a:\n   b: 1\n  c: 2', '3:3 yaml-syntax |c|'],
      'two anchors on a value': ['a: &x &y 1', '1:7 yaml-syntax |&y|'],
      'an anchor on an alias': ['a: &x 1\nb: &y *x', '2:7 yaml-syntax |*x|'],
      'an anchor without name': ['a: & x', '1:4 yaml-syntax |&|'],
      'a key of two thousand characters': [`${'k'.repeat(2000)}: 1`, `1:1 yaml-syntax |${'k'.repeat(160)}|`],
      'a list in a list of keys': ['a: 1\n- b', '2:1 yaml-syntax |-|'],
      'a block inside brackets': ['a: [\n  - b\n]', '2:3 yaml-syntax |- b|'],
      'a directive without ---': ['%YAML 1.2\na: 1', '2:1 yaml-syntax |a|'],
      'a NUL': ['a: 1\nb: \0x', '2:4 not-text |\0|'],
      'an escape character': ['a: \u001b[31m', '1:4 not-text |\u001b|'],
      'bytes that are no UTF-8': ['a: x\ufffd', '1:5 not-text |\ufffd|'],
      'UTF-16 read as UTF-8': ['\ufffd\ufffda\0:\0 \x001\0', '1:1 not-text |\ufffd|'],
      'line ends of old': ['a: 1\rb: 2', '1:5 not-text |\r|'],
    }),
  )('%s', (_what, [text, ...want]) => {
    const { diagnostics } = read(text)
    expect(diagnostics.map(told)).toStrictEqual(want)
    for (const { message } of diagnostics) expect(message).not.toMatch(/undefined|\[object/)
  })

  test('a key that stands twice names the place of the first', () => {
    expect(read('a: 1\nb: 2\na: 3').diagnostics).toMatchObject([
      { related: [{ message: '`a` stands here first', place: { line: 1, column: 1 } }] },
    ])
  })

  test('a tower of a million brackets is refused at once', () => {
    expect(read('['.repeat(1_000_000)).diagnostics).toMatchObject([{ code: 'nested-too-deep' }])
  })

  test('a map of thirty thousand keys is read in time that grows with its length only', () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `k${index}: v`).join('\n')
    expect(read(text).diagnostics).toStrictEqual([])
  })
})
