import type { PlannedRollout } from '../plan/document/document.ts'

/** How one planned or blocked change ended. Every one of them has exactly one (docs/contract.md#one-outcome). */
export type Outcome =
  | 'succeeded'
  | 'failed'
  | 'timed-out'
  | 'cancelled'
  | 'pending'
  | 'uncertain'
  | 'adopted'
  | 'unchanged'
  | 'refused'
  | 'not-attempted'

export type ExitName = 'ok' | 'error' | 'differences' | 'stale' | 'refused' | 'partial' | 'pending' | 'locked'

/** The exit codes (docs/contract.md#exit-codes). */
export const EXIT_CODES: Readonly<Record<ExitName, number>> = {
  ok: 0,
  error: 1,
  differences: 2,
  stale: 3,
  refused: 4,
  partial: 5,
  pending: 6,
  locked: 7,
}

export interface ChangeOutcome {
  readonly address: string
  /** Name for people; null where the machine has none. */
  readonly dnsName: string | null
  /** The type of the request that decided, such as `Isolate` or `Cancel`; null for a blocked item. */
  readonly type: string | null
  readonly outcome: Outcome
  /** True where the action that decided was not submitted by this run. */
  readonly adopted?: true
  readonly actionId: string | null
  /** The service's last word for the action. */
  readonly status: string | null
  /** Stable code of what went wrong (`moved`, `took-effect`, `chain-open`, a block code, the service's code), else null. */
  readonly code: string | null
  /** One sentence for people: what happened and the way out; null where there is nothing to add. */
  readonly detail: string | null
  readonly submittedAt: string | null
  readonly endedAt: string | null
}

/** The result document of an apply (`--json`). */
export interface ApplyResult {
  readonly formatVersion: '1.0'
  readonly planId: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly exit: { readonly code: number; readonly name: ExitName | 'signal' }
  /** Sorted by address. */
  readonly outcomes: readonly ChangeOutcome[]
  /** Counts of every outcome that occurs. */
  readonly summary: { readonly [outcome in Outcome]?: number }
  /** Machines that the plan wanted held and that are not held now, by name or id, sorted. */
  readonly notContained: readonly string[]
  /** Machines left without the hold that a chain lifted; first line of the result. */
  readonly chainOpen: readonly string[]
  /** What moved since the plan was made; only where the exit is `stale`. */
  readonly moved: readonly { readonly address: string; readonly message: string }[]
  readonly diagnostics: readonly {
    readonly severity: 'error' | 'warning' | 'info'
    readonly code: string
    readonly message: string
  }[]
  /** The `--reason` given with an override. */
  readonly reason?: string
  readonly overriddenGuards?: readonly string[]
  /** How the waves went; absent where everything went at once and nothing could stop it. */
  readonly rollout?: RolloutResult
  /** Machines of the waves that `--no-waves` skipped; the reason is `reason`. */
  readonly skippedWaves?: readonly number[]
}

/** How the waves of an apply went. */
export interface RolloutResult {
  readonly waves: readonly {
    readonly machines: number
    /** `open`: it had not ended when the run did. */
    readonly state: 'ended' | 'stopped' | 'open' | 'not-started'
    /** Machines on which something failed, timed out, was cancelled or left no trace. */
    readonly failed: number
    /** Machines that were Active before their change and were not any more when the wave had ended. */
    readonly silent: number
  }[]
  readonly stopWhen: PlannedRollout['stopWhen']
}
