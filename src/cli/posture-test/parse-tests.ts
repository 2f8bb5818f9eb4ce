import type { ExpectedFact, ExpectedPlan } from '../../analysis/compare/compare-plan.ts'
import { FACT_LISTS, type FactFields, type FactList } from '../../analysis/compare/plan-facts.ts'
import { checkRules, checkTimes } from '../../emulator/check-scenario.ts'
import { withNulls } from '../../emulator/scenario.ts'
import type { Scenario } from '../../emulator/scenario-types.ts'
import { NO_OPTIONS, type PlanOptions } from '../../plan/select/plan-input.ts'
import { checkShape } from '../../schema/check-shape.ts'
import type { Diagnostic, Place, SourceFile } from '../../schema/diagnostic.ts'
import { diagnoseAll, type Finding, type IndexedText, indexText } from '../../schema/indexed-text.ts'
import { type Instant, parseInstant } from '../../schema/instant.ts'
import { at, items, type Located, lineOf, need, placeOf, type Reading } from '../../schema/located.ts'
import { readYaml } from '../../schema/read-yaml.ts'
import type { Member } from '../../schema/text-tree.ts'
import { type RawTest, validateTest } from '../generated/test.ts'

/** One document of a `*.test.yaml` file, checked. */
export interface PostureTest {
  readonly name: string
  readonly place: Place
  readonly now: Instant
  /** The given machines and actions, at `now`. */
  readonly scenario: Scenario
  /** The policies under test as typed, relative to the folder of the file; undefined where none are named. */
  readonly policies: readonly string[] | undefined
  readonly options: PlanOptions
  readonly expected: ExpectedPlan
}

/** Options that only together with a reason do anything, as on the command line. */
const NEED_REASON = ['reassert', 'retry', 'resubmit'] as const

function checkReason(test: Located<RawTest>): readonly Finding[] {
  const options = at(test, 'options')
  if (options === undefined || options.value.reason !== undefined) return []
  return NEED_REASON.flatMap((key): readonly Finding[] => {
    const option = at(options, key)
    if (option === undefined) return []
    const message = `\`${key}\` overrides a safety, so it needs a \`reason\` beside it: add it`
    return [{ code: 'missing-key', message, span: option.member.name }]
  })
}

function readExpected(reading: Reading, test: Located<RawTest>): ExpectedPlan {
  const expect = need(test, 'expect')
  const lists: { [list in FactList]?: readonly ExpectedFact[] } = {}
  for (const list of FACT_LISTS) {
    const entries: Located<readonly object[]> | undefined = at(expect, list)
    if (entries === undefined) continue
    lists[list] = items(entries).map(entry => ({
      fields: entry.value as FactFields,
      place: placeOf(reading, entry),
    }))
  }
  return { lists, atLeast: expect.value.atLeast ?? [], place: placeOf(reading, expect) }
}

function readOptions(options: RawTest['options'] = {}): PlanOptions {
  const { target, exclude, reason, ...same } = options
  return {
    ...NO_OPTIONS,

    ...same,
    targets: target ?? [],
    excludes: exclude ?? [],
    ...(reason === undefined ? {} : { reason: reason.trim() }),
  }
}

function readTest(reading: Reading, test: Located<RawTest>): PostureTest {
  const { given, now, policies, options } = test.value
  const name = need(test, 'name')
  return {
    name: lineOf(name),
    place: placeOf(reading, name),
    now: parseInstant(now) as Instant,
    // What the schema lets through is what the emulator's scenarios are: both share the definitions.
    scenario: { ...(given as Scenario), now },
    policies,
    options: readOptions(options),
    expected: readExpected(reading, test),
  }
}

/** Scenarios state the service's own values, and those can be null: only what is given is read that way. */
function withGivenNulls(root: Member): Member {
  const given = root.node.members.get('given')
  if (given === undefined) return root
  const members = new Map(root.node.members).set('given', withNulls(given))
  return { ...root, node: { ...root.node, members } }
}

function parseDocument(text: IndexedText, document: Member, findings: Finding[]): readonly PostureTest[] {
  const root = withGivenNulls(document)
  const shape = checkShape(root, validateTest)
  const given = root.node.members.get('given')
  const own: Finding[] = [...shape.findings, ...(given === undefined ? [] : checkTimes(given))]
  if (shape.value === undefined) {
    findings.push(...own)
    return []
  }
  const test = { value: shape.value, member: root }
  own.push(...(given === undefined ? [] : checkRules(given)), ...checkReason(test))
  findings.push(...own)
  return own.length === 0 ? [readTest({ text, findings }, test)] : []
}

/**
 * Reads the tests of a `*.test.yaml` file, one per YAML document, described by `schemas/test.schema.json`.
 *
 * Takes any text and never throws. A document with an error gives diagnostics and no test.
 */
export function parseTests(source: SourceFile): {
  readonly tests: readonly PostureTest[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const text = indexText(source)
  const { documents, findings: faults } = readYaml(text)
  const findings: Finding[] = [...faults]
  if (documents.length === 0 && faults.length === 0) {
    const message = 'expected a test, found none: write one, or remove the file'
    findings.push({ code: 'no-document', message, span: { start: 0, end: 1 } })
  }
  const tests = documents.flatMap(document => parseDocument(text, document, findings))
  return { tests, diagnostics: diagnoseAll(text, findings) }
}
