import type { Need, Observation } from '../plan/select/observation.ts'
import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { ActionType } from '../posture/methods.ts'
import type { Instant } from '../schema/instant.ts'

/** Time as apply sees it; a hand-driven clock in tests. */
export interface Clock {
  /** Wall time, for stamps that others read. It can be set, forward or back. */
  now(): Instant
  /**
   * Milliseconds of a clock that nobody can set, since whenever. Spans are measured by it; it may stand still while
   * the machine is suspended.
   */
  monotonicMs(): number
  /** Resolves after `ms`, or at once when the signal aborts (never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What the service can find an answer by, for the record of the run. */
export interface AnswerTrace {
  readonly httpStatus: number
  /** The service's correlation id; null where it gave none. */
  readonly correlation: string | null
}

/** How one POST ended, as a value: a transport never throws for what the network or the service did. */
export type SubmitAnswer = AnswerKind & {
  /** Absent where no answer came. */
  readonly trace?: AnswerTrace
}

type AnswerKind =
  /** 201 (or 200 for a cancel) and the action as the service answered it. */
  | { readonly kind: 'accepted'; readonly action: MachineAction }
  /** The service refused for good: 400, 403, 404 and other 4xx. `code` is the service's own. */
  | { readonly kind: 'rejected'; readonly status: number; readonly code: string; readonly message: string }
  /** 400 ActiveRequestAlreadyExists: an action of this kind is already in flight. */
  | { readonly kind: 'active-exists'; readonly message: string }
  /** 429, or no token just now: nothing was accepted; `retryAfterMs` from the header, 60 s where it is missing. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** The token was refused twice, or none can be had: no further request can succeed. */
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** Reset, time-out, 5xx or an unreadable answer: the service may or may not have accepted it. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** It was not to leave any more when it could have: nothing was sent. */
  | { readonly kind: 'withheld' }

/** A list of actions, or why it could not be read (after the client's own retries). */
export type ListAnswer =
  | {
      readonly kind: 'listed'
      readonly actions: readonly MachineAction[]
      /** The service's clock minus that of the wall, where the answer told it. */
      readonly clockSkewMs?: number
    }
  | { readonly kind: 'failed'; readonly message: string; readonly unauthorized: boolean }

/** Which actions a list call asks for: those of the ids, or of the machines created at or after a time. */
export type ActionQuery =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'machines'; readonly machineIds: readonly string[]; readonly createdFrom: Instant }

/** Asked at the moment at which a request would leave, whatever it waited for until then; where it says no, it does not. */
export type MayLeave = () => boolean

/** The service as apply sees it. */
export interface ActionApi {
  /** One shared look; retried inside for reads, a read that fails for good is in `failures`. */
  observe(need: Need, signal?: AbortSignal): Promise<Observation>
  /** Machines by id, for their health; used by looks between submissions. */
  listMachines(ids: readonly string[], signal?: AbortSignal): Promise<readonly Machine[] | null>
  /** As few list calls as the service allows for the query, never one per action. */
  listActions(query: ActionQuery, signal?: AbortSignal): Promise<ListAnswer>
  /** Exactly one POST (a second one only after a 401, since nothing was accepted then). Never retried. */
  submit(
    machineId: string,
    type: ActionType,
    body: Readonly<Record<string, unknown>>,
    mayLeave?: MayLeave,
  ): Promise<SubmitAnswer>
  cancel(actionId: string, comment: string, mayLeave?: MayLeave): Promise<SubmitAnswer>
}

/** One line of the journal. Never holds tokens, bodies or links. */
export interface JournalEntry {
  readonly event: string
  readonly at: string
  readonly [key: string]: unknown
}

/** Append-only record of a run. `append` returns after the line is on disk. */
export interface Journal {
  append(entry: JournalEntry): Promise<void>
  /** Entries of earlier runs of the same plan, and the submissions of the last hour of every plan of the tenant. */
  read(): Promise<readonly JournalEntry[]>
}

/** Who had a lease that was taken over, as far as the lease tells. */
export interface FormerHolder {
  readonly owner: string
  readonly planId: string | null
  readonly runId: string | null
  /** When he last renewed it. */
  readonly renewedAt: Instant
  /** From when on no request of his can be on its way any more, by our clock. */
  readonly silentFrom: Instant
}

/** What the one before submitted last, before giving the lease back, may be missing from lists until a time. */
export interface Settling {
  readonly until: Instant
  /** The run that submitted it; null where the lease does not tell. */
  readonly runId: string | null
}

/** Somebody waits for a holder to give the lease up. */
export interface YieldRequest {
  readonly owner: string
  readonly planId: string | null
}

export type LeaseAnswer =
  /** `takenOver` where the one before never gave it back: he died, or stopped renewing it. */
  | {
      readonly kind: 'held'
      /** Grows with every holder: the same as before where nobody else had the lease since. */
      readonly generation: number
      readonly takenOver?: FormerHolder
      readonly settling?: Settling
    }
  | {
      readonly kind: 'taken'
      /** Names the lease, for `holdfast unlock`. */
      readonly id: string
      readonly owner: string
      readonly since: string
      readonly expires: string
    }

/** The lease of one tenant: at most one apply submits at a time. */
export interface Lease {
  /** How long it lasts without being renewed. */
  readonly lengthMs: number
  /** Whoever takes it over lets this run write nothing more: once lost, there is no going on with it. */
  readonly isFenced?: true
  /** Takes or keeps the lease, or says who has it. */
  acquire(): Promise<LeaseAnswer>
  renew(): Promise<boolean>
  /** Whether what was acquired is still this run's and has not run out, asked where the lease lies. Never renews it. */
  isStillHeld(): Promise<boolean>
  /** Gives it back. `listedFrom` is when lists have all that was submitted; absent where nothing was. */
  release(listedFrom?: Instant): Promise<void>
  /** Asks whoever holds the lease of this id to give it up; nobody waits for that any more after `until`. */
  askToYield(id: string, until: Instant): Promise<void>
  /** Takes back what this run asked of others. */
  withdraw(): Promise<void>
  /** Who waits for this run to give the lease up that it holds; null where nobody does. */
  yieldAskedBy(): Promise<YieldRequest | null>
}
