import type { ActionType } from '../../posture/methods.ts'
import type { FacetName } from '../../schema/policy.ts'

/**
 * The plan document (docs/contract.md#plan-document): plain, frozen, sorted JSON. Every time in it is text as
 * {@link formatInstant} writes it. Everything that shows, saves, approves or applies a plan consumes this value.
 */
export interface Plan {
  readonly formatVersion: '1.1'
  readonly toolVersion: string
  /** `sha256:` and 64 hex digits over what the plan would do and rests on. */
  readonly planId: string
  /** The same over the renewals, which are no part of `planId`; absent where there are none. */
  readonly renewalsId?: string
  /** Over the whole document without this key; only in a saved plan. */
  readonly checksum?: string
  readonly createdAt: string
  readonly expiresAt: string
  /** The earliest time at which the plan would be another one although nothing has happened; null where none is known. */
  readonly nextLookAt: string | null
  readonly target: Target
  readonly source: PlanSource
  readonly observed: Observed
  /** The time the plan was made for, where `--as-of` asked for another than now. */
  readonly asOf?: string
  readonly applyable: boolean
  readonly complete: boolean
  readonly errored: boolean
  readonly changes: readonly Change[]
  readonly inFlight: readonly InFlight[]
  readonly blocked: readonly Blocked[]
  readonly drift: readonly Drift[]
  readonly guards: readonly Guard[]
  /** Machines that nobody who consents may overlook; absent where there are none. Not part of the id. */
  readonly risks?: readonly Risk[]
  /** Absent where everything goes at once and nothing stops it. No part of the `planId`. */
  readonly rollout?: PlannedRollout
  readonly diagnostics: readonly PlanDiagnostic[]
  readonly estimate: Estimate
  readonly summary: Summary
  /** Against the plan of another declaration, where `--base` asked for it; not part of what the id is of. */
  readonly comparison?: Comparison
}

export interface Target {
  readonly endpoint: string
  readonly tenantId: string | null
}

export interface PlanSource {
  readonly commit: string | null
  readonly dirty: boolean | null
  /** Path to `sha256:` digest of every file that the declaration was read from. */
  readonly files: Readonly<Record<string, string>>
}

export interface Observed {
  readonly readAt: string
  readonly historyFrom: string
  readonly scope: 'tenant' | 'named'
  readonly machines: number
  readonly actions: number
  readonly complete: boolean
  readonly apiCalls: number
}

export type Operation = 'impose' | 'lift' | 'run' | 'cancel'

/** The machine of a plan item, as the service described it when the plan was made. */
export interface PlanMachine {
  readonly id: string
  readonly dnsName: string | null
  readonly osPlatform: string | null
  readonly healthStatus: string | null
  readonly lastSeen: string | null
  readonly rbacGroupName: string | null
}

export type SubmitRequest = {
  readonly type: ActionType
  /** The record that it is sent to, where that was merged into the one of the change. */
  readonly machineId?: string
  /** The body without the marker, which is added to `Comment` when the request is sent. */
  readonly body: Readonly<Record<string, unknown>> & { readonly Comment: string }
}

export type CancelRequest = {
  readonly type: 'Cancel'
  readonly actionId: string
  readonly body: { readonly Comment: string }
}

/** One request of a change; they are sent in order, each after the action of the one before it has ended. */
export type PlannedRequest = SubmitRequest | CancelRequest

export interface PolicyReference {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** The policy's `expires`, where it has one. */
  readonly expires?: string
}

export interface Note {
  readonly code: string
  readonly message: string
}

/** One thing the plan would do. */
export interface Change {
  /** `<machineId>/<facet>`, for list facets `<machineId>/<facet>/<sha1 or name>`. */
  readonly address: string
  readonly machine: PlanMachine
  readonly facet: FacetName
  readonly operations: readonly Operation[]
  readonly before: string
  readonly after: string
  readonly reason: string
  readonly requests: readonly PlannedRequest[]
  /** Ids of the actions that the decision rests on, sorted. */
  readonly basis: readonly string[]
  /** 16 hex digits. */
  readonly fingerprint: string
  /** Null for a change that no live policy asked for, such as the lift of an orphaned hold. */
  readonly policy: PolicyReference | null
  /** Addresses whose actions must have succeeded before this change is sent. */
  readonly dependsOn: readonly string[]
  readonly warnings: readonly Note[]
  /** When what is imposed ends by itself at the earliest, were it sent now; absent where it does not. Of no digest. */
  readonly until?: string
  /** Of a renewal the id of the impose that ended; absent on every other change. */
  readonly renews?: string
}

/** An action in flight at the service that the plan awaits or names. */
export interface InFlight {
  readonly address: string
  readonly machine: PlanMachine
  readonly facet: FacetName
  readonly actionId: string
  readonly type: string
  readonly status: string
  readonly own: boolean
  readonly requestor: string | null
  readonly since: string
  /** Whether the action leads to what is declared and apply waits for its end. */
  readonly awaited: boolean
  /** `will-stay-pending` where nobody waits for it, since the machine is not there to take it. */
  readonly warnings: readonly Note[]
  /** When what it imposes ends by itself at the earliest; absent where it does not. */
  readonly until?: string
}

