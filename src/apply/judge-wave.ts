import { machinesOf } from '../plan/assemble/rollout.ts'
import type { Amount } from '../schema/configuration.ts'
import { type Item, isAwaited } from './item.ts'
import { OUTCOME_MEANINGS } from './outcomes.ts'

/** How the machines of one wave stand; lists are of machine ids. */
export interface WaveTally {
  /** How many machines shares are of: those whose end somebody waits for, or that failed. */
  readonly judged: number
  /** Those on which something failed. */
  readonly failed: readonly string[]
  /** Those on which something is still to be sent, looked for or waited for. */
  readonly open: readonly string[]
}

/**
 * Counts how the machines of one wave stand. Pure.
 *
 * @param isThere - Whether a machine reported when it was last known untouched: nobody waits for one that did not.
 */
export function tallyWave(
  machineIds: readonly string[],
  itemsOf: (machineId: string) => readonly Item[],
  isThere: (machineId: string) => boolean = () => true,
): WaveTally {
  const failed: string[] = []
  const open: string[] = []
  let judged = 0
  for (const id of machineIds) {
    const items = itemsOf(id)
    const hasFailed = items.some(
      ({ stage }) => stage.kind === 'ended' && OUTCOME_MEANINGS[stage.outcome].failsWave,
    )
    if (hasFailed) failed.push(id)
    if (hasFailed || items.some(({ awaited }) => awaited)) judged += 1
    if (items.some(item => isOpen(item, isThere(id)))) open.push(id)
  }
  return { judged, failed, open }
}

function isOpen(item: Item, isThere: boolean): boolean {
  return item.stage.kind === 'in-flight' ? isThere && isAwaited(item) : item.stage.kind !== 'ended'
}

/**
 * How many machines of a wave stop it: at least one, and never more than are judged, so that a wave of which nothing
 * went well stops whatever the rule says.
 */
export function limitOf(rule: Amount, judged: number): number {
  return Math.max(1, machinesOf(rule, judged))
}
