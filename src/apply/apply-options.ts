import type { GuardName } from '../plan/document/document.ts'
import type { Declared } from '../plan/judge/still-asked.ts'
import type { Need } from '../plan/select/observation.ts'
import type { Configuration } from '../schema/configuration.ts'
import type { ActionApi, Clock, Journal, Lease } from './ports.ts'
import type { Progress } from './progress.ts'

/** The world as apply sees it: time, the service, the disk and the lease. */
export interface ApplyDependencies {
  readonly clock: Clock
  readonly api: ActionApi
  readonly journal: Journal
  readonly lease: Lease
  /** As it is now: `protected`, `allow` and guards are checked again with it. */
  readonly configuration: Configuration
  /** The policies as they are now; absent where what is applied was just asked for by hand, and no policy has a say. */
  readonly declared?: Declared
  /** Called with a frame whenever something moved, at most ten times a second and once more at the end. */
  readonly onProgress?: (progress: Progress) => void
  /** Called with a sentence for people when somebody is waited for before the first look; not escaped. */
  readonly onNote?: (text: string) => void
}

/** What the user asked of one apply. Lengths are in milliseconds. */
export interface ApplyOptions {
  /** Names this run in the journal. */
  readonly runId: string
  /** What has to be read again: that of the plan. */
  readonly need: Need
  /** Submit and end; what is in flight is `pending`. */
  readonly noWait: boolean
  /** How long to await after the last change was submitted. */
  readonly timeoutMs: number
  /** How long submitting may take; absent: as long as the quota makes it. */
  readonly submitTimeoutMs?: number
  /** The shortest time between two polls. */
  readonly pollIntervalMs: number
  /** How long an action that may have been accepted is looked for before it is sent again. */
  readonly lookupMs: number
  /** Changes whose facts moved are refused by themselves instead of making the plan stale. */
  readonly skipMoved: boolean
  /** Actions of this plan that ended without success are sent again, under a new look and every guard. */
  readonly retryFailed: boolean
  /** Whether runs of other hosts leave no trace here: neither a shared store, nor word that this host alone applies. */
  readonly unseenRuns?: boolean
  /** Asks whoever holds the lease to give it up, and waits for that a while. */
  readonly askToYield?: boolean
  /** How long a lease that somebody else holds is waited for; absent: not at all. */
  readonly leaseTimeoutMs?: number
  /** Guards that failed on the plan and are overridden by name. */
  readonly overriddenGuards: readonly GuardName[]
  /** Send everything at once, without stop rules, whatever the configuration says; needs a reason. */
  readonly noWaves?: boolean
  /** The plan holds renewals alone, and what takes back expired ones: no waves, and no guard that stops everything. */
  readonly renewals?: boolean
  /** The `--reason` given with an override. */
  readonly reason?: string
  /** Interrupts the run: submitting stops, the journal is written, and the run ends within five seconds. */
  readonly signal: AbortSignal
}