/** What a policy asks for and the plan will not do. Stops itself, never the rest. */
export interface Blocked {
  readonly address: string
  /** Null where the machine did not resolve. */
  readonly machine: PlanMachine | null
  readonly facet: FacetName | null
  readonly code: string
  readonly message: string
  readonly wouldBe: readonly Operation[]
  readonly before: string | null
  readonly after: string | null
  readonly policy: PolicyReference | null
  readonly basis: readonly string[]
}

export type DriftKind =
  | 'lapsed'
  | 'lost'
  | 'reverted'
  | 'held-by-other'
  | 'orphaned'
  | 'undeclared'
  | 'expired'
  | 'stuck'
  | 'failing'
  | 'missing'
  | 'due'

export interface Actor {
  readonly class: 'own' | 'analyst' | 'application' | 'service' | 'unknown'
  readonly requestor: string | null
  readonly at: string
  readonly actionId: string
}

export interface Drift {
  readonly address: string
  readonly machine: PlanMachine
  readonly facet: FacetName
  readonly kind: DriftKind
  readonly expected: string
  readonly actual: string
  readonly actor: Actor | null
  readonly policy: PolicyReference | null
  /** Id of the impose that ended; of `lapsed` and `lost` alone. */
  readonly ended?: string
}

export type GuardName =
  | 'maxMachines'
  | 'maxShare'
  | 'maxLifts'
  | 'maxLiveResponses'
  | 'maxRuns'
  | 'maxRenewals'

export interface Guard {
  readonly name: GuardName
  readonly limit: number
  readonly actual: number
  readonly status: 'pass' | 'fail' | 'overridden'
  /** Names count, limit, machines and the way out; absent where it passes. */
  readonly message?: string
}

/** Machines of one kind that a plan does something to. */
export interface Risk {
  /** `named`: by `risks` of the configuration. */
  readonly kind: 'named' | 'server' | 'high-value' | 'offline'
  /** What they are called, in the plural. */
  readonly name: string
  /** What says that they are. */
  readonly evidence: string
  /** Never empty, sorted by id. */
  readonly machines: readonly Pick<PlanMachine, 'id' | 'dnsName'>[]
}

/** In which waves the machines change, with the configuration as it was; apply computes them anew. */
export interface PlannedRollout {
  /** Machines of each wave. */
  readonly waves: readonly number[]
  /** How many machines of one wave stop everything, as the configuration has it: `20%` or `3`. */
  readonly stopWhen: { readonly failed?: string; readonly silent?: string }
}

export interface PlanDiagnostic {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

export interface Estimate {
  readonly requests: number
  readonly submitSeconds: number
  readonly quota: { readonly perMinute: number; readonly perHour: number }
}

export interface Summary {
  readonly impose: number
  readonly change: number
  readonly lift: number
  readonly run: number
  readonly cancel: number
  readonly inFlight: number
  readonly blocked: number
  readonly unchanged: number
  /** Declared holds of machines without any action in a look-back that they are older than. */
  readonly assumed: number
  /** Holds that ended by themselves and are imposed anew; not in `impose`. */
  readonly renew: number
}

/** One thing that a plan says, with the list of the plan that it stands in. */
export type ListedItem =
  | { readonly list: 'changes'; readonly item: Change }
  | { readonly list: 'blocked'; readonly item: Blocked }
  | { readonly list: 'inFlight'; readonly item: InFlight }
  | { readonly list: 'drift'; readonly item: Drift }

/** What two plans say of one address; null where one of them says nothing. */
export interface ComparedItem {
  readonly address: string
  readonly base: ListedItem | null
  readonly now: ListedItem | null
  /** Keys of the items that differ, sorted; `list` where it stands in another one. Empty where one side is null. */
  readonly fields: readonly string[]
}

/** A guard whose limit or status differs; null where one of the declarations has none of the name. */
export interface ComparedGuard {
  readonly name: GuardName
  readonly base: Guard | null
  readonly now: Guard | null
}

/** Where the other declaration is from, and the plan that it makes of the same observation. */
export interface ComparedBase {
  /** As it was asked for, such as `origin/main`. */
  readonly revision: string
  readonly commit: string
  /** How many policies are declared there; 0 also where there is no configuration yet. */
  readonly policies: number
  readonly planId: string
  readonly complete: boolean
  readonly errored: boolean
}

/** What this declaration changes, apart from what the tenant needs anyway. Lists are sorted by address. */
export interface Comparison {
  readonly base: ComparedBase
  /** Only now. */
  readonly added: readonly ComparedItem[]
  /** Only at the base. */
  readonly removed: readonly ComparedItem[]
  /** In both, and not the same. */
  readonly altered: readonly ComparedItem[]
  readonly guards: readonly ComparedGuard[]
  readonly diagnostics: {
    readonly added: readonly PlanDiagnostic[]
    readonly removed: readonly PlanDiagnostic[]
  }
  /** How many items of each list are the same in both: what the tenant needs anyway. */
  readonly anyway: Readonly<Record<ListedItem['list'], number>>
}
