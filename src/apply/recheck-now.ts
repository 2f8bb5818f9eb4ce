import type { Change, Plan } from '../plan/document/document.ts'
import { holdsNow, type Recheck, recheckChange } from '../plan/judge/recheck.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { Configuration } from '../schema/configuration.ts'
import type { Instant } from '../schema/instant.ts'
import { endOf } from './action-end.ts'
import type { Asked } from './asked.ts'
import type { KnownActions } from './known-actions.ts'

/** What a second look rests on. */
export interface RecheckInput {
  readonly plan: Plan
  readonly configuration: Configuration
  readonly known: KnownActions
  readonly asked: Asked
  /** The service's clock. */
  readonly now: Instant
}

/** The same, before a change is begun: what the policies do not ask for any more has moved. */
export function recheckAsked(change: Change, step: number, input: RecheckInput): Recheck {
  const verdict = recheckNow(change, step, input)
  const why = step === 0 && verdict.kind === 'unmoved' ? input.asked.whyNot(change) : undefined
  return why === undefined ? verdict : { kind: 'moved', message: why }
}

/**
 * Looks at a change again. What its own earlier requests cancelled counts as in flight still, and what it was planned
 * to wait for counts for nothing once it has ended.
 */
export function recheckNow(
  change: Change,
  step: number,
  { plan, configuration, known, now }: Omit<RecheckInput, 'asked'>,
): Recheck {
  const cancelled = new Set(
    change.requests.slice(0, step).flatMap(request => (request.type === 'Cancel' ? [request.actionId] : [])),
  )
  const waitedFor = new Set(
    change.dependsOn.includes(change.address)
      ? plan.inFlight.filter(({ address }) => address === change.address).map(({ actionId }) => actionId)
      : [],
  )
  const actions = known
    .of(change.machine.id)
    .filter(({ id, status }) => !waitedFor.has(id) || endOf(status) === null)
    .map(action => (cancelled.has(action.id) ? asPending(action) : action))
  const verdict = recheckChange(change, {
    configuration,
    planId: plan.planId,
    renewalsId: plan.renewalsId,
    now,
    actions,
    lens: known.lens,
  })
  if (verdict.kind !== 'satisfied' || step === 0) return verdict
  // What somebody did before our own first half took effect does not hold any more.
  const context = {
    configuration,
    planId: plan.planId,
    renewalsId: plan.renewalsId,
    now,
    actions: known.of(change.machine.id),
    lens: known.lens,
  }
  return holdsNow(change, context) ? verdict : { kind: 'unmoved' }
}

/** The action as it was before it ended. */
function asPending(action: MachineAction): MachineAction {
  return { ...action, status: 'Pending', lastUpdateDateTimeUtc: action.creationDateTimeUtc }
}
