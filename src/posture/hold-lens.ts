import type { IsolationEffect } from '../schema/configuration.ts'
import type { Instant } from '../schema/instant.ts'
import type { EvidenceLens } from './evidence.ts'
import { type History, indexHistory } from './history.ts'
import { HOLD_PAIRS } from './holds.ts'
import type { MachineAction } from './machine-action.ts'
import type { OwnNames } from './marker.ts'
import { mayBeService, requestorOf } from './service-lift.ts'
import { walkHold } from './walk-hold.ts'

/**
 * What holds are read with besides the actions of their machine: a hold can end by itself, so that what a history says
 * depends on the time and on what the service does (docs/contract.md#lapse).
 */
export interface HoldLens {
  /** The configuration's name, which decides whose markers are ours. */
  readonly name: OwnNames
  readonly effect: Pick<IsolationEffect, 'lasts' | 'extends' | 'renewWithin'>
  /** The service's clock at the time that is asked about. */
  readonly now: Instant
  /** Requestors that asked for something of their own, in small letters: what they ask is never the service's doing. */
  readonly requestors: ReadonlySet<string>
  /** Whether the service was seen to end a hold by itself in what was read; absent: no. */
  readonly hasSeenLapse?: boolean
  /** What devices report; absent where nobody asked them. */
  readonly evidence?: EvidenceLens
}

/**
 * Makes the lens for all machines whose actions were read.
 *
 * A requestor that also asked for anything but a lift at the very time at which the service lifts is somebody, and all
 * its lifts are somebody's. Only requestors of such lifts have to be looked for.
 */
export function lensOf(
  actions: readonly MachineAction[],
  base: Omit<HoldLens, 'requestors'>,
  history: History = indexHistory(actions),
): HoldLens {
  const nobody: HoldLens = { ...base, requestors: new Set() }
  if (base.effect.lasts === undefined) return nobody
  const pair = HOLD_PAIRS.isolated
  const suspects = new Set(
    actions
      .filter(action => action.type === pair.lift && mayBeService(action))
      .map(({ machineId }) => machineId),
  )
  const timed = new Set<string>()
  for (const id of suspects)
    for (const { id: lift } of walkHold(history.of(id), pair, nobody).serviceLifts) timed.add(lift)
  if (timed.size === 0) return nobody
  const requestors = new Set(actions.filter(({ id }) => !timed.has(id)).map(requestorOf))
  requestors.delete('')
  const hasSeenLapse = actions.some(action => timed.has(action.id) && !requestors.has(requestorOf(action)))
  return { ...base, requestors, hasSeenLapse }
}
