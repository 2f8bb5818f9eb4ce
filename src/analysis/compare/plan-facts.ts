import type { UnchangedItem } from '../../plan/assemble/create-plan.ts'
import type {
  Blocked,
  Change,
  Drift,
  Guard,
  InFlight,
  Plan,
  PlanDiagnostic,
  PlanMachine,
} from '../../plan/document/document.ts'
import { normalName } from '../../schema/machine-name.ts'

/** The lists of a plan that a test can hold against what it expects. */
export const FACT_LISTS = [
  'changes',
  'blocked',
  'drift',
  'inFlight',
  'unchanged',
  'guards',
  'errors',
  'warnings',
] as const

/** One of {@link FACT_LISTS}. */
export type FactList = (typeof FACT_LISTS)[number]

/** What a field of a fact, or of an expectation, holds. */
export type FactValue = string | number | boolean | readonly string[]

/** The fields of a fact, or of an expectation, by name. */
export type FactFields = Readonly<Record<string, FactValue>>

/** One thing that a plan says, in the words that a test may use of it. */
export interface Fact {
  /** `machine` is its name, or its id where it has none. */
  readonly fields: FactFields
  /** Everything that `machine` may be called, in lower case. */
  readonly machineNames: readonly string[]
}

type Texts = Readonly<Record<string, FactValue | null | undefined>>

function factOf(fields: Texts, machineNames: readonly string[] = []): Fact {
  const known = Object.entries(fields).filter(
    (entry): entry is [string, FactValue] => entry[1] !== null && entry[1] !== undefined,
  )
  return { fields: Object.fromEntries(known), machineNames }
}

/** What of an item says where it stands: machine, facet, and the key of a list facet. */
interface Addressed {
  readonly address: string
  readonly machine?: Pick<PlanMachine, 'dnsName'> | null
}

function addressedFact({ address, machine }: Addressed, fields: Texts): Fact {
  const [id = '', facet, ...key] = address.split('/')
  const name = machine?.dnsName ?? id
  const place = { machine: name, facet, key: key.length === 0 ? null : key.join('/') }
  return factOf({ ...place, ...fields }, [...new Set([normalName(id), normalName(name)])])
}

function changeFact(change: Change): Fact {
  const { operations, before, after, reason, policy, warnings } = change
  const codes = warnings.map(({ code }) => code)
  return addressedFact(change, { operations, before, after, reason, policy: policy?.name, warnings: codes })
}

function blockedFact(blocked: Blocked): Fact {
  const { code, wouldBe, before, after, message, policy } = blocked
  return addressedFact(blocked, { code, wouldBe, before, after, message, policy: policy?.name })
}

function driftFact(drift: Drift): Fact {
  const { kind, expected, actual, actor, policy } = drift
  return addressedFact(drift, { kind, expected, actual, actor: actor?.class, policy: policy?.name })
}

function inFlightFact(flight: InFlight): Fact {
  const { type, status, own, awaited } = flight
  return addressedFact(flight, { type, status, own, awaited })
}

function unchangedFact({ address, dnsName, value }: UnchangedItem): Fact {
  return addressedFact({ address, machine: { dnsName } }, { value })
}

function guardFact({ name, limit, actual }: Guard): Fact {
  return factOf({ name, limit, actual })
}

function diagnosticFact({ code, file, line, message }: PlanDiagnostic): Fact {
  return factOf({ code, file, line, message })
}

/**
 * Lists what a plan says, in the words of tests.
 *
 * @param unchanged - What the plan leaves alone, which it counts only.
 */
export function factsOf(
  plan: Plan,
  unchanged: readonly UnchangedItem[],
): Readonly<Record<FactList, readonly Fact[]>> {
  const told = (severity: string): readonly Fact[] =>
    plan.diagnostics.filter(diagnostic => diagnostic.severity === severity).map(diagnosticFact)
  return {
    changes: plan.changes.map(changeFact),
    blocked: plan.blocked.map(blockedFact),
    drift: plan.drift.map(driftFact),
    inFlight: plan.inFlight.map(inFlightFact),
    unchanged: unchanged.map(unchangedFact),
    guards: plan.guards.filter(({ status }) => status !== 'pass').map(guardFact),
    errors: told('error'),
    warnings: told('warning'),
  }
}
