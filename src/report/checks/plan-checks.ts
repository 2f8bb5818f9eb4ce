import { PLAN_CODES } from '../../plan/document/codes.ts'
import { canonicalJson, sha256 } from '../../plan/document/digest.ts'
import type { Blocked, Change, Guard, Plan } from '../../plan/document/document.ts'
import { type Addressed, facetPath, nameMachines } from '../words/machine-label.ts'
import { shownTransition } from '../words/plan-line.ts'
import { matchSentence } from '../words/plan-verdict.ts'
import {
  bareCheck,
  type Check,
  type CheckReport,
  diagnosticChecks,
  incompleteCheck,
  neverEmpty,
  placeOfDeclaration,
  placeOfPolicy,
} from './check.ts'

type NameOf = (item: Addressed) => string

const CODES: Readonly<Record<string, { readonly meaning: string; readonly wayOut: string }>> = PLAN_CODES

function changeCheck(change: Change, nameOf: NameOf): Check {
  const { address, operations, before, after, policy } = change
  return {
    rule: `change/${operations.join('-')}`,
    title: 'A change that the plan makes',
    help: '',
    state: 'passed',
    level: 'note',
    subject: `${nameOf(change)} ${facetPath(address)}`,
    message: `${operations.join(', then ')}: ${shownTransition(address, before, after)}`,
    address,
    place: placeOfPolicy(policy),
    id: change.fingerprint,
  }
}

/** The same while the item is blocked for the same reason on the same facts. */
function blockedId({ target }: Plan, { address, code, basis }: Blocked): string {
  return sha256(canonicalJson({ tenant: target.tenantId ?? target.endpoint, address, code, basis })).slice(
    0,
    32,
  )
}

function blockedCheck(item: Blocked, plan: Plan, nameOf: NameOf): Check {
  const { address, code, message, policy } = item
  return {
    rule: `blocked/${code}`,
    title: CODES[code]?.meaning ?? code,
    help: CODES[code]?.wayOut ?? '',
    state: 'failed',
    level: 'error',
    subject: `${nameOf(item)} ${facetPath(address)}`.trim(),
    message: `${code}: ${message}`,
    address,
    place: placeOfPolicy(policy),
    id: blockedId(plan, item),
  }
}

const GUARD_STATES = { pass: 'passed', overridden: 'noted', fail: 'failed' } as const

function guardCheck({ name, status, actual, limit, message }: Guard): Check {
  return bareCheck({
    rule: `guard/${name}`,
    title: `The guard ${name} of the configuration`,
    state: GUARD_STATES[status],
    level: status === 'fail' ? 'error' : 'warning',
    subject: name,
    message: message ?? `${actual}, at most ${limit}`,
  })
}

/** What a plan says to a pipeline: its changes pass, what is blocked and what a guard stops fails. */
export function planChecks(plan: Plan): CheckReport {
  const nameOf = nameMachines([...plan.changes, ...plan.blocked])
  const conclusive = plan.complete && !plan.errored
  const checks = [
    ...(conclusive ? [] : [incompleteCheck()]),
    ...plan.guards.map(guardCheck),
    ...plan.blocked.map(item => blockedCheck(item, plan, nameOf)),
    ...plan.changes.map(change => changeCheck(change, nameOf)),
    ...diagnosticChecks(plan.diagnostics),
  ]
  return {
    command: 'plan',
    toolVersion: plan.toolVersion,
    at: plan.createdAt,
    declaration: placeOfDeclaration(Object.keys(plan.source.files)),
    conclusive,
    checks: neverEmpty(checks, `No changes. ${matchSentence(plan)}`),
  }
}
