import type { Instant } from '../schema/instant.ts'
import type { HoldLevel } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import type { DirectedAction } from './walk-hold.ts'

/** How a stretch ended. */
export interface StretchEnd {
  readonly at: Instant
  /** `lapsed`: the service ended it by itself, whether it wrote that down or not. */
  readonly cause: 'lifted' | 'lapsed' | 'offboarded'
  /** The action that tells it; null for a lapse that nobody wrote down. */
  readonly by: MachineAction | null
  /** `extends: true` had moved the end, and the service lifted at the first one all the same. */
  readonly isExtensionWrong: boolean
}

/** A stretch of time in which a machine was held without a break, told by the actions that succeeded. */
export interface HoldStretch {
  /** Succeeded imposes, the one that began it first. */
  readonly imposes: readonly [DirectedAction, ...DirectedAction[]]
  /** When the service ends it by itself; null where it stays until it is lifted. */
  readonly until: Instant | null
  /** Null where it still holds. */
  readonly end: StretchEnd | null
  /** Whether it began as a renewal and goes on with the stretch before it. */
  readonly continues: boolean
}

/** A part of a stretch in which one level was in effect. */
export interface LevelStretch {
  readonly level: HoldLevel
  /** Succeeded imposes of the level, the one that began it first. */
  readonly imposes: readonly [MachineAction, ...MachineAction[]]
  /** When something else began; null where it still holds. */
  readonly to: Instant | null
  /** What lifted it or replaced it by another level; null where it still holds, and where it ended by itself unwritten. */
  readonly end: MachineAction | null
  /** Whether it ended by itself. */
  readonly hasLapsed: boolean
  /** Whether the service wrote the end down. */
  readonly byService: boolean
  readonly until: Instant | null
}

/**
 * Divides stretches into those of one level each, in the order of time. A stretch begins and ends where its actions
 * ended; another level ends one and begins the next.
 */
export function levelStretches(stretches: readonly HoldStretch[]): readonly LevelStretch[] {
  return stretches.flatMap(({ imposes, until, end }) => {
    const parts: (readonly [DirectedAction, ...DirectedAction[]])[] = []
    for (const impose of imposes) {
      const open = parts.at(-1)
      if (open?.[0].level === impose.level) parts[parts.length - 1] = [...open, impose]
      else parts.push([impose])
    }
    return parts.map(([first, ...others], index): LevelStretch => {
      const next = parts[index + 1]?.[0].action
      const hasLapsed = next === undefined && end?.cause === 'lapsed'
      return {
        level: first.level,
        imposes: [first.action, ...others.map(({ action }) => action)],
        to: next?.lastUpdateDateTimeUtc ?? end?.at ?? null,
        end: next ?? end?.by ?? null,
        hasLapsed,
        byService: hasLapsed && end.by !== null,
        until: next === undefined ? until : null,
      }
    })
  })
}
