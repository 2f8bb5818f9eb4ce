import type { Configuration } from '../../schema/configuration.ts'
import type { Change, Guard, GuardName } from '../document/document.ts'
import { shareOf } from './share-of.ts'

/** The facets whose change counts a machine towards `maxMachines` and `maxShare`: holds and one-way. */
const WEIGHTY: ReadonlySet<string> = new Set(['isolated', 'restricted', 'quarantined', 'offboarded'])

/** Says whether a change is of a hold or one way, so that its machine counts towards `maxMachines`. */
export function isWeighty({ facet }: Pick<Change, 'facet'>): boolean {
  return WEIGHTY.has(facet)
}

const SHOWN = 5

/** What guards count on. */
export interface GuardInput {
  readonly changes: readonly Change[]
  readonly configuration: Configuration
  /** Onboarded, unmerged machines of the tenant; null where that could not be read: then no share is small enough. */
  readonly onboarded: number | null
  readonly exceed: readonly GuardName[]
}

/** Says whether a change repeats what ended by itself; no guard but `maxRenewals` counts it. */
export function isRenewal({ renews }: Pick<Change, 'renews'>): boolean {
  return renews !== undefined
}

/** Says whether a change only releases: it counts as a lift. */
export function isLift(change: Pick<Change, 'operations'>): boolean {
  return change.operations.includes('lift') && !change.operations.includes('impose')
}

/** Computes the guard on lifts; over it the lifts alone are blocked (docs/contract.md#guard-rules). */
export function guardLifts({
  changes,
  configuration,
  exceed,
}: Omit<GuardInput, 'onboarded'>): Guard | undefined {
  const { maxLifts } = configuration.guards
  return maxLifts === undefined
    ? undefined
    : judge('maxLifts', maxLifts, changes.filter(isLift), exceed, 'lifts', changes.filter(isLift).length)
}

/** Computes the guard on renewals, where there are any; over it those that ended longest ago are blocked. */
export function guardRenewals({
  changes,
  configuration,
  exceed,
}: Omit<GuardInput, 'onboarded'>): Guard | undefined {
  const { maxRenewals } = configuration.guards
  const renewals = changes.filter(isRenewal)
  return maxRenewals === undefined || renewals.length === 0
    ? undefined
    : judge('maxRenewals', maxRenewals, renewals, exceed, 'renewals', renewals.length)
}

/** Computes the guards that stop a whole apply: machines, share of the tenant, runs. */
export function guardPlan(input: GuardInput): readonly Guard[] {
  const { changes, configuration, onboarded, exceed } = input
  const { maxMachines, maxShare, maxRuns } = configuration.guards
  const weighty = changes.filter(change => isWeighty(change) && !isRenewal(change))
  const machines = new Set(weighty.map(({ machine }) => machine.id)).size
  const runs = changes.filter(({ facet }) => facet === 'scanned' || facet === 'collected')
  const guards: Guard[] = []
  if (maxMachines !== undefined)
    guards.push(judge('maxMachines', maxMachines, weighty, exceed, 'machines change', machines))
  if (maxShare !== undefined) {
    const limit = shareOf(maxShare.ratio, onboarded ?? 0)
    const what = `machines change (${maxShare.text} of ${onboarded ?? 'an unknown number of'} onboarded)`
    guards.push(judge('maxShare', limit, weighty, exceed, what, machines))
  }
  if (maxRuns !== undefined)
    guards.push(judge('maxRuns', maxRuns, runs, exceed, 'scans and collections', runs.length))
  return guards
}

function judge(
  name: GuardName,
  limit: number,
  changes: readonly Change[],
  exceed: readonly GuardName[],
  what: string,
  actual: number,
): Guard {
  if (actual <= limit) return { name, limit, actual, status: 'pass' }
  const names = [...new Set(changes.map(({ machine }) => machine.dnsName ?? machine.id))]
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  const message = `${actual} ${what}, the limit is ${limit}: ${names.slice(0, SHOWN).join(', ')}${more}. Narrow it with \`--target ADDR\`, raise \`guards.${name}\` in the configuration, or apply with \`--dangerous-exceed-guard ${name} --reason TEXT\`.`
  return { name, limit, actual, status: exceed.includes(name) ? 'overridden' : 'fail', message }
}
