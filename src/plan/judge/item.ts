import type { Machine } from '../../posture/machine.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { FacetName } from '../../schema/policy.ts'
import type { Contributor } from '../claim/claim.ts'
import type { DriftKind } from '../document/document.ts'
import type { Decision } from './decision.ts'

/** Something that moved at one address, before it is written down. */
export interface DriftFinding {
  readonly kind: DriftKind
  readonly expected: string
  readonly actual: string
  /** The action that tells who. */
  readonly by: MachineAction | null
  /** Whether that action is the service's own lift. */
  readonly byService?: boolean
  /** The impose that ended: what `lapsed` and `lost` are about. */
  readonly ended?: MachineAction | null
}

/** Everything that planning knows about one address: what is asked, what holds, what to do. */
export interface Item {
  readonly address: string
  readonly machine: Machine
  readonly facet: FacetName
  /** Null where no policy speaks of the address. */
  readonly lead: Contributor | null
  /** Names of all policies that take part, for targets. */
  readonly policies: readonly string[]
  readonly decision: Decision
  /** What the history says holds: a level, or the last run. */
  readonly holds: string
  readonly basis: readonly string[]
  /** Actions in flight at this address. */
  readonly inFlight: readonly MachineAction[]
  readonly drift: DriftFinding | null
  readonly dependsOn: readonly string[]
  /** Whether it is what `apply --renewals` makes: a renewal, one in flight, or what takes back an expired one. */
  readonly ofRenewals?: boolean
  /** The machine has no action in a look-back that it is older than: what holds is assumed. */
  readonly assumed: boolean
  /** What becomes the comment of the requests. */
  readonly comment: string
  /** Set where an error, not only a block, stands at this address. */
  readonly error: { readonly code: string; readonly message: string } | null
}
