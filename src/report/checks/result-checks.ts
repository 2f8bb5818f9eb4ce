import { isGood, isOpen } from '../../apply/outcomes.ts'
import type { ApplyResult, ChangeOutcome } from '../../apply/result.ts'
import type { Plan, PolicyReference } from '../../plan/document/document.ts'
import { facetPath, quoteName } from '../words/machine-label.ts'
import { resultLine } from '../words/result-summary.ts'
import { joined } from '../words/words.ts'
import {
  bareCheck,
  type Check,
  type CheckReport,
  diagnosticChecks,
  neverEmpty,
  placeOfDeclaration,
  placeOfPolicy,
} from './check.ts'

/** The policies that asked for what was applied, by address. */
type Policies = ReadonlyMap<string, PolicyReference | null>

function policiesOf(plan: Plan | null): Policies {
  const items = plan === null ? [] : [...plan.blocked, ...plan.changes]
  return new Map(items.map(({ address, policy }) => [address, policy]))
}

function stateOf({ outcome }: ChangeOutcome): Check['state'] {
  if (isGood(outcome)) return 'passed'
  return isOpen(outcome) ? 'errored' : 'failed'
}

function outcomeCheck(item: ChangeOutcome, policies: Policies): Check {
  const { address, dnsName, outcome, type, status, code, detail } = item
  const [machine = ''] = address.split('/')
  return {
    rule: `outcome/${outcome}`,
    title: `A change that ended ${outcome}`,
    help: '',
    state: stateOf(item),
    level: isOpen(outcome) ? 'warning' : 'error',
    subject: `${quoteName(dnsName ?? machine)} ${facetPath(address)}`.trim(),
    message: joined([outcome, type, status, code, detail]),
    address,
    place: placeOfPolicy(policies.get(address) ?? null),
    id: null,
  }
}

/** A result that ended before there was anything to say of a change: stale, refused, locked, an error. */
function endCheck(result: ApplyResult): readonly Check[] {
  const { exit, outcomes } = result
  if (outcomes.length > 0 || exit.code === 0) return []
  return [
    bareCheck({
      rule: `exit/${exit.name}`,
      title: 'Nothing was submitted',
      state: 'errored',
      level: 'error',
      subject: 'apply',
      message: resultLine(result),
    }),
  ]
}

function movedChecks({ moved }: ApplyResult): readonly Check[] {
  return moved.map(({ address, message }) =>
    bareCheck({
      rule: 'apply/moved',
      title: 'What the plan rests on has moved',
      state: 'failed',
      level: 'error',
      subject: address,
      message,
      address,
    }),
  )
}

/** What the result of an apply says to a pipeline: what went wrong fails, what is still open is an error. */
export function resultChecks(result: ApplyResult, plan: Plan | null): CheckReport {
  const policies = policiesOf(plan)
  const checks = [
    ...endCheck(result),
    ...movedChecks(result),
    ...result.outcomes.map(item => outcomeCheck(item, policies)),
    ...diagnosticChecks(result.diagnostics),
  ]
  return {
    command: 'apply',
    ...(plan === null ? {} : { toolVersion: plan.toolVersion }),
    at: result.finishedAt,
    declaration: placeOfDeclaration(Object.keys(plan?.source.files ?? {})),
    conclusive: result.exit.name !== 'error',
    checks: neverEmpty(checks, resultLine(result)),
  }
}
