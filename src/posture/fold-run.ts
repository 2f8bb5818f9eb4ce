import type { MachineHistory } from './history.ts'
import type { MachineAction } from './machine-action.ts'
import type { ActionType } from './methods.ts'
import { hasEnded, hasSucceeded } from './status.ts'

/** What the history says of one kind of run on one machine. */
export interface RunPosture {
  /** Succeeded runs that count, oldest last update first. */
  readonly succeeded: readonly MachineAction[]
  /** Ended, unsuccessful runs that count, after the latest succeeded one. */
  readonly endedSince: readonly MachineAction[]
  /** Runs of the type that have not ended, whether they count or not: the service does one of a type at a time. */
  readonly inFlight: readonly MachineAction[]
}

/**
 * Folds the ordered history of one machine into the state of one kind of run.
 *
 * @param counts - Says whether an action is about the same thing (the same file, the same commands).
 */
export function foldRun(
  history: MachineHistory,
  type: ActionType,
  counts: (action: MachineAction) => boolean,
): RunPosture {
  const succeeded: MachineAction[] = []
  const inFlight: MachineAction[] = []
  let endedSince: MachineAction[] = []
  for (const action of history) {
    if (action.type !== type) continue
    if (!hasEnded(action)) inFlight.push(action)
    else if (!counts(action)) continue
    else if (!hasSucceeded(action)) endedSince.push(action)
    else {
      succeeded.push(action)
      endedSince = []
    }
  }
  return { succeeded, endedSince, inFlight }
}

/** The ids that a decision about a run rests on: the latest success and every later end, sorted. */
export function runBasis(posture: RunPosture): readonly string[] {
  const latest = posture.succeeded.at(-1)
  return [...(latest === undefined ? [] : [latest.id]), ...posture.endedSince.map(action => action.id)].sort()
}
