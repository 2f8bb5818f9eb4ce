import { expect, test } from 'vitest'
import type { Difference } from '../../../src/analysis/compare/compare-plan.ts'
import { documentTests, type TestOutcome } from '../../../src/report/documents/test-document.ts'
import { describeDifference, renderTests, writeFact } from '../../../src/report/terminal/render-tests.ts'

const PLACE = { file: 'a.test.yaml', line: 9, column: 5 }
const PASSED: TestOutcome = {
  name: 'a is isolated',
  ...PLACE,
  outcome: 'passed',
  policies: ['contain'],
  differences: [],
  diagnostics: [],
}
const EXIT = { code: 2, name: 'differences' } as const

function difference(over: object): Difference {
  return { list: 'changes', kind: 'missing', expected: {}, actual: null, fields: [], place: PLACE, ...over }
}

function render(tests: readonly TestOutcome[], width = 100): string {
  return renderTests(documentTests(tests, EXIT), { color: false, width })
}

test('a fact is written as a test has it: it can be copied into one', () => {
  expect(
    writeFact({
      machine: 'a.contoso.com',
      operations: ['impose'],
      limit: 3,
      own: true,
      warnings: [],
      after: 'full',
    }),
  ).toBe('{ machine: a.contoso.com, operations: [impose], limit: 3, own: true, after: full }')
})

test.each([
  ['a: b', '"a: b"'],
  ['a,b', '"a,b"'],
  ['', '""'],
  ['a ', '"a "'],
  ['-x', '"-x"'],
  ['full since 2026-11-20', 'full since 2026-11-20'],
])('the text %j is written %s, so that YAML reads the same', (text, written) => {
  expect(writeFact({ after: text })).toBe(`{ after: ${written} }`)
})

test('every kind of difference is told with its place and what it is about', () => {
  const wanted = { machine: 'a', operations: ['impose'] }
  expect(describeDifference(difference({ expected: wanted }))).toStrictEqual([
    'a.test.yaml:9: changes: { machine: a, operations: [impose] }',
  ])
  const actual = { machine: 'a', operations: ['lift'] }
  expect(
    describeDifference(
      difference({ kind: 'different', expected: wanted, actual, fields: ['operations', 'policy'] }),
    ),
  ).toStrictEqual([
    'a.test.yaml:9: changes: { machine: a, operations: [impose] }',
    'operations is [lift], the plan has no policy',
  ])
  const blocked = { machine: 'a', code: 'protected', message: 'a long one' }
  expect(
    describeDifference(difference({ list: 'blocked', kind: 'unexpected', expected: null, actual: blocked })),
  ).toStrictEqual(['blocked: { machine: a, code: protected }'])
})

test('a run is a line per test, what differs under it, and the count', () => {
  const failed: TestOutcome = {
    ...PASSED,
    line: 20,
    outcome: 'failed',
    differences: [
      difference({ kind: 'unexpected', expected: null, actual: { machine: 'b' } }),
      difference({ expected: { machine: 'a' } }),
      difference({
        kind: 'different',
        expected: { machine: 'c', key: 'x' },
        actual: { key: 'y' },
        fields: ['key'],
      }),
    ],
  }
  expect(render([PASSED, failed])).toBe(
    [
      'passed  a.test.yaml:9 a is isolated',
      'FAILED  a.test.yaml:20 a is isolated',
      '    expected, and not in the plan:',
      '      a.test.yaml:9: changes: { machine: a }',
      '    otherwise in the plan than expected:',
      '      a.test.yaml:9: changes: { machine: c, key: x }',
      '          key is y',
      '    in the plan, and not expected:',
      '      changes: { machine: b }',
      '',
      '2 tests: 1 passed, 1 failed.',
      '',
    ].join('\n'),
  )
})

test('a test that could not be run says why, warnings aside', () => {
  const error: TestOutcome = {
    ...PASSED,
    outcome: 'error',
    diagnostics: [
      { severity: 'warning', code: 'w', message: 'no matter' },
      { severity: 'error', code: 'unknown-key', message: 'unknown key `x`' },
    ],
  }
  const text = render([error])
  expect(text).toContain('ERROR   a.test.yaml:9 a is isolated\n    unknown-key: unknown key `x`\n')
  expect(text).toMatch(/\n1 test: 1 could not be run\.\n$/)
})

test('where all pass nothing else is said', () => {
  expect(render([PASSED])).toBe('passed  a.test.yaml:9 a is isolated\n\n1 test: 1 passed.\n')
})

test('names are escaped, and lines fit a narrow terminal', () => {
  const hostile = {
    ...PASSED,
    outcome: 'failed' as const,
    name: 'a \u001b[31m \u202e',
    differences: [difference({ expected: { machine: 'x'.repeat(60) } })],
  }
  const text = render([hostile], 40)
  expect(text).not.toContain('\u001b')
  expect(text).not.toContain('\u202e')
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(40)
})

test('the document counts how tests ended', () => {
  const tests = [PASSED, { ...PASSED, outcome: 'failed' as const }, { ...PASSED, outcome: 'error' as const }]
  expect(documentTests(tests, EXIT)).toStrictEqual({
    formatVersion: '1.0',
    exit: EXIT,
    tests,
    summary: { passed: 1, failed: 1, errors: 1 },
  })
})
