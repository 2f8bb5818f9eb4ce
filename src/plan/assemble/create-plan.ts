import { compareText, type History, indexHistory, rewindHistory } from '../../posture/history.ts'
import { foldMergedActions } from '../../posture/merges.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { Claim } from '../claim/claim.ts'
import { composeClaims, hasExpired } from '../claim/compose.ts'
import type { Plan } from '../document/document.ts'
import { freezeDiagnostics } from '../document/freeze.ts'
import { endsInFreeze } from '../judge/ends-in-freeze.ts'
import { evaluateMachine } from '../judge/evaluate-machine.ts'
import type { EvaluationContext } from '../judge/evaluation.ts'
import { evidenceDiagnostics } from '../judge/evidence-notes.ts'
import type { Item } from '../judge/item.ts'
import { findLongHolds, findShortKept } from '../judge/long-holds.ts'
import { mergeDiagnostics } from '../judge/merge-notes.ts'
import { nameDiagnostics } from '../judge/other-names.ts'
import { isolationHints } from '../judge/platform-hints.ts'
import { lapseDiagnostics } from '../judge/unproven-lapses.ts'
import { chooseItems, readPatterns } from '../select/choose.ts'
import { findIdleProtection } from '../select/idle-protection.ts'
import { countOnboarded } from '../select/observation.ts'
import { lastKnownAt, type PlanInput } from '../select/plan-input.ts'
import { lensFor } from '../select/plan-lens.ts'
import { readFailures } from '../select/read-failures.ts'
import { indexMachines, type MachineIndex, resolvePolicies } from '../select/resolve.ts'
import { blockUnresolved, problemDiagnostics } from '../select/unresolved.ts'
import { assemblePlan, type Findings } from './assemble-plan.ts'
import { contextOf, type ReadFlag } from './evaluation-context.ts'
import { nextLook } from './next-look.ts'
import { unlistedMachine } from './unlisted-machine.ts'

/**
 * Makes the plan: what would have to be done so that the machines are as the policies say.
 *
 * Pure: the same input gives the same bytes, whatever the order of policies, machines and actions.
 *
 * 1. Resolve entries to machines, join policies to one claim per address.
 * 2. Fold each machine's history and judge each claim by its facet's table.
 * 3. Choose among the finished items what the user targeted.
 * 4. Guard, estimate and digest what remains.
 */
export function createPlan(input: PlanInput): Plan {
  return planOfFindings(examinePosture(input))
}

/** Writes the plan down, and when to look again although nothing happens. */
export function planOfFindings(findings: Findings): Plan {
  const plan = assemblePlan(findings)
  const { input } = findings
  if (input.options.asOf !== undefined || !plan.complete) return plan
  const next = nextLook(findings, plan, now => {
    const later = examinePosture({ ...input, now, observation: { ...input.observation, readAt: now } })
    return { findings: later, plan: assemblePlan(later) }
  })
  return next === undefined ? plan : { ...plan, nextLookAt: formatInstant(next) }
}

/** Everything before the writing down: for a plan, and for what a plan does not hold, such as what is unchanged. */
export function examinePosture(asked: PlanInput): Findings {
  // By name, at the door: what is told of policies must not depend on the order of files.
  const policies = [...asked.policies].sort((a, b) => compareText(a.name, b.name))
  const input = { ...asked, policies }
  const at = input.options.asOf ?? input.now
  const { failures } = input.observation
  const findings = failures.length > 0 ? unknownPosture(input, at) : knownPosture(input, at)
  return {
    ...findings,
    diagnostics: [
      ...findings.diagnostics,
      ...findLongHolds(input.policies, input.configuration, input.now),
      ...findShortKept(input.policies, input.configuration, at),
      ...freezeDiagnostics(input.configuration, at),
      ...endsInFreeze(findings.items, input.configuration, at),
    ],
  }
}

/** A read that failed is unknown, never absent: nothing may be concluded from the rest (docs/contract.md#unknown-is-not-absent). */
function unknownPosture(input: PlanInput, at: Instant): Findings {
  return {
    input,
    at,
    items: [],
    claims: new Map(),
    history: indexHistory([]),
    lens: lensFor({ actions: [] }, input.configuration, at),
    unresolved: [],
    diagnostics: [...input.diagnostics, ...unknownInputs(input)],
  }
}

