import { expect, test } from 'vitest'
import { renderDiagnostics } from '../../../src/report/terminal/render-diagnostics.ts'
import { renderFailure } from '../../../src/report/terminal/render-failure.ts'
import type { Diagnostic } from '../../../src/schema/diagnostic.ts'

const STYLE = { color: false, width: 60 }

const UNKNOWN_KEY: Diagnostic = {
  severity: 'error',
  code: 'unknown-key',
  message: '`isolatd` is no key of `state`; did you mean `isolated`?',
  place: { file: 'policies/a.yaml', line: 12, column: 3 },
  sourceLine: '  isolatd: full',
  length: 7,
}

/** The lines of source and carets. */
function excerptOf(diagnostic: Partial<Diagnostic>): readonly string[] {
  return renderDiagnostics([{ ...UNKNOWN_KEY, message: 'm', ...diagnostic }], STYLE)
    .split('\n')
    .slice(3, 5)
}

test('an error shows its code, place, source line and carets', () => {
  expect(renderDiagnostics([UNKNOWN_KEY], STYLE)).toBe(
    `error[unknown-key]: \`isolatd\` is no key of \`state\`; did you
  mean \`isolated\`?
  --> policies/a.yaml:12:3
   |
12 |   isolatd: full
   |   ^^^^^^^
`,
  )
})

test('every place that takes part is named', () => {
  const related = [{ message: 'the other says `false`', place: { file: 'b.yaml', line: 3, column: 1 } }]
  const { sourceLine: _line, ...placed } = UNKNOWN_KEY
  expect(renderDiagnostics([{ ...placed, message: 'm', related }], STYLE)).toBe(
    'error[unknown-key]: m\n  --> policies/a.yaml:12:3\n  and b.yaml:3:1: the other says `false`\n',
  )
})

test('diagnostics without a place stand close together, others apart', () => {
  const bare: Diagnostic = { severity: 'info', code: 'c', message: 'm' }
  const { sourceLine: _line, ...placed } = { ...UNKNOWN_KEY, message: 'm' }
  expect(renderDiagnostics([bare, bare, placed, bare], STYLE)).toBe(
    `info[c]: m
info[c]: m

error[unknown-key]: m
  --> policies/a.yaml:12:3

info[c]: m
`,
  )
})

test('no diagnostics are no text', () => expect(renderDiagnostics([], STYLE)).toBe(''))

test('without a length one caret stands under the place', () => {
  const { length: _length, ...rest } = UNKNOWN_KEY
  expect(renderDiagnostics([rest], STYLE)).toContain('\n   |   ^\n')
})

test('a caret behind the end of the line stands there', () => {
  expect(
    excerptOf({ sourceLine: 'state:', place: { file: 'a', line: 1, column: 7 }, length: 1 }),
  ).toStrictEqual(['1 | state:', '  |       ^'])
})

test('tabs and wide characters keep the carets in place', () => {
  expect(
    excerptOf({ sourceLine: '\t日本: x', place: { file: 'a', line: 1, column: 6 }, length: 1 }),
  ).toStrictEqual(['1 |   日本: x', '  |         ^'])
})

test('a hidden character of the source is shown, and the carets cover it', () => {
  expect(
    excerptOf({ sourceLine: 'a: b\u202ec', place: { file: 'a', line: 1, column: 4 }, length: 2 }),
  ).toStrictEqual(['1 | a: b\\u{202e}c', '  |    ^^^^^^^^^'])
})

test('a long line is cut on both sides of the marked part', () => {
  const [line = '', carets = ''] = excerptOf({
    sourceLine: `${'x'.repeat(100)}HERE${'y'.repeat(100)}`,
    place: { file: 'a', line: 1, column: 101 },
    length: 4,
  })
  expect(line).toBe(`1 | ...${'x'.repeat(25)}HERE${'y'.repeat(24)}`)
  expect(carets).toBe(`  |${' '.repeat(29)}^^^^`)
})

test('a marked part longer than the line is cut too', () => {
  expect(
    excerptOf({ sourceLine: 'z'.repeat(100), place: { file: 'a', line: 1, column: 1 }, length: 100 }),
  ).toStrictEqual([`1 | ${'z'.repeat(56)}`, `  | ${'^'.repeat(56)}`])
})

test('a source line that was cut already says where its caret goes', () => {
  expect(
    excerptOf({ sourceLine: 'cut: x', caret: 5, place: { file: 'a', line: 1, column: 9999 }, length: 1 }),
  ).toStrictEqual(['1 | cut: x', '  |      ^'])
})

test('a failure shows its code and the way out', () => {
  const failure = { code: 'no-token', message: 'no token can be had.', wayOut: 'set HOLDFAST_TOKEN.' }
  expect(renderFailure(failure, STYLE)).toBe(
    'error[no-token]: no token can be had.\n  try: set HOLDFAST_TOKEN.\n',
  )
})

test('a failure whose message says it all shows nothing more', () => {
  expect(renderFailure({ code: 'c', message: 'm' }, STYLE)).toBe('error[c]: m\n')
})

test('the severity is coloured, and said in words all the same', () => {
  expect(renderFailure({ code: 'c', message: 'm' }, { color: true, width: 60 })).toBe(
    '\u001b[1m\u001b[31merror[c]:\u001b[39m\u001b[22m m\n',
  )
})

test.each([2, 3, 4])('a mark at column %s of a source line makes no command of a CI log out of it', caret => {
  const place = { file: 'a.yaml', line: 1, column: caret + 1 }
  const diagnostic = {
    severity: 'error',
    code: 'c',
    message: 'm',
    place,
    sourceLine: 'a ##[error]x',
  } as const
  expect(renderDiagnostics([diagnostic], { color: false, width: 80 })).not.toMatch(/##\[/)
})
