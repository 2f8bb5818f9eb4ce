import type { MissingPermission, NeededPermission } from '../../analysis/by-hand/policy-permissions.ts'
import type { Target } from '../../plan/document/document.ts'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly name: string
  /** `skipped`: something before it is wrong, so that nothing can be said. */
  readonly status: 'ok' | 'warning' | 'error' | 'skipped'
  readonly message: string
  readonly wayOut: string | null
}

/** What the token says of itself; never the token. */
export interface DoctorToken {
  readonly audience: string | null
  readonly tenantId: string | null
  readonly expiresAt: string | null
  /** Application permissions, sorted; null where the token tells none. */
  readonly roles: readonly string[] | null
}

/** What one policy needs. */
export interface DoctorPolicy {
  readonly policy: string
  readonly file: string
  readonly line: number
  readonly plan: { readonly anyOf: readonly string[]; readonly has: boolean | null }
  readonly apply: readonly NeededPermission[]
}

/** How one probe of a permission ended. */
export interface DoctorProbe {
  /** The type of the action, or `Cancel`. */
  readonly method: string
  /** The permission, or all of those of which one is enough. */
  readonly permission: string
  readonly status: 'proven' | 'missing' | 'refused' | 'unclear' | 'accepted'
  readonly message: string | null
}

/** The document of `doctor`. */
export interface DoctorDocument {
  readonly formatVersion: '1.0'
  readonly toolVersion: string
  readonly healthy: boolean
  readonly target: Target | null
  readonly cloud: string | null
  readonly token: DoctorToken | null
  readonly checks: readonly DoctorCheck[]
  readonly policies: readonly DoctorPolicy[]
  /** Permissions that policies need and the token lacks. */
  readonly missing: readonly MissingPermission[]
  /** Commands that act beside the policies, and whether the token is enough for them. */
  readonly commands: readonly {
    readonly command: string
    readonly permission: string
    readonly has: boolean | null
  }[]
  /** Null without `--probe`. */
  readonly probes: readonly DoctorProbe[] | null
}
