import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, type OwnNames, parseMarker, policyOf } from '../../posture/marker.ts'
import { compareNewestFirst } from '../../posture/select-actions.ts'
import { displayInstant } from '../../schema/instant.ts'

/** The marker of what was asked by hand names no plan. */
const NO_PLAN = '0'.repeat(8)

/** The plan that sent the newest of our actions. */
export interface LastPlan {
  /** First 8 hex digits of its id, as markers carry them. */
  readonly plan: string
  /** What it did, when and under which policies: one sentence. */
  readonly words: string
}

/** An action of ours, and what its marker says. */
interface Carried {
  readonly action: MachineAction
  readonly plan: string
  readonly policy: string
}

function carriedBy(action: MachineAction, name: OwnNames): readonly Carried[] {
  const marker = parseMarker(action.requestorComment)
  if (marker === undefined || marker.plan === NO_PLAN || !isOwn(action, name)) return []
  return [{ action, plan: marker.plan, policy: policyOf(marker) }]
}

/**
 * Finds the plan that our newest action carries, whatever it did: to pass over a release, since nothing of it can be
 * undone, would release what the plan before it holds.
 *
 * @param actions - In any order.
 * @param name - Whose markers are ours.
 * @returns Undefined where no action of ours is of a plan.
 */
export function findLastPlan(actions: readonly MachineAction[], name: OwnNames): LastPlan | undefined {
  const ours = actions.flatMap(action => carriedBy(action, name))
  const newest = ours.toSorted((a, b) => compareNewestFirst(a.action, b.action))[0]
  if (newest === undefined) return undefined
  const { plan, action } = newest
  const carried = ours.filter(each => each.plan === plan)
  return {
    plan,
    words: `the last plan of ours is ${plan}: ${didWords(carried)}, the newest at ${displayInstant(action.creationDateTimeUtc)}.`,
  }
}

/** `2 Isolate, 1 RunAntiVirusScan on 2 machines, for contain, scan`. */
function didWords(carried: readonly Carried[]): string {
  const types = new Map<string, number>()
  for (const { action } of carried) types.set(action.type, (types.get(action.type) ?? 0) + 1)
  const did = [...types].sort().map(([type, count]) => `${count} ${type}`)
  const machines = new Set(carried.map(({ action }) => action.machineId)).size
  const policies = [...new Set(carried.map(({ policy }) => policy))].sort()
  return `${did.join(', ')} on ${machines === 1 ? '1 machine' : `${machines} machines`}, for ${policies.join(', ')}`
}
