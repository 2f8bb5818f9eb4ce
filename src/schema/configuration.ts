import type { Place } from './diagnostic.ts'
import type { Duration } from './duration.ts'
import type { Instant } from './instant.ts'
import type { FacetName, MachineEntry } from './policy.ts'
import type { StoreSetting } from './store-address.ts'

export type Cloud = 'commercial' | 'gcc' | 'gcc-high' | 'dod'

/** A share of machines: `10%` is 0.1. */
export interface Share {
  readonly text: string
  readonly ratio: number
}

/** A number of machines, from 1 on, or a share of them above nothing. */
export type Amount = { readonly text: string; readonly count: number } | Share

/** When a wave stops an apply. An absent rule stops nothing. */
export interface StopRules {
  /** Machines of one wave on which something went wrong. */
  readonly failed?: Amount
  /** Machines of one wave that were Active before their change and are not any more. */
  readonly silent?: Amount
}

/** How many machines change at a time. */
export interface RolloutRules {
  /** The waves before the last one, which is `rest`; absent where the configuration does not say. */
  readonly waves?: readonly Amount[]
  /** Absent where the configuration does not say. */
  readonly stopWhen?: StopRules
}

/** Limits on one plan. An absent one does not apply. */
export interface GuardLimits {
  readonly maxMachines?: number
  readonly maxShare?: Share
  readonly maxLifts?: number
  /** Machines that run a script or give a file. */
  readonly maxLiveResponses?: number
  readonly maxRuns?: number
  readonly maxRenewals?: number
}

/** How long the service keeps an isolation, and what is done when it ends (docs/contract.md#lapse). */
export interface IsolationEffect {
  /** From the last update of the impose; absent where it stays until it is lifted (`never`). */
  readonly lasts?: Duration
  /** Whether a later impose of the same stretch counts anew. */
  readonly extends: boolean
  /** How long after its end an own hold is renewed, and not merely imposed. */
  readonly renewWithin: Duration
  /** What ended longer ago than this is imposed only where somebody asks for it. */
  readonly longFree: Duration
  /** How long before its end an own hold is renewed; absent where it is not. */
  readonly renewBefore?: Duration
}

/** Machines that only the `allow`ed facets may change, whatever the policies say. Releasing is always allowed. */
export interface ProtectedMachines {
  readonly match: MachineEntry
  readonly allow: readonly FacetName[]
  readonly place: Place
}

/** An optional key of a policy that a configuration can demand. */
export type RequiredKey = 'expires' | 'owner' | 'ticket'

/** Machines that a plan names to whoever consents to it. */
export interface NamedRisk {
  /** What they are called, in the plural. */
  readonly name: string
  readonly match: MachineEntry
}

/** What is off until the configuration says otherwise. */
export interface Allowances {
  readonly quarantined: boolean
  readonly liveResponse: boolean
  readonly offboarded: boolean
  readonly scopeChange: boolean
}

/** What devices report of themselves, and what of it counts. */
export interface EvidenceSettings {
  /** `auto` where the permission is there; `required` makes a look without it one that failed. */
  readonly read: 'off' | 'auto' | 'required'
  /** How much newer than an action a report has to be to speak of it. */
  readonly settle: Duration
  /** How old a report may be. */
  readonly fresh: Duration
  /** Whom to ask. */
  readonly api: 'graph' | 'defender'
}

/** A time in which nothing is applied, since a person works. */
export interface Freeze {
  readonly owner: string
  readonly reason: string
  /** From then on it has no effect. */
  readonly until: Instant
  /** Whether renewals go on all the same; absent: no. */
  readonly renewals?: boolean
  /** `holdfast freeze` left it beside the lease; absent: the configuration says it. */
  readonly isOfTenant?: true
  readonly place: Place
}

/** `holdfast.yaml`, defaults filled in. Without a file it is all defaults. */
export interface Configuration {
  /** Path of the file, undefined where there is none. */
  readonly file?: string
  readonly name?: string
  /** Names that the configuration had before; `''` is none. Their markers are own too. */
  readonly formerNames?: readonly string[]
  /** Names of other configurations for the same tenant: their holds are theirs. */
  readonly sisters?: readonly string[]
  readonly cloud: Cloud
  /** API base by hand, without a trailing slash or `/api`. Overrides the cloud's. */
  readonly endpoint?: string
  readonly authority?: string
  readonly scope?: string
  readonly tenantId?: string
  /** Where the state of runs lies; absent: in this host's state directory, and other hosts may have theirs. */
  readonly store?: StoreSetting
  /** Files, folders and globs, relative to the configuration file, as typed. */
  readonly policies: readonly string[]
  /** Where each of `policies` stands, in the same order; absent where there are none. */
  readonly policyPlaces?: readonly Place[]
  readonly guards: GuardLimits
  readonly effects: { readonly isolated: IsolationEffect }
  readonly protected: readonly ProtectedMachines[]
  /** Machines that a hold must name; absent where there are none. */
  readonly confirmByName?: readonly MachineEntry[]
  /** Keys that every policy must have; absent where none is demanded. */
  readonly require?: readonly RequiredKey[]
  /** How far ahead the end of a hold may be; absent where it may have none. */
  readonly longestHold?: Duration
  readonly risks?: readonly NamedRisk[]
  readonly allow: Allowances
  /** Absent where nothing is frozen, and where a freeze has been taken out. */
  readonly freeze?: Freeze
  readonly retry: { readonly maxAttempts: number; readonly within: Duration }
  readonly contested: { readonly within: Duration }
  /** `pagesInFlight`: pages of one list that are asked for at the same time; as the client does where it is missing. */
  readonly history: { readonly lookback: Duration; readonly pagesInFlight?: number }
  readonly evidence: EvidenceSettings
  readonly apply: {
    readonly timeout: Duration
    readonly pollInterval: Duration
    readonly lookup: Duration
    /** Absent: everything at once, whatever its size. */
    readonly rollout?: RolloutRules
    /** Files and folders of public keys, relative to the configuration file; absent where no signature is demanded. */
    readonly trustedKeys?: readonly string[]
  }
}
