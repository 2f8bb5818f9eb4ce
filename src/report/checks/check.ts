import type { PlanDiagnostic, PolicyReference } from '../../plan/document/document.ts'

/** A place in the declaration. */
export interface CheckPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** How a check ended: `noted` passes and is worth a look, `skipped` says nothing either way. */
export type CheckState = 'passed' | 'noted' | 'skipped' | 'failed' | 'errored'

/** One thing that a pipeline is told about. Texts are not yet escaped. */
export interface Check {
  /** What is checked, two words with a slash: `drift/reverted`, `blocked/held-by-other`. */
  readonly rule: string
  /** What the rule finds. */
  readonly title: string
  /** What to do about it; empty where there is nothing to add. */
  readonly help: string
  readonly state: CheckState
  readonly level: 'error' | 'warning' | 'note'
  /** What it is about: a machine and a facet, a guard, a code. */
  readonly subject: string
  readonly message: string
  readonly address: string | null
  readonly place: CheckPlace | null
  /** The same in every run while the finding is the same; null where nothing identifies it. */
  readonly id: string | null
}

/** The checks of one document, for the formats that pipelines read. Never empty. */
export interface CheckReport {
  readonly command: 'plan' | 'drift' | 'apply' | 'test'
  /** Absent where the document does not tell. */
  readonly toolVersion?: string
  readonly at: string
  /** Where the declaration begins: what has no place of its own is told there. */
  readonly declaration: CheckPlace
  /** The folder of the declaration, where a repository has it below its top: several there are told apart by it. */
  readonly folder?: string
  /** Whether a conclusion can be drawn at all. */
  readonly conclusive: boolean
  readonly checks: readonly Check[]
}

const BARE = { help: '', address: null, place: null, id: null } as const

/** A check without a place or an address. */
export function bareCheck(
  check: Pick<Check, 'rule' | 'title' | 'state' | 'level' | 'subject' | 'message'> & Partial<Check>,
): Check {
  return { ...BARE, ...check }
}

/** Where a policy stands; null where there is none. */
export function placeOfPolicy(policy: PolicyReference | null): CheckPlace | null {
  return policy === null ? null : { file: policy.file, line: policy.line, column: policy.column }
}

const CONFIGURATION = 'holdfast.yaml'

/**
 * Where a declaration begins: its configuration, else its first policy.
 *
 * @param files - Paths of its files; none where a document does not tell them.
 */
export function placeOfDeclaration(files: readonly string[]): CheckPlace {
  const isConfiguration = (file: string): boolean => file.split('/').at(-1) === CONFIGURATION
  const sorted = files.filter(file => file !== '').sort()
  return { file: sorted.find(isConfiguration) ?? sorted[0] ?? CONFIGURATION, line: 1, column: 1 }
}

/**
 * Tells places from the top of the repository, as those who show them there want it.
 *
 * @param below - Where they are relative to: empty, or a path with `/` at its end.
 */
export function inRepository(report: CheckReport, below = ''): CheckReport {
  const moved = <T extends CheckPlace | null>(place: T): T =>
    place === null || place.file === '' ? place : { ...place, file: normalizePath(`${below}${place.file}`) }
  const declaration = moved(report.declaration)
  const folder = declaration.file.split('/').slice(0, -1).join('/')
  return {
    ...report,
    declaration,
    ...(folder === '' ? {} : { folder }),
    checks: report.checks.map(check => ({ ...check, place: moved(check.place) })),
  }
}

/** Takes `.` and `..` out of a relative path, as far as it goes. */
function normalizePath(path: string): string {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop()
    else if (step !== '.') steps.push(step)
  }
  return steps.join('/')
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const

/** The diagnostics of a document: an error is an error of the whole run, all others are notes. */
export function diagnosticChecks(diagnostics: readonly PlanDiagnostic[]): readonly Check[] {
  return diagnostics.map(({ severity, code, message, file, line = 1, column = 1 }) =>
    bareCheck({
      rule: `diagnostic/${code}`,
      title: code,
      state: severity === 'error' ? 'errored' : 'noted',
      level: LEVELS[severity],
      subject: code,
      message,
      place: file === undefined ? null : { file, line, column },
    }),
  )
}

/** The checks, or where there is none the one sentence that says so: an empty report is no success. */
export function neverEmpty(checks: readonly Check[], sentence: string): readonly Check[] {
  return checks.some(({ state }) => state !== 'noted' && state !== 'skipped')
    ? checks
    : [
        bareCheck({
          rule: 'summary/as-declared',
          title: 'Nothing stands out',
          state: 'passed',
          level: 'note',
          subject: 'as declared',
          message: sentence,
        }),
        ...checks,
      ]
}

/** What stands for a read that failed: what was not read is unknown, never absent. */
export function incompleteCheck(): Check {
  return bareCheck({
    rule: 'read/incomplete',
    title: 'No conclusion can be drawn',
    state: 'errored',
    level: 'error',
    subject: 'the read',
    message: 'The read is incomplete or the declaration has errors: what was not read is unknown.',
    help: 'Mend what the diagnostics name, and run the command again.',
  })
}
