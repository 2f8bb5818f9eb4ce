import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { Configuration } from '../schema/configuration.ts'
import type { Instant } from '../schema/instant.ts'
import type { Change } from './document.ts'

/** What a change is looked at again with: the fresh history of its machine. */
export interface RecheckContext {
  readonly configuration: Configuration
  readonly planId: string
  readonly now: Instant
  readonly machine: Machine | undefined
  /** All actions of the machine in the look-back, any order. */
  readonly actions: readonly MachineAction[]
}

/** What a second look says about a planned change. */
export type Recheck =
  /** What it rests on stands still: send it. */
  | { readonly kind: 'unmoved' }
  /** The declared state holds already, without an action of this plan. */
  | { readonly kind: 'satisfied'; readonly actionId: string | null }
  /** An action that this plan did not send leads to the goal and is in flight: await it, submit nothing. */
  | { readonly kind: 'in-flight'; readonly action: MachineAction }
  /** Something else: the change must not be sent. `message` says what moved, and who moved it. */
  | { readonly kind: 'moved'; readonly message: string }
