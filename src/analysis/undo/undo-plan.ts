import { assemblePlan } from '../../plan/assemble/assemble-plan.ts'
import { unknownInputs } from '../../plan/assemble/create-plan.ts'
import { unlistedMachine } from '../../plan/assemble/unlisted-machine.ts'
import type { Plan } from '../../plan/document/document.ts'
import { freezeDiagnostics } from '../../plan/document/freeze.ts'
import { shortPlanId } from '../../plan/document/marker-of.ts'
import type { Item } from '../../plan/judge/item.ts'
import { compileProtection } from '../../plan/judge/limits.ts'
import type { AddressPattern } from '../../plan/select/address.ts'
import { chooseItems, readPatterns } from '../../plan/select/choose.ts'
import type { PlanInput } from '../../plan/select/plan-input.ts'
import { lensFor } from '../../plan/select/plan-lens.ts'
import { indexMachines } from '../../plan/select/resolve.ts'
import { compareText, indexHistory } from '../../posture/history.ts'
import type { HoldName } from '../../posture/holds.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { type UndoneHold, undoHold } from './undo-hold.ts'
import { undoRuns } from './undo-runs.ts'
import { isCarried, type UndoSubject } from './undo-subject.ts'

const HOLD_NAMES: readonly HoldName[] = ['isolated', 'restricted']

/** Machines that a line names before it counts the rest. */
const SHOWN = 5

/**
 * Makes the plan that undoes another one: cancels what carries its marker and is in flight, lifts what it holds.
 *
 * Pure. No policy takes part; what anybody touched since is blocked and says who. The limit on lifts applies as it
 * does to every plan, and a protected machine can always be released.
 *
 * @param input - Its `policies` are not looked at; `options.reason` becomes the comment, `options.targets` and
 *   `options.excludes` choose among what is to be undone.
 * @param planId - Of the plan to undo; the first 8 hex digits are what markers carry.
 */
export function undoPlan(input: PlanInput, planId: string): Plan {
  const { observation, now, configuration } = input
  const known = observation.failures.length === 0 ? undoAll(input, shortPlanId(planId)) : NOTHING
  const diagnostics: Diagnostic[] = [
    ...input.diagnostics,
    ...known.diagnostics,
    ...unknownInputs(input),
    ...freezeDiagnostics(configuration, now),
  ]
  const index = indexMachines(observation.machines)
  const read = (flag: 'target' | 'exclude', texts: readonly string[]): readonly AddressPattern[] =>
    readPatterns(flag, texts, [], index, diagnostics)
  const { targets, excludes } = input.options
  const items = chooseItems(known.items, read('target', targets), read('exclude', excludes), input.options)
  return assemblePlan({ input, at: now, items, unresolved: [], diagnostics })
}

interface Undone {
  readonly items: readonly Item[]
  readonly diagnostics: readonly Diagnostic[]
}

const NOTHING: Undone = { items: [], diagnostics: [] }

function undoAll(input: PlanInput, plan: string): Undone {
  const subjects = subjectsOf(input, plan)
  const carried = subjects.flatMap(subject => subject.history.filter(each => isCarried(each, subject))).length
  if (carried === 0) return { items: [], diagnostics: [notCarried(plan)] }
  const holds = subjects.flatMap(subject =>
    HOLD_NAMES.flatMap(facet => {
      const undone = undoHold(facet, subject)
      return undone === null ? [] : [{ ...undone, subject }]
    }),
  )
  const runs = subjects.map(subject => ({ ...undoRuns(subject), subject }))
  return {
    items: [...holds.flatMap(({ item }) => item ?? []), ...runs.flatMap(({ items }) => items)],
    diagnostics: [
      undoing(plan, carried),
      ...holds.flatMap(noteDiagnostic),
      ...ranDiagnostics(runs.flatMap(({ ran, subject }) => ran.map(action => ({ action, subject })))),
    ],
  }
}

/** The machines that have a history, by id; one without a record any more is not forgotten. */
function subjectsOf({ observation, configuration, now, options }: PlanInput, plan: string): UndoSubject[] {
  const history = indexHistory(observation.actions)
  const { byId } = indexMachines(observation.machines)
  const protection = compileProtection(configuration, now)
  const lens = lensFor(observation, configuration, now, history)
  return history.machineIds.map(id => ({
    machine: byId.get(id) ?? unlistedMachine(id),
    history: history.of(id),
    plan,
    name: ownNames(configuration),
    now,
    lens,
    limits: { configuration, protection, roles: observation.roles },
    comment: options.reason ?? `undo of plan ${plan}`,
  }))
}

function notCarried(plan: string): Diagnostic {
  const message = `no action in the look-back carries the marker of plan ${plan}; give the id that its result or the comment of its actions names.`
  return { severity: 'error', code: 'undo-unknown-plan', message }
}

function undoing(plan: string, carried: number): Diagnostic {
  const actions = carried === 1 ? '1 action carries' : `${carried} actions carry`
  return {
    severity: 'info',
    code: 'undoing',
    message: `${actions} the marker of plan ${plan}, which this undoes.`,
  }
}

function nameOf({ machine }: UndoSubject): string {
  return machine.computerDnsName ?? machine.id
}

function noteDiagnostic({ note, subject }: UndoneHold & { subject: UndoSubject }): readonly Diagnostic[] {
  if (note === null) return []
  const { code, message } = note
  const severity = code === 'not-undoable' ? 'warning' : 'info'
  return [{ severity, code, message: `${nameOf(subject)}: ${message}` }]
}

/** What has run, by type: there may be thousands. */
function ranDiagnostics(
  ran: readonly { readonly action: MachineAction; readonly subject: UndoSubject }[],
): readonly Diagnostic[] {
  const types = [...new Set(ran.map(({ action }) => action.type))].sort(compareText)
  return types.map(type => {
    const ofType = ran.filter(({ action }) => action.type === type)
    const names = [...new Set(ofType.map(({ subject }) => nameOf(subject)))].sort(compareText)
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
    const message = `${ofType.length} ${type} of that plan succeeded and cannot be undone: ${names.slice(0, SHOWN).join(', ')}${more}.`
    return { severity: 'warning', code: 'not-undoable', message }
  })
}
