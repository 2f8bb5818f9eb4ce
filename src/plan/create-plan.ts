import { type History, indexHistory, rewindHistory } from '../posture/history.ts'
import type { Machine } from '../posture/machine.ts'
import type { Diagnostic } from '../schema/diagnostic.ts'
import { assemblePlan } from './assemble-plan.ts'
import { chooseItems, readPatterns } from './choose.ts'
import type { Claim } from './claim.ts'
import { composeClaims } from './compose.ts'
import type { Plan } from './document.ts'
import { evaluateMachine } from './evaluate-machine.ts'
import type { EvaluationContext } from './evaluation.ts'
import type { Item } from './item.ts'
import { compileProtection } from './limits.ts'
import { countOnboarded } from './observation.ts'
import type { PlanInput } from './plan-input.ts'
import { indexMachines, type MachineIndex, resolvePolicies } from './resolve.ts'
import { blockUnresolved, problemDiagnostics } from './unresolved.ts'

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
  const { observation, configuration, options } = input
  const at = options.asOf ?? input.now
  const past = at < input.now
  const diagnostics: Diagnostic[] = [...input.diagnostics]
  if (observation.failures.length > 0)
    return assemblePlan({
      input,
      at,
      items: [],
      unresolved: [],
      diagnostics: [...diagnostics, ...readFailures(input)],
    })
  const index = indexMachines(observation.machines)
  const actions = past ? rewindHistory(observation.actions, at) : observation.actions
  const history = indexHistory(actions)
  const resolution = resolvePolicies(input.policies, index, at)
  const composition = composeClaims(resolution.matches, index, at)
  diagnostics.push(
    ...problemDiagnostics(resolution.problems, options.keepGoing, at),
    ...composition.diagnostics,
  )
  const read = (flag: 'targets' | 'excludes' | 'reassert' | 'retry' | 'resubmit', word: string) =>
    readPatterns(word, options[flag], input.policies, index, diagnostics)
  const context: EvaluationContext = {
    limits: {
      configuration,
      protection: compileProtection(configuration, at),
      roles: observation.roles,
      now: at,
    },
    contest: { now: at, withinMs: configuration.contested.within.ms, name: configuration.name },
    now: at,
    observedAt: past ? at : input.now,
    historyFrom: observation.historyFrom,
    name: configuration.name,
    reassert: read('reassert', 'reassert'),
    retry: read('retry', 'retry'),
    resubmit: read('resubmit', 'resubmit'),
    reason: options.reason,
    prune: options.prune,
    keepGoing: options.keepGoing,
    wholeTenant: observation.scope === 'tenant',
  }
  const evaluated = evaluateAll(index, composition.claims, history, context)
  const blockedItems = blockUnresolved(evaluated, resolution.problems, options.keepGoing, at)
  const chosen = chooseItems(
    blockedItems.items,
    read('targets', 'target'),
    read('excludes', 'exclude'),
    options,
  )
  diagnostics.push(...itemDiagnostics(chosen), ...historyDiagnostics(history), ...readFailures(input))
  return assemblePlan({ input, at, items: chosen, unresolved: blockedItems.blocked, diagnostics })
}

function evaluateAll(
  index: MachineIndex,
  claims: ReadonlyMap<string, readonly Claim[]>,
  history: History,
  context: EvaluationContext,
): readonly Item[] {
  const known = index.all.flatMap(machine =>
    evaluateMachine(machine, claims.get(machine.id) ?? [], history.of(machine.id), context),
  )
  const unlisted = history.machineIds.filter(id => !index.byId.has(id))
  return [
    ...known,
    ...unlisted.flatMap(id => evaluateMachine(unlistedMachine(id), [], history.of(id), context)),
  ]
}

/** A machine that has a history and no record any more: what we hold there must not be forgotten. */
function unlistedMachine(id: string): Machine {
  return {
    id,
    computerDnsName: null,
    osPlatform: null,
    version: null,
    osBuild: null,
    agentVersion: null,
    healthStatus: null,
    onboardingStatus: null,
    riskScore: null,
    exposureLevel: null,
    deviceValue: null,
    rbacGroupId: null,
    rbacGroupName: null,
    aadDeviceId: null,
    mergedIntoMachineId: null,
    machineTags: [],
    firstSeen: null,
    lastSeen: null,
  }
}

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
        const severity = code === 'stronger-than-declared' ? 'info' : 'warning'
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
function readFailures({ observation, configuration }: PlanInput): readonly Diagnostic[] {
  const failed = observation.failures.map(
    ({ code, message }): Diagnostic => ({ severity: 'error', code, message }),
  )
  if (configuration.guards.maxShare === undefined || countOnboarded(observation) !== null) return failed
  const message =
    'guards.maxShare needs the number of onboarded machines, and it could not be read; plan again, or use maxMachines.'
  return [...failed, { severity: 'error', code: 'share-unknown', message }]
}
