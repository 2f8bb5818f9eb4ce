import type { HoldPosture } from './fold-hold.ts'
import type { HoldLevel } from './holds.ts'
import type { MachineAction } from './machine-action.ts'

/** A stretch of time in which one level of a hold was in effect, told by the actions that succeeded. */
export interface HoldStretch {
  readonly level: HoldLevel
  /** Succeeded imposes of the level, the one that began it first. */
  readonly imposes: readonly [MachineAction, ...MachineAction[]]
  /** What lifted it or replaced it by another level; null where it still holds. */
  readonly end: MachineAction | null
}

/**
 * Divides the succeeded actions of a hold into the stretches in which it was in effect, in the order of time. A stretch
 * begins and ends where its actions ended; another level ends one and begins the next.
 */
export function holdStretches({ succeeded }: HoldPosture): readonly HoldStretch[] {
  const stretches: HoldStretch[] = []
  let open: HoldStretch | undefined
  for (const { action, direction, level } of succeeded) {
    if (open?.level === level) {
      open = { ...open, imposes: [...open.imposes, action] }
      continue
    }
    if (open !== undefined) stretches.push({ ...open, end: action })
    open = direction === 'impose' ? { level, imposes: [action], end: null } : undefined
  }
  return open === undefined ? stretches : [...stretches, open]
}
