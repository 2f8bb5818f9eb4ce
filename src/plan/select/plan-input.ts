import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import type { GuardName, PlanSource } from '../document/document.ts'
import type { Observation } from './observation.ts'

/** What a user asked of one planning run; every list holds addresses as they were typed. */
export interface PlanOptions {
  /** Only the changes that these choose. Empty: all. */
  readonly targets: readonly string[]
  readonly excludes: readonly string[]
  /** Contested changes that may go through. */
  readonly reassert: readonly string[]
  /** Exhausted changes that get one more attempt. */
  readonly retry: readonly string[]
  /** Changes that are sent although the history says that they hold. */
  readonly resubmit: readonly string[]
  /** Lift own holds that no policy declares. */
  readonly prune: boolean
  /** Somebody asks for these holds right now, so that also those that ended long ago are imposed; absent: no. */
  readonly askedNow?: boolean
  /** Renewals alone, and the lifts of those whose policy has expired; absent: everything. */
  readonly renewals?: boolean
  /** Unresolved, ambiguous and conflicting entries become blocked items. */
  readonly keepGoing: boolean
  /** Plan for another time than now. Such a plan cannot be applied. */
  readonly asOf?: Instant
  /** The machines are made up for a test, so that nothing can be said of who is not among them; absent: no. */
  readonly isSample?: boolean
  /** Names of the policies that path arguments chose; absent: all. */
  readonly chosen?: readonly string[]
  /** Becomes the reason of changes that `reassert`, `retry` or `resubmit` let through. */
  readonly reason?: string
  /** Guards that the user overrides by name. */
  readonly exceedGuards: readonly GuardName[]
}

/** Everything a plan is made from. The same input gives the same bytes. */
export interface PlanInput {
  readonly policies: readonly Policy[]
  readonly configuration: Configuration
  readonly observation: Observation
  /** The service's clock. */
  readonly now: Instant
  readonly toolVersion: string
  readonly source: PlanSource
  /** What reading the declaration found. */
  readonly diagnostics: readonly Diagnostic[]
  readonly options: PlanOptions
}

/** The latest time at or before `at` that the read can speak of: in a future nobody has been silent for longer. */
export function lastKnownAt({ now }: PlanInput, at: Instant): Instant {
  return at < now ? at : now
}

/** Options with nothing asked for. */
export const NO_OPTIONS: PlanOptions = {
  targets: [],
  excludes: [],
  reassert: [],
  retry: [],
  resubmit: [],
  prune: false,
  keepGoing: false,
  exceedGuards: [],
}
