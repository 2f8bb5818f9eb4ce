import { Failure } from '../../local/failure.ts'
import type { PlanDiagnostic } from '../../plan/document/document.ts'
import { compareText } from '../../posture/history.ts'
import { renderJunit } from '../../report/checks/junit.ts'
import { testChecks } from '../../report/checks/test-checks.ts'
import { documentTests, type TestDocument, type TestOutcome } from '../../report/documents/test-document.ts'
import { renderTests } from '../../report/terminal/render-tests.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { Command, CommandContext } from '../command.ts'
import type { Declaration } from '../declaration/declaration.ts'
import { declarationFolders, readDeclared } from '../declaration/declared-file.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'
import { findTestFiles } from '../posture-test/find-tests.ts'
import { loadTested } from '../posture-test/load-tested.ts'
import { type PostureTest, parseTests } from '../posture-test/parse-tests.ts'
import { runTest } from '../posture-test/run-test.ts'
import { documentDiagnostic, tellDiagnostics } from '../tell-diagnostics.ts'
import { writeCopies } from '../write-copies.ts'

/** Reads every file before anything is run. Throws Failure `tests-invalid` with all that is wrong in any of them. */
async function readTests({ io, flags, args }: CommandContext): Promise<readonly PostureTest[]> {
  const place = { cwd: io.cwd, config: flags.text('config'), paths: args }
  const files = await findTestFiles(place)
  const folders = await declarationFolders(io.cwd, files)
  const read = await Promise.all(
    files.map(async file => parseTests(await readDeclared(file, io.cwd, folders))),
  )
  const diagnostics = read.flatMap(file => file.diagnostics)
  if (diagnostics.length > 0) {
    const message = 'There are errors in the tests; none of them was run.'
    throw fail('tests-invalid', message, { diagnostics })
  }
  return read.flatMap(({ tests }) => tests)
}

type Ending = Pick<TestOutcome, 'outcome' | 'policies' | 'differences' | 'diagnostics'>

function couldNotRun(diagnostics: readonly PlanDiagnostic[]): Ending {
  return { outcome: 'error', policies: [], differences: [], diagnostics }
}

/** Runs a test where what it is about has no error. */
function runOn(test: PostureTest, declaration: Declaration): Ending {
  const faults = declaration.diagnostics.filter(({ severity }) => severity === 'error')
  if (faults.length > 0) return couldNotRun(faults.map(documentDiagnostic))
  const { differences } = runTest(test, declaration)
  const policies = declaration.policies.map(({ name }) => name).sort(compareText)
  return { outcome: differences.length === 0 ? 'passed' : 'failed', policies, differences, diagnostics: [] }
}

interface Told {
  readonly found: Diagnostic[]
}

async function runOne(test: PostureTest, context: CommandContext, told: Told): Promise<TestOutcome> {
  const { io, flags } = context
  const { name, place } = test
  const at = { name, file: place.file, line: place.line, column: place.column }
  try {
    const declaration = await loadTested(test, io.cwd, flags.text('config'))
    told.found.push(...declaration.diagnostics)
    return { ...at, ...runOn(test, declaration) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { code, message, wayOut, diagnostics } = error
    told.found.push(...diagnostics)
    const own: PlanDiagnostic = { severity: 'error', code, message: `${message} ${wayOut}`.trim() }
    return { ...at, ...couldNotRun([own, ...diagnostics.map(documentDiagnostic)]) }
  }
}

/** What several tests on the same policies find is told once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map(each => [JSON.stringify(each), each])).values()]
}

/** Writes JUnit XML where `--junit-into` names a file. */
async function writeJunit(document: TestDocument, { io, flags }: CommandContext): Promise<void> {
  const path = flags.text('junit-into')
  if (path === undefined) return
  const text = renderJunit(testChecks(document, formatInstant(io.clock.now())))
  await writeCopies([{ path, text }], io)
}

async function run(context: CommandContext): Promise<number> {
  const told: Told = { found: [] }
  const outcomes: TestOutcome[] = []
  for (const test of await readTests(context)) outcomes.push(await runOne(test, context, told))
  const found = distinct(told.found)
  tellDiagnostics(found.map(documentDiagnostic), found, context)
  const ended = (outcome: TestOutcome['outcome']): boolean => outcomes.some(test => test.outcome === outcome)
  const name = ended('error') ? 'error' : ended('failed') ? 'differences' : 'ok'
  const exit = { code: EXIT_CODES[name], name } as const
  const document = documentTests(outcomes, exit)
  await emitDocument(document, renderTests, context)
  await writeJunit(document, context)
  return exit.code
}

/** `holdfast test`. */
export const test: Command = {
  description:
    'Runs the tests in `*.test.yaml` beside the policies: plans offline for the machines and actions that a test gives, and holds the plan against what it expects. Asks nothing of a service and needs no token. The configuration counts: its guards, `protected` and `allow` are tested with the policies.',
  arguments: '[paths...]',
  options: [
    ...DOCUMENT_OPTIONS,
    { name: 'junit-into', kind: 'text', value: 'FILE', description: 'write JUnit XML into a file too' },
    ...CONFIGURATION_OPTIONS,
  ],
  examples: [
    { command: 'holdfast test', does: 'every *.test.yaml in the folder of the configuration and below' },
    { command: 'holdfast test policies/contain-incident.test.yaml', does: 'the tests of one file' },
    { command: 'holdfast test --json', does: 'one JSON document' },
    { command: 'holdfast test --junit-into tests.xml', does: 'for the test report of a pipeline' },
  ],
  exits: {
    ok: 'every test passed',
    error: 'a test or what it tests cannot be read, or there is no test',
    differences: 'a plan is not as a test expects it',
  },
  run,
}
