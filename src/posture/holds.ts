import type { MachineAction } from './machine-action.ts'
import type { ActionType } from './methods.ts'

export type HoldName = 'isolated' | 'restricted'

/** How strong a hold is; `unknown` is a succeeded Isolate that carries no scope. */
export type HoldLevel = 'none' | 'full' | 'selective' | 'unmanaged' | 'restricted' | 'unknown'

/** One pair of the service's actions that start and end a hold. */
export interface HoldPair {
  readonly name: HoldName
  readonly impose: ActionType
  readonly lift: ActionType
  /** The level that a succeeded impose of this pair leaves behind. */
  levelOf(action: MachineAction): HoldLevel
  /** Whether the service ends a hold of this level by itself (docs/service.md#isolation-lapse). */
  endsByItself(level: HoldLevel): boolean
}

const ISOLATION_SCOPES: ReadonlyMap<string, HoldLevel> = new Map([
  ['full', 'full'],
  ['selective', 'selective'],
  ['unmanageddevice', 'unmanaged'],
])

/** Containment of a device that is not onboarded stays until it is lifted. */
const ENDING: ReadonlySet<HoldLevel> = new Set(['full', 'selective', 'unknown'])

/** The hold facets and the pair of actions behind each. */
export const HOLD_PAIRS: Readonly<Record<HoldName, HoldPair>> = {
  isolated: {
    name: 'isolated',
    impose: 'Isolate',
    lift: 'Unisolate',
    levelOf: action => ISOLATION_SCOPES.get(action.scope?.toLowerCase() ?? '') ?? 'unknown',
    endsByItself: level => ENDING.has(level),
  },
  restricted: {
    name: 'restricted',
    impose: 'RestrictCodeExecution',
    lift: 'UnrestrictCodeExecution',
    levelOf: () => 'restricted',
    endsByItself: () => false,
  },
}
