import { type HoldPosture, unprovenLapse } from '../../posture/fold-hold.ts'
import type { MachineAction } from '../../posture/machine-action.ts'

/** The impose that holds the machine, ours that is on its way to or may hold still; undefined where nothing does. */
export function lastImpose(posture: HoldPosture): MachineAction | undefined {
  const flight = posture.inFlight.find(({ own, direction }) => own && direction === 'impose')
  return (posture.imposes.at(-1) ?? flight ?? unprovenLapse(posture)?.imposes.at(-1))?.action
}
