import type { Difference } from '../../analysis/compare/compare-plan.ts'
import type { PlanDiagnostic } from '../../plan/document/document.ts'
import type { DocumentExit } from './document-exit.ts'

/** How one test ended; `error` where it could not be run, so that nothing is known of what it shows. */
export interface TestOutcome {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly outcome: 'passed' | 'failed' | 'error'
  /** Names of the policies under test, sorted. */
  readonly policies: readonly string[]
  /** Empty where it passed. */
  readonly differences: readonly Difference[]
  /** Why it could not be run; empty where it was. */
  readonly diagnostics: readonly PlanDiagnostic[]
}

/** What `holdfast test` has to say, as JSON has it. */
export interface TestDocument {
  readonly formatVersion: '1.0'
  readonly exit: DocumentExit
  /** In the order of files and of the documents in them. */
  readonly tests: readonly TestOutcome[]
  readonly summary: { readonly passed: number; readonly failed: number; readonly errors: number }
}

/** Writes the document of a run of tests. */
export function documentTests(tests: readonly TestOutcome[], exit: DocumentExit): TestDocument {
  const count = (outcome: TestOutcome['outcome']): number =>
    tests.filter(test => test.outcome === outcome).length
  return {
    formatVersion: '1.0',
    exit,
    tests,
    summary: { passed: count('passed'), failed: count('failed'), errors: count('error') },
  }
}
