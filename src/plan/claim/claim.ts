import type { HoldLevel, HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Place } from '../../schema/diagnostic.ts'
import type { FacetName, Policy } from '../../schema/policy.ts'
import type { RunFacet, RunWish } from './run-facets.ts'

/** One policy's part in a claim. */
export interface Contributor {
  readonly policy: Policy
  readonly place: Place
  /** True where an entry names the machine, false where only a selector reaches it. */
  readonly named: boolean
}

interface ClaimBase {
  readonly address: string
  readonly machine: Machine
  /** The policy that gives the change its name and marker. */
  readonly lead: Contributor
  readonly contributors: readonly Contributor[]
  readonly reassert: boolean
}

/** What live policies together ask of a hold of one machine. */
export interface HoldClaim extends ClaimBase {
  readonly kind: 'hold'
  readonly facet: HoldName
  readonly level: Exclude<HoldLevel, 'unknown'>
  /** Whether a policy that asks for this very level names the machine; one that asks for less does not count. */
  readonly named: boolean
}

/** What live policies together ask of an event facet of one machine. */
export interface RunClaim extends ClaimBase {
  readonly kind: 'run'
  readonly facet: RunFacet
  readonly wish: RunWish
}

/** Policies that contradict each other at one address. */
export interface ConflictClaim extends ClaimBase {
  readonly kind: 'conflict'
  readonly facet: FacetName
  readonly message: string
  /** Whether two policies that name the machine contradict each other: then it is an error. */
  readonly isError: boolean
}

/** A hold that only an expired policy asked for. */
export interface ExpiredClaim extends ClaimBase {
  readonly kind: 'expired'
  readonly facet: HoldName
}

export type Claim = HoldClaim | RunClaim | ConflictClaim | ExpiredClaim