function knownPosture(input: PlanInput, at: Instant): Findings {
  const { observation, policies, configuration, options } = input
  const diagnostics: Diagnostic[] = [...input.diagnostics]
  const index = indexMachines(observation.machines)
  const all = foldMergedActions(observation.actions, index.merges)
  const actions = at < input.now ? rewindHistory(all, at) : all
  const history = indexHistory(actions)
  const lens = lensFor({ ...observation, actions }, configuration, at, history)
  const { matches, problems: found } = resolvePolicies(policies, index, lastKnownAt(input, at))
  const problems =
    observation.scope === 'tenant' ? found : found.filter(({ ofSelector }) => ofSelector !== true)
  const composition = composeClaims(matches, index, at)
  diagnostics.push(...problemDiagnostics(problems, options.keepGoing, at), ...composition.diagnostics)
  if (input.options.isSample !== true) diagnostics.push(...findIdleProtection(sparingOf(input, index, at)))
  const read: ReadFlag = (flag, texts) => readPatterns(flag, texts, policies, index, diagnostics)
  const evaluated = evaluateAll(index, composition.claims, history, contextOf(input, lens, index, read))
  const { items, blocked } = blockUnresolved(evaluated, problems, options.keepGoing, at)
  const chosen = chooseItems(
    items,
    read('target', options.targets),
    read('exclude', options.excludes),
    options,
  )
  diagnostics.push(
    ...itemDiagnostics(chosen),
    ...isolationHints(chosen),
    ...lapseDiagnostics(chosen, lens),
    ...mergeDiagnostics(index, history, id => composition.claims.has(id), lens),
    ...evidenceDiagnostics(observation, history, lens),
    ...nameDiagnostics(history, lens, new Set(configuration.sisters)),
    ...historyDiagnostics(history),
    ...unknownInputs(input),
  )
  return {
    input,
    at,
    items: chosen,
    claims: composition.claims,
    history,
    lens,
    unresolved: blocked,
    diagnostics,
  }
}

/** What is to spare machines; where no machine was read at all nothing is said of it. */
function sparingOf({ policies, configuration, observation }: PlanInput, index: MachineIndex, at: Instant) {
  return {
    policies: policies.filter(policy => !hasExpired(policy, at)),
    configuration,
    index,
    now: at,
    wholeTenant: observation.scope === 'tenant' && index.all.length > 0,
  }
}

/** One declared facet that needs nothing done. */
export interface UnchangedItem {
  readonly address: string
  readonly dnsName: string | null
  /** What holds. */
  readonly value: string
}

/** Lists the declared facets that need nothing done, by address; a plan holds only their number. */
export function listUnchanged({ items }: Findings): readonly UnchangedItem[] {
  return items
    .filter(({ decision, lead }) => decision.kind === 'unchanged' && lead !== null)
    .map(({ address, machine, holds }) => ({ address, dnsName: machine.computerDnsName, value: holds }))
    .sort((a, b) => compareText(a.address, b.address))
}

function evaluateAll(
  index: MachineIndex,
  claims: ReadonlyMap<string, readonly Claim[]>,
  history: History,
  context: EvaluationContext,
): readonly Item[] {
  // What was done to a record that lives on as another counts there.
  const devices = index.all.filter(({ id }) => index.merges.ownerOf(id) === id)
  const known = devices.flatMap(machine =>
    evaluateMachine(machine, claims.get(machine.id) ?? [], history.of(machine.id), context),
  )
  const unlisted = history.machineIds.filter(id => !index.byId.has(id))
  return [
    ...known,
    ...unlisted.flatMap(id => evaluateMachine(unlistedMachine(id), [], history.of(id), context)),
  ]
}

/** Notes on what needs nothing done that only inform. */
const INFORMING: ReadonlySet<string> = new Set(['stronger-than-declared', 'may-have-lapsed'])

function itemDiagnostics(items: readonly Item[]): readonly Diagnostic[] {
  return items.flatMap(({ decision, error, lead, machine }) => {
    const place = lead === null ? {} : { place: lead.place }
    const who = machine.computerDnsName ?? machine.id
    const errors: Diagnostic[] =
      error === null
        ? []
        : [{ severity: 'error', code: error.code, message: `${who}: ${error.message}`, ...place }]
    const notes = decision.kind === 'unchanged' ? decision.notes : []
    return [
      ...errors,
      ...notes.map(({ code, message }): Diagnostic => {
        const severity = INFORMING.has(code) ? 'info' : 'warning'
        return { severity, code, message: `${who}: ${message}`, ...place }
      }),
    ]
  })
}

function historyDiagnostics(history: History): readonly Diagnostic[] {
  return [...history.unknownTypes].map(([type, count]) => ({
    severity: 'info',
    code: 'unknown-action-type',
    message: `${count} actions of the type ${type} are left alone: this version does not know it.`,
  }))
}

/** What could not be read, and a guard that therefore cannot be judged: unknown is never taken for absent. */
export function unknownInputs({ observation, configuration }: PlanInput): readonly Diagnostic[] {
  const failed = readFailures(observation)
  if (configuration.guards.maxShare === undefined || countOnboarded(observation) !== null) return failed
  const message =
    'guards.maxShare needs the number of onboarded machines, and it could not be read; plan again, or use maxMachines.'
  return [...failed, { severity: 'error', code: 'share-unknown', message }]
}
