import type { DriftKind } from '../../plan/document/document.ts'
import type { DriftDocument, DriftEntry } from '../documents/drift-document.ts'
import { DRIFT_KINDS, type DriftDescription } from '../words/drift-kinds.ts'
import { driftVerdict, isWholeRead } from '../words/drift-verdict.ts'
import { type Addressed, facetPath, nameMachines } from '../words/machine-label.ts'
import { shownValue } from '../words/plan-line.ts'
import { joined, shownActor } from '../words/words.ts'
import {
  type Check,
  type CheckReport,
  diagnosticChecks,
  incompleteCheck,
  neverEmpty,
  placeOfDeclaration,
  placeOfPolicy,
} from './check.ts'

/** What nobody has to undo: it is held as somebody wanted it. */
const MILD: ReadonlySet<DriftKind> = new Set(['orphaned', 'undeclared', 'expired'])

function findingCheck(item: DriftEntry, nameOf: (item: Addressed) => string): Check {
  const { kind, address, expected, actual, actor, policy, wayOut, id } = item
  const { title, wayOut: help } = DRIFT_KINDS.find(
    description => description.kind === kind,
  ) as DriftDescription
  const who = actor === null ? null : `by ${shownActor(actor)}`
  const level = MILD.has(kind) ? 'warning' : 'error'
  return {
    rule: `drift/${kind}`,
    title,
    help,
    state: kind === 'due' ? 'skipped' : 'failed',
    level: kind === 'due' ? 'note' : level,
    subject: `${nameOf(item)} ${facetPath(address)}`,
    message: `${title}: ${joined([`expected ${shownValue(expected)}`, `is ${shownValue(actual)}`, who])}. What to do: ${wayOut}`,
    address,
    place: placeOfPolicy(policy),
    id,
  }
}

/** What drift says to a pipeline: every finding fails, what is merely due is skipped. */
export function driftChecks(document: DriftDocument): CheckReport {
  const { drift, due, diagnostics, toolVersion, createdAt, source } = document
  const all = [...drift, ...due]
  const nameOf = nameMachines(all)
  const whole = isWholeRead(document)
  const checks = [
    ...(whole ? [] : [incompleteCheck()]),
    ...all.map(item => findingCheck(item, nameOf)),
    ...diagnosticChecks(diagnostics),
  ]
  return {
    command: 'drift',
    toolVersion,
    at: createdAt,
    declaration: placeOfDeclaration(Object.keys(source.files)),
    conclusive: whole,
    checks: neverEmpty(checks, driftVerdict(document)),
  }
}
