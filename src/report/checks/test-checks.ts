import type { TestDocument, TestOutcome } from '../documents/test-document.ts'
import { describeDifference } from '../terminal/render-tests.ts'
import { counted } from '../words/words.ts'
import { bareCheck, type Check, type CheckReport, placeOfDeclaration } from './check.ts'

function failureOf({ differences }: TestOutcome): Pick<Check, 'message' | 'help'> {
  return {
    message: `${counted(differences.length, 'difference')} from what is expected`,
    help: differences.map(each => `${each.kind}: ${describeDifference(each).join(': ')}`).join('; '),
  }
}

function errorOf({ diagnostics }: TestOutcome): Pick<Check, 'message' | 'help'> {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return {
    message: 'the test could not be run',
    help: errors.map(({ code, message }) => `${code}: ${message}`).join('; '),
  }
}

function testCheck(test: TestOutcome): Check {
  const { name, file, line, column, outcome } = test
  const base = {
    rule: 'test/posture',
    title: name,
    subject: name,
    place: { file, line, column },
  }
  if (outcome === 'passed') {
    return bareCheck({ ...base, state: 'passed', level: 'note', message: 'the plan is as expected' })
  }
  return outcome === 'failed'
    ? bareCheck({ ...base, state: 'failed', level: 'error', ...failureOf(test) })
    : bareCheck({ ...base, state: 'errored', level: 'error', ...errorOf(test) })
}

/** The tests of a run as checks, for the formats that pipelines read. */
export function testChecks({ tests, summary }: TestDocument, at: string): CheckReport {
  return {
    command: 'test',
    at,
    declaration: placeOfDeclaration(tests.map(({ file }) => file)),
    conclusive: summary.errors === 0,
    checks: tests.map(testCheck),
  }
}
