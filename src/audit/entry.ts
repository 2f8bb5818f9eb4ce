import type { Target } from '../plan/document/document.ts'

/** The version of the lines of a record. */
export const RECORD_FORMAT = '1.0'

/** One line of a record before it is sealed. Never holds a token, a body, a comment or a link. */
export interface AuditEntry {
  readonly event: string
  /** When it happened, by the clock that the run went by. */
  readonly at: string
  readonly [key: string]: unknown
}

/** What a run applies. */
export interface AuditedPlan {
  readonly planId: string
  /** Digest of the whole document: `sha256:` and 64 hex digits. */
  readonly digest: string
  /** The saved plan as it was named; null where the plan was made by the run. */
  readonly file: string | null
  readonly createdAt: string
  readonly expiresAt: string
  readonly changes: number
  /** Commit and digests of the policies that it was made from. */
  readonly source: unknown
}

/** What the pipeline says of who started it; environment variables, which prove nothing. */
export interface CiIdentity {
  readonly provider: string
  readonly [name: string]: string
}

/** Who ran: the account and machine, the pipeline where one says so, and what the token says of itself. */
export interface Who {
  readonly user: string | null
  readonly host: string
  readonly ci: CiIdentity | null
  /** Claims of the token that was used, unverified; null where it cannot be read. */
  readonly token: { readonly appId: string | null; readonly objectId: string | null } | null
}

/** How a run was consented to, and what it was let go beyond. */
export interface Approval {
  /** In the order in which they count; empty where nobody consented. */
  readonly by: readonly ('plan-file' | 'expect' | 'auto-approve' | 'renewals' | 'prompt' | 'resume')[]
  /** The id that `--expect` named. */
  readonly expected: string | null
  /** The key that signed the plan, where a signature was checked. */
  readonly signature: { readonly keyId: string } | null
  /** Safeties that were overridden by name, sorted. */
  readonly overrides: readonly string[]
  /** The `--reason`. */
  readonly reason: string | null
}

/** An earlier record that a new one follows: its run, and its last line at that time. */
export interface Parent {
  readonly runId: string
  /** `hash` of that line. */
  readonly hash: string
}

/** The first line of a record. */
export interface RunHead extends AuditEntry {
  readonly event: 'run'
  readonly formatVersion: typeof RECORD_FORMAT
  readonly runId: string
  readonly toolVersion: string
  /** `apply`, `undo`, `actions cancel`, … */
  readonly command: string
  readonly target: Target
  /** Null for what no plan asks for, and where the plan was not believed. */
  readonly plan: AuditedPlan | null
  readonly who: Who
  readonly approval: Approval
  /** The records that no other followed when this one began; empty for the first. */
  readonly parents: readonly Parent[]
}
