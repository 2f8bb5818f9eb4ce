import { expect, test } from 'vitest'
import { testChecks } from '../../../src/report/checks/test-checks.ts'
import { documentTests, type TestOutcome } from '../../../src/report/documents/test-document.ts'

const PLACE = { file: 'a.test.yaml', line: 9, column: 1 }
const PASSED: TestOutcome = {
  name: 'a is isolated',
  ...PLACE,
  outcome: 'passed',
  policies: [],
  differences: [],
  diagnostics: [],
}
const AT = '2026-11-22T18:00:00Z'

function checksOf(...tests: readonly TestOutcome[]) {
  return testChecks(documentTests(tests, { code: 0, name: 'ok' }), AT)
}

test('a test that passed is a check that passed, at its place', () => {
  expect(checksOf(PASSED)).toMatchObject({
    command: 'test',
    at: AT,
    conclusive: true,
    checks: [{ state: 'passed', rule: 'test/posture', subject: 'a is isolated', place: PLACE }],
  })
})

test('one that failed says how many differences there are, and each', () => {
  const differences = [
    { list: 'changes', kind: 'missing', expected: { machine: 'a' }, actual: null, fields: [], place: PLACE },
    {
      list: 'changes',
      kind: 'different',
      expected: { key: 'x' },
      actual: { key: 'y' },
      fields: ['key'],
      place: PLACE,
    },
  ] as const
  expect(checksOf({ ...PASSED, outcome: 'failed', differences }).checks).toMatchObject([
    {
      state: 'failed',
      level: 'error',
      message: '2 differences from what is expected',
      help: 'missing: a.test.yaml:9: changes: { machine: a }; different: a.test.yaml:9: changes: { key: x }: key is y',
    },
  ])
})

test('one that could not be run says why, and no conclusion can be drawn', () => {
  const diagnostics = [
    { severity: 'warning', code: 'w', message: 'no matter' },
    { severity: 'error', code: 'unknown-key', message: 'unknown key' },
  ] as const
  const { conclusive, checks } = checksOf(PASSED, { ...PASSED, outcome: 'error', diagnostics })
  expect(conclusive).toBe(false)
  expect(checks[1]).toMatchObject({ state: 'errored', help: 'unknown-key: unknown key' })
})
