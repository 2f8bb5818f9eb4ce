import type { Change } from '../plan/document/document.ts'
import { foldHold } from '../posture/fold-hold.ts'
import { indexHistory } from '../posture/history.ts'
import type { HoldLens } from '../posture/hold-lens.ts'
import { HOLD_PAIRS, type HoldLevel, type HoldName } from '../posture/holds.ts'
import type { MachineAction } from '../posture/machine-action.ts'

/** A change of a hold. */
export type HoldChange = Change & { readonly facet: HoldName }

/** Says whether a change is about a hold. */
export function isHoldChange(change: Change): change is HoldChange {
  return change.facet === 'isolated' || change.facet === 'restricted'
}

/** The level of a hold that the known history of a machine says is in effect. */
export function levelOf(
  machineId: string,
  facet: HoldName,
  actions: readonly MachineAction[],
  lens: HoldLens,
): HoldLevel {
  return foldHold(indexHistory(actions).of(machineId), HOLD_PAIRS[facet], lens).level
}
