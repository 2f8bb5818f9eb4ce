import type { MachineAction } from '../../posture/machine-action.ts'
import { isOwn, type OwnNames, parseMarker, policyNamed } from '../../posture/marker.ts'
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

function planOf({ requestorComment }: MachineAction): string {
  return parseMarker(requestorComment)?.plan ?? NO_PLAN
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
  const ours = actions.filter(action => isOwn(action, name) && planOf(action) !== NO_PLAN)
  const newest = ours.toSorted(compareNewestFirst)[0]
  if (newest === undefined) return undefined
  const plan = planOf(newest)
  return {
    plan,
    words: wordsOf(
      plan,
      newest,
      ours.filter(action => planOf(action) === plan),
    ),
  }
}

function wordsOf(plan: string, newest: MachineAction, carried: readonly MachineAction[]): string {
  const types = new Map<string, number>()
  for (const { type } of carried) types.set(type, (types.get(type) ?? 0) + 1)
  const did = [...types].sort().map(([type, count]) => `${count} ${type}`)
  const machines = new Set(carried.map(({ machineId }) => machineId)).size
  const policies = new Set(carried.flatMap(({ requestorComment }) => policyNamed(requestorComment) ?? []))
  const on = machines === 1 ? '1 machine' : `${machines} machines`
  return `the last plan of ours is ${plan}: ${did.join(', ')} on ${on}, for ${[...policies].sort().join(', ')}, the newest at ${displayInstant(newest.creationDateTimeUtc)}.`
}
