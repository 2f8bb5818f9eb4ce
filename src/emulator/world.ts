import type { ActionStore } from './action-store.ts'
import type { Isolations } from './isolations.ts'
import type { Library } from './library-store.ts'
import type { Links } from './links.ts'
import type { MachineStore } from './machine-store.ts'
import type { Outcomes } from './outcomes.ts'
import type { Quotas } from './quota.ts'
import type { Random } from './random.ts'
import type { GraphReplies, Replies } from './reply.ts'
import type { Settings } from './settings.ts'
import type { Stamper } from './stamp.ts'
import type { StatusMachine } from './status-machine.ts'
import type { StoredAction } from './stored-action.ts'

/** Everything the handlers of one emulator share. */
export interface World {
  readonly settings: Settings
  readonly machines: MachineStore
  readonly actions: ActionStore
  readonly library: Library
  readonly links: Links
  readonly outcomes: Outcomes
  readonly statuses: StatusMachine
  readonly isolations: Isolations
  readonly quotas: Quotas
  readonly replies: Replies
  readonly graphReplies: GraphReplies
  readonly random: Random
  readonly stamper: Stamper
  /** Whether an action is older than the history reaches. */
  isForgotten(record: StoredAction, nowMs: number): boolean
}
