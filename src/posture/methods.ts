import type { FacetName } from '../schema/policy.ts'
import type { RefusedCategory } from './device-restriction.ts'

/** The action types that a request can create, as the service spells them. */
export type ActionType =
  | 'Isolate'
  | 'Unisolate'
  | 'RestrictCodeExecution'
  | 'UnrestrictCodeExecution'
  | 'RunAntiVirusScan'
  | 'CollectInvestigationPackage'
  | 'StopAndQuarantineFile'
  | 'LiveResponse'
  | 'Offboard'

/** How often one API path may be called by one application in one tenant (docs/service.md#quota). */
export interface Quota {
  readonly perMinute: number
  readonly perHour: number
  /** Actions of this path that may be in flight at once. */
  readonly concurrent?: number
}

/** One row of the service's MachineAction methods (docs/methods.md). */
export interface ActionMethod {
  readonly type: ActionType
  /** Last path segment of `POST /api/machines/{id}/…`. */
  readonly path: string
  /** Body keys beside `Comment`, case-sensitive. */
  readonly bodyKeys: readonly string[]
  readonly facet: FacetName
  /** What the action does to its facet. */
  readonly effect: 'impose' | 'lift' | 'run'
  /** Application permission that the call needs. */
  readonly permission: string
  /** What a device that was onboarded restricted refuses it as; absent where it belongs to no category. */
  readonly category?: RefusedCategory
  readonly quota: Quota
}

/** What every path takes unless its page says otherwise (docs/service.md#quota). */
const USUAL: Quota = { perMinute: 100, perHour: 1500 }

/** The quota of `POST /api/machineactions/{id}/cancel`. */
export const CANCEL_QUOTA: Quota = USUAL

/**
 * The nine methods that create a MachineAction (docs/service.md#machineaction), one row each; every room looks them up
 * here. Live response has a quota of its own (docs/service.md#quota-live-response).
 */
export const ACTION_METHODS: readonly ActionMethod[] = [
  {
    type: 'Isolate',
    path: 'isolate',
    bodyKeys: ['IsolationType'],
    facet: 'isolated',
    effect: 'impose',
    permission: 'Machine.Isolate',
    category: 'AdvancedResponse',
    quota: USUAL,
  },
  {
    type: 'Unisolate',
    path: 'unisolate',
    bodyKeys: [],
    facet: 'isolated',
    effect: 'lift',
    permission: 'Machine.Isolate',
    category: 'AdvancedResponse',
    quota: USUAL,
  },
  {
    type: 'RestrictCodeExecution',
    path: 'restrictCodeExecution',
    bodyKeys: [],
    facet: 'restricted',
    effect: 'impose',
    permission: 'Machine.RestrictExecution',
    category: 'AdvancedResponse',
    quota: USUAL,
  },
  {
    type: 'UnrestrictCodeExecution',
    path: 'unrestrictCodeExecution',
    bodyKeys: [],
    facet: 'restricted',
    effect: 'lift',
    permission: 'Machine.RestrictExecution',
    category: 'AdvancedResponse',
    quota: USUAL,
  },
  {
    type: 'RunAntiVirusScan',
    path: 'runAntiVirusScan',
    bodyKeys: ['ScanType'],
    facet: 'scanned',
    effect: 'run',
    permission: 'Machine.Scan',
    category: 'BasicResponse',
    quota: USUAL,
  },
  {
    type: 'CollectInvestigationPackage',
    path: 'collectInvestigationPackage',
    bodyKeys: [],
    facet: 'collected',
    effect: 'run',
    permission: 'Machine.CollectForensics',
    category: 'BasicResponse',
    quota: USUAL,
  },
  {
    type: 'StopAndQuarantineFile',
    path: 'StopAndQuarantineFile',
    bodyKeys: ['Sha1'],
    facet: 'quarantined',
    effect: 'run',
    permission: 'Machine.StopAndQuarantine',
    quota: USUAL,
  },
  {
    type: 'LiveResponse',
    path: 'runliveresponse',
    bodyKeys: ['Commands'],
    facet: 'liveResponse',
    effect: 'run',
    permission: 'Machine.LiveResponse',
    category: 'LiveResponse',
    quota: { perMinute: 10, perHour: 1500, concurrent: 50 },
  },
  {
    type: 'Offboard',
    path: 'offboard',
    bodyKeys: [],
    facet: 'offboarded',
    effect: 'run',
    permission: 'Machine.Offboard',
    quota: USUAL,
  },
]

const BY_TYPE: ReadonlyMap<string, ActionMethod> = new Map(
  ACTION_METHODS.map(method => [method.type, method]),
)

/** Finds the row of an action type; undefined for a type that this version does not know. */
export function methodOf(type: string): ActionMethod | undefined {
  return BY_TYPE.get(type)
}

/** The six documented status words that end an action; every other word counts as in flight. */
export const TERMINAL_STATUSES: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'TimeOut', 'Cancelled'])
