import type { Target } from '../../plan/document/document.ts'

/** The lease of a tenant, as documents show it; times are text. */
export interface LeaseDocument {
  readonly id: string
  readonly owner: string
  readonly planId: string | null
  readonly runId: string | null
  readonly journal: string | null
  readonly created: string
  readonly renewed: string
  readonly expires: string
  /** `live`: its owner runs, or nobody can tell from here. `dead`: the next apply takes it over by itself. */
  readonly state: 'live' | 'dead'
  readonly removed: boolean
}

/** One change of a run that is not over, or that somebody must look at. */
export interface RunItemDocument {
  readonly address: string
  /** Null where the plan is not at hand, or the machine has no name. */
  readonly dnsName: string | null
  /** `queued` was not sent, `sending` has no answer; else `in-flight`, or the outcome. */
  readonly state: string
}

/** One run of an apply, as its journal tells it. */
export interface RunDocument {
  readonly runId: string
  readonly planId: string
  /** Who runs it, such as `process 4711 on soc-jump-1`; null where the journal does not tell. */
  readonly owner: string | null
  /**
   * `submitting` holds the lease; `awaiting` runs without it; `gone` is known to have ended without writing its end;
   * `unknown` cannot be seen from this host; `ended` wrote its end.
   */
  readonly state: 'submitting' | 'awaiting' | 'gone' | 'unknown' | 'ended'
  readonly startedAt: string
  readonly lastEventAt: string
  readonly exit: { readonly code: number; readonly name: string } | null
  /** Changes and awaited actions of the plan, and how many of them stand where. */
  readonly counts: {
    readonly planned: number
    readonly submitted: number
    readonly queued: number
    readonly sending: number
    readonly inFlight: number
    readonly ended: Readonly<Record<string, number>>
  }
  /** Until when quota holds submitting back; null where it does not. */
  readonly heldUntil: string | null
  /** The wave that was opened last, counted from 1; null where everything went at once. */
  readonly wave: {
    readonly number: number
    readonly of: number
    readonly machines: number
    /** Whether a stop rule ended it, and with it the run. */
    readonly stopped: boolean
  } | null
  /** What is not over or went wrong, sorted by address. */
  readonly items: readonly RunItemDocument[]
  readonly journal: string
  /** The command that goes on with it; null where a later run did, it still runs, or its plan is not there or has expired. */
  readonly resume: string | null
}

/** The document of `apply --status`. */
export interface StatusDocument {
  readonly formatVersion: '1.0'
  readonly target: Target
  readonly readAt: string
  /** Where journals and plans of the target are. */
  readonly folder: string
  /** Null where nobody holds it, as while a run only awaits. */
  readonly lease: LeaseDocument | null
  /** Runs that are not over, or left something open; the newest first. */
  readonly unfinished: readonly RunDocument[]
  /** The last runs that came to their end, the newest first. */
  readonly finished: readonly RunDocument[]
  /** Journals that cannot be read. */
  readonly unreadable: readonly { readonly journal: string; readonly message: string }[]
}
