import type { Configuration } from '../../schema/configuration.ts'
import type { Change, Guard, GuardName, Note } from '../document/document.ts'
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

/** Says whether a change runs something on a machine that its own user decides on. */
function isLiveResponse({ facet, operations }: Pick<Change, 'facet' | 'operations'>): boolean {
  return facet === 'liveResponse' && operations.includes('run')
}

/** A limit on one kind of change, over which that kind is blocked and nothing else (docs/contract.md#guard-rules). */
interface KindLimit {
  readonly name: 'maxLifts' | 'maxLiveResponses' | 'maxRenewals'
  /** Code of what is blocked, and its message before that of the guard. */
  readonly code: string
  readonly tooMany: string
  /** What is counted, for the message. */
  readonly what: string
  isOf(change: Change): boolean
  count(changes: readonly Change[]): number
}

const KIND_LIMITS: readonly KindLimit[] = [
  {
    name: 'maxLifts',
    code: 'over-max-lifts',
    tooMany: 'too many lifts in one plan',
    what: 'lifts',
    isOf: isLift,
    count: ({ length }) => length,
  },
  {
    name: 'maxLiveResponses',
    code: 'over-max-live-responses',
    tooMany: 'live responses on too many machines in one plan',
    what: 'machines run live responses',
    isOf: isLiveResponse,
    count: countMachines,
  },
  {
    name: 'maxRenewals',
    code: 'over-max-renewals',
    tooMany: 'too many renewals in one plan',
    what: 'renewals',
    isOf: isRenewal,
    count: ({ length }) => length,
  },
]

/** Says whether a guard failed and stops the whole apply; those on one kind of change stop that kind alone. */
export function stopsApply({ name, status }: Pick<Guard, 'name' | 'status'>): boolean {
  return status === 'fail' && !KIND_LIMITS.some(limit => limit.name === name)
}

/** What a guard on one kind of change says, and the changes that it stops. */
export interface KindGuard {
  readonly guard: Guard
  readonly stopped: readonly Change[]
  /** What each of those is blocked with. */
  readonly note: Note
}

/** Computes the guards on one kind of change each. But for the one on lifts each is said only where there are some. */
export function guardKinds({
  changes,
  configuration,
  exceed,
}: Omit<GuardInput, 'onboarded'>): readonly KindGuard[] {
  return KIND_LIMITS.flatMap(({ name, code, tooMany, what, isOf, count }) => {
    const limit = configuration.guards[name]
    const counted = changes.filter(isOf)
    if (limit === undefined || (name !== 'maxLifts' && counted.length === 0)) return []
    const guard = judge(name, limit, counted, exceed, what, count(counted))
    const note: Note = { code, message: `${tooMany}: ${guard.message ?? ''}` }
    return [{ guard, stopped: guard.status === 'fail' ? counted : [], note }]
  })
}

function countMachines(changes: readonly Change[]): number {
  return new Set(changes.map(({ machine }) => machine.id)).size
}

/** Computes the guards that stop a whole apply: machines, share of the tenant, runs. */
export function guardPlan(input: GuardInput): readonly Guard[] {
  const { changes, configuration, onboarded, exceed } = input
  const { maxMachines, maxShare, maxRuns } = configuration.guards
  const weighty = changes.filter(change => isWeighty(change) && !isRenewal(change))
  const machines = countMachines(weighty)
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
