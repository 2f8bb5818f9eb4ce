import type { Place } from './diagnostic.ts'
import type { Duration } from './duration.ts'
import type { Instant } from './instant.ts'

/** How strongly a machine is cut off; `none` is a declared release. `unmanaged` is the service's UnManagedDevice (contain). */
export type IsolationLevel = 'none' | 'full' | 'selective' | 'unmanaged'

export type RestrictionLevel = 'none' | 'restricted'

export type ScanType = 'quick' | 'full'

export type FacetName =
  | 'isolated'
  | 'restricted'
  | 'scanned'
  | 'collected'
  | 'quarantined'
  | 'liveResponse'
  | 'offboarded'

/** A value and where it was written. */
export interface Placed<T> {
  readonly value: T
  readonly place: Place
}

/**
 * How recent a run must be: since a fixed time, or within a rolling duration before now.
 * At least one of the two is set; where both are, both must hold.
 */
export interface Freshness {
  readonly since?: Instant
  readonly within?: Duration
}

export interface ScannedWish extends Freshness {
  readonly scan: ScanType
}

/** A file to stop and quarantine, SHA-1 in lower case. */
export interface QuarantinedWish {
  readonly sha1: string
  readonly place: Place
}

export type LiveResponseCommand =
  | { readonly type: 'PutFile'; readonly file: string }
  | { readonly type: 'RunScript'; readonly script: string; readonly args?: string }
  | { readonly type: 'GetFile'; readonly path: string }

export interface LiveResponseWish extends Freshness {
  readonly name: string
  readonly commands: readonly LiveResponseCommand[]
  readonly place: Place
}

/** What a policy wants of a machine. An absent facet is not declared: the policy says nothing about it. */
export interface DesiredState {
  readonly isolated?: Placed<IsolationLevel>
  readonly restricted?: Placed<RestrictionLevel>
  readonly scanned?: Placed<ScannedWish>
  readonly collected?: Placed<Freshness>
  readonly quarantined?: readonly QuarantinedWish[]
  readonly liveResponse?: readonly LiveResponseWish[]
  readonly offboarded?: Placed<true>
}

/** One line of a list file: a machine id or a DNS name. */
export interface ListedMachine {
  readonly name: string
  readonly place: Place
}

/** The selector fields that hold one or more texts. `id`, `dnsName` name machines; the others select among onboarded ones. */
export type SelectorField =
  | 'id'
  | 'dnsName'
  | 'tag'
  | 'osPlatform'
  | 'healthStatus'
  | 'riskScore'
  | 'exposureLevel'
  | 'deviceValue'
  | 'rbacGroupName'
  | 'onboardingStatus'
  | 'aadDeviceId'

/**
 * One entry of `machines` or `except`, or a `match` of the configuration. A machine matches when all fields match;
 * a field matches when any of its texts does. An entry always has at least one field, a list, or `all`.
 */
export interface MachineEntry {
  /** Texts as typed, except `id`, `aadDeviceId` and `dnsName`, which are lower case. Never an empty list. */
  readonly fields: { readonly [field in SelectorField]?: readonly string[] }
  readonly lastSeenWithin?: Duration
  /** Path relative to the working directory, and its lines once the file was read. */
  readonly list?: { readonly path: string; readonly machines: readonly ListedMachine[] }
  readonly all: boolean
  /** What to do where a named machine does not resolve. */
  readonly missing: 'error' | 'warn'
  readonly place: Place
}

/** One policy document, typed and checked. */
export interface Policy {
  readonly name: string
  readonly reason: string
  readonly owner?: string
  readonly ticket?: string
  readonly machines: readonly MachineEntry[]
  readonly except: readonly MachineEntry[]
  readonly state: DesiredState
  readonly expires?: Instant
  readonly onExpiry: 'lift' | 'report'
  readonly liftAfter: readonly FacetName[]
  readonly reassert: boolean
  /** Where the document's `policy` key stands. */
  readonly place: Place
}
