import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { describeMachine } from '../../plan/assemble/write-items.ts'
import { hasExpired } from '../../plan/claim/compose.ts'
import type {
  Change,
  Drift,
  Note,
  Operation,
  Plan,
  PlanMachine,
  PolicyReference,
  Target,
} from '../../plan/document/document.ts'
import type { Item } from '../../plan/judge/item.ts'
import { formatAddress } from '../../plan/select/address.ts'
import { entriesReaching, indexMachines } from '../../plan/select/resolve.ts'
import { compareText, type MachineHistory } from '../../posture/history.ts'
import type { HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import { ownNames } from '../../posture/marker.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { FacetName, Policy } from '../../schema/policy.ts'
import { type ExplainedPosture, explainHold, explainRun, isWholeLife } from './explain-facet.ts'
import { outlookOf } from './explain-outlook.ts'
import { wishesOf } from './policy-wishes.ts'

/** What one policy asks at one address. */
export interface ExplainedPolicy extends PolicyReference {
  readonly wants: string
  /** Lines of the entries of its `machines` that reach the machine, in the file of the policy. */
  readonly matchedBy: readonly number[]
  readonly reason: string
  readonly owner: string | null
  readonly ticket: string | null
  readonly expired: boolean
  readonly onExpiry: Policy['onExpiry']
  /** Whether it gives a change its name and marker. */
  readonly leads: boolean
}

/** What the plan does about one address, and why. */
export type Verdict =
  | {
      readonly kind: 'change'
      readonly operations: readonly Operation[]
      readonly before: string
      readonly after: string
      readonly reason: string
      /** Types of the requests in the order in which they are sent. */
      readonly requests: readonly string[]
      readonly dependsOn: readonly string[]
      readonly warnings: readonly Note[]
    }
  | {
      readonly kind: 'blocked'
      readonly code: string
      readonly message: string
      readonly wouldBe: readonly Operation[]
    }
  | { readonly kind: 'in-flight'; readonly awaited: readonly string[] }
  | { readonly kind: 'unchanged'; readonly notes: readonly Note[] }

/** Everything that is said of one facet of one machine. */
export interface ExplainedFacet extends ExplainedPosture {
  readonly address: string
  readonly facet: FacetName
  /** Empty where no policy speaks of it. */
  readonly declared: readonly ExplainedPolicy[]
  readonly verdict: Verdict
  readonly drift: Drift | null
  /** What would change it, one sentence each. */
  readonly outlook: readonly string[]
}

/** The document of `explain`. */
export interface Explanation {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  readonly historyFrom: string
  /** The time explained, where it is another than now. */
  readonly asOf?: string
  readonly machine: PlanMachine
  /** Whether the look-back is longer than the machine is known, so that what it does not hold never was. */
  readonly wholeLife: boolean
  readonly facets: readonly ExplainedFacet[]
  /** The plan that the verdicts are of, and what stops all of it. */
  readonly plan: {
    readonly planId: string
    readonly applyable: boolean
    readonly obstacles: readonly string[]
  }
}

const HOLDS: readonly HoldName[] = ['isolated', 'restricted']

function explainPolicies(item: Item, { input, at }: Findings): readonly ExplainedPolicy[] {
  const { policies, observation } = input
  const index = indexMachines(observation.machines)
  const explained = policies
    .filter(({ name }) => item.policies.includes(name))
    .flatMap(policy =>
      wishesOf(policy)
        .filter(({ facet, key }) => formatAddress(item.machine.id, facet, key) === item.address)
        .map(({ wants, place }): ExplainedPolicy => {
          const { name, reason, owner = null, ticket = null, expires, onExpiry } = policy
          const matchedBy = entriesReaching(policy, item.machine.id, index, input.now)
          return {
            ...{ name, file: place.file, line: place.line, column: place.column },
            ...(expires === undefined ? {} : { expires: formatInstant(expires) }),
            matchedBy: matchedBy.map(entry => entry.place.line),
            ...{ wants, reason, owner, ticket, expired: hasExpired(policy, at), onExpiry },
            leads: name === item.lead?.policy.name,
          }
        }),
    )
  return [...explained.filter(({ leads }) => leads), ...explained.filter(({ leads }) => !leads)]
}

/** The verdict as the plan has it, where it has one: also its guards have spoken there. */
function verdictOf({ address, decision }: Item, plan: Plan): Verdict {
  if (decision.kind === 'unchanged') return { kind: 'unchanged', notes: decision.notes }
  if (decision.kind === 'in-flight')
    return { kind: 'in-flight', awaited: decision.awaited.map(({ id }) => id) }
  const blocked = plan.blocked.find(one => one.address === address)
  if (blocked !== undefined) {
    const { code, message, wouldBe } = blocked
    return { kind: 'blocked', code, message, wouldBe }
  }
  const change = plan.changes.find(one => one.address === address) as Change
  const { operations, before, after, reason, dependsOn, warnings } = change
  const requests = change.requests.map(({ type }) => type)
  return { kind: 'change', operations, before, after, reason, requests, dependsOn, warnings }
}

function explainItem(item: Item, history: MachineHistory, findings: Findings, plan: Plan): ExplainedFacet {
  const { address, facet } = item
  const name = ownNames(findings.input.configuration)
  const hold = HOLDS.find(one => one === facet)
  const posture =
    hold === undefined ? explainRun(item, history, name) : explainHold(history, hold, findings.lens)
  const declared = explainPolicies(item, findings)
  const verdict = verdictOf(item, plan)
  const drift = plan.drift.find(one => one.address === address) ?? null
  const told = { address, facet, ...posture, declared, verdict, drift }
  return { ...told, outlook: outlookOf(told) }
}

/** A hold that neither a policy nor an action of somebody makes anything of. */
function explainSilence(
  machineId: string,
  facet: HoldName,
  history: MachineHistory,
  { lens }: Findings,
): ExplainedFacet {
  const told = {
    address: formatAddress(machineId, facet),
    facet,
    ...explainHold(history, facet, lens),
    declared: [],
    verdict: { kind: 'unchanged', notes: [] },
    drift: null,
  } as const
  return { ...told, outlook: outlookOf(told) }
}

function explainFacets(machineId: string, findings: Findings, plan: Plan): readonly ExplainedFacet[] {
  const history = findings.history.of(machineId)
  const mine = findings.items.filter(({ machine }) => machine.id === machineId)
  const holds = HOLDS.map(facet => {
    const item = mine.find(one => one.facet === facet)
    return item === undefined
      ? explainSilence(machineId, facet, history, findings)
      : explainItem(item, history, findings, plan)
  })
  const runs = mine
    .filter(({ facet }) => !HOLDS.some(hold => hold === facet))
    .sort((a, b) => compareText(a.address, b.address))
  return [...holds, ...runs.map(item => explainItem(item, history, findings, plan))]
}

/**
 * Explains one machine: what is asked of each facet and where, what its history says and how sure that is, what the plan
 * does about it, and what would change that.
 *
 * @param findings - Of a whole read without failures.
 * @param plan - The plan of the same findings: nothing is decided a second time here.
 */
export function explainMachine(findings: Findings, plan: Plan, machine: Machine): Explanation {
  const { observation } = findings.input
  const { historyFrom, readAt, target } = observation
  const failed = plan.guards.flatMap(({ status, message = '' }) => (status === 'fail' ? [message] : []))
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
  return {
    formatVersion: '1.0',
    target,
    readAt: formatInstant(readAt),
    historyFrom: formatInstant(historyFrom),
    ...(plan.asOf === undefined ? {} : { asOf: plan.asOf }),
    machine: describeMachine(machine),
    wholeLife: isWholeLife(machine.firstSeen, historyFrom),
    facets: explainFacets(machine.id, findings, plan),
    plan: {
      planId: plan.planId,
      applyable: plan.applyable,
      obstacles: [...failed, ...errors.map(({ code, message }) => `${code}: ${message}`)],
    },
  }
}
