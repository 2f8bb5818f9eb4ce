import type { Machine } from '../../posture/machine.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import { guardLifts, guardPlan, guardRenewals, isLift, isRenewal } from '../assemble/guards.ts'
import type { Change, Guard, GuardName, Note, Plan } from '../document/document.ts'
import { countOnboarded, type Observation } from '../select/observation.ts'
import { compileProtection, configurationLimitOf, type Limits } from './limits.ts'

/** What the configuration as it is at apply says of a plan that was made earlier. */
export interface Refusals {
  readonly guards: readonly Guard[]
  /** Changes that must not be sent, by address. */
  readonly refusals: ReadonlyMap<string, Note>
}

/**
 * Holds a plan against `protected`, `allow` and guards of the configuration as it is at apply (docs/contract.md#checked-at-apply).
 *
 * A machine that has no record any more is refused, since nobody can say whether it is protected; a release is not.
 */
export function recheckRefusals(
  plan: Plan,
  observation: Observation,
  configuration: Configuration,
  now: Instant,
  exceed: readonly GuardName[],
): Refusals {
  const limits = limitsOf(configuration, now)
  const machines = new Map(observation.machines.map(machine => [machine.id, machine]))
  const refusals = new Map<string, Note>()
  for (const change of plan.changes) {
    const note = noteOf(change, machines.get(change.machine.id), limits)
    if (note !== undefined) refusals.set(change.address, note)
  }
  const changes = plan.changes.filter(({ address }) => !refusals.has(address))
  const input = { changes, configuration, onboarded: countOnboarded(observation), exceed }
  const lifts = guardLifts(input)
  if (lifts?.status === 'fail') {
    for (const { address } of changes.filter(isLift)) refusals.set(address, overLifts(lifts))
  }
  const renewals = guardRenewals(input)
  if (renewals?.status === 'fail') {
    for (const { address } of changes.filter(isRenewal)) refusals.set(address, overRenewals(renewals))
  }
  const limiting = [lifts, renewals].filter(guard => guard !== undefined)
  return { guards: [...guardPlan(input), ...limiting], refusals }
}

/**
 * The same of one change, on a later look at its machine.
 *
 * @param machine - Its record; undefined where the service lists none any more.
 */
export function refusalOf(
  change: Change,
  machine: Machine | undefined,
  configuration: Configuration,
  now: Instant,
): Note | undefined {
  return noteOf(change, machine, limitsOf(configuration, now))
}

function limitsOf(configuration: Configuration, now: Instant): Limits {
  return { configuration, protection: compileProtection(configuration, now), roles: null }
}

function noteOf(change: Change, machine: Machine | undefined, limits: Limits): Note | undefined {
  if (machine === undefined) return gone(change)
  return configurationLimitOf(
    { facet: change.facet, machine, releases: change.after === 'none', change },
    limits,
  )
}

function gone({ machine, after }: Change): Note | undefined {
  if (after === 'none') return undefined
  return {
    code: 'machine-gone',
    message: `the service lists no record of ${machine.dnsName ?? machine.id} any more; plan again.`,
  }
}

function overLifts({ message = '' }: Guard): Note {
  return { code: 'over-max-lifts', message: `too many lifts in one plan: ${message}` }
}

function overRenewals({ message = '' }: Guard): Note {
  return { code: 'over-max-renewals', message: `too many renewals in one plan: ${message}` }
}
