import { foldHold } from '../../posture/fold-hold.ts'
import { compareText, indexHistory } from '../../posture/history.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import { foldMergedActions, resolveMerges } from '../../posture/merges.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Observation } from './observation.ts'
import { type LensSettings, lensFor } from './plan-lens.ts'

/** Which devices are asked what they report of themselves. */
export interface ReportNeed {
  /** Sorted. */
  readonly machineIds: readonly string[]
  /** When the hold of some of them ended: what they reported last before it is wanted too. Sorted. */
  readonly ends: readonly { readonly machineId: string; readonly at: Instant }[]
  /** Whether every other device that reports to be isolated or restricted is wanted too: all of the tenant was read. */
  readonly alsoOthers: boolean
}

/**
 * Says which devices are to be asked: of named machines all, of a whole tenant those whose isolation holds, or ended by
 * itself.
 *
 * Of a hold that ended it matters whether the device had denied it before: then somebody freed it, and no renewal is
 * made (docs/contract.md#lost).
 */
export function reportNeed(
  observation: Pick<Observation, 'machines' | 'actions' | 'scope' | 'readAt'>,
  settings: LensSettings,
): ReportNeed {
  const merges = resolveMerges(observation.machines)
  const actions = foldMergedActions(observation.actions, merges)
  const history = indexHistory(actions)
  const lens = lensFor({ actions }, settings, observation.readAt, history)
  const isWhole = observation.scope === 'tenant'
  const ids = isWhole ? history.machineIds : observation.machines.map(({ id }) => merges.ownerOf(id))
  const asked = new Map<string, Instant | null>()
  for (const id of new Set(ids)) {
    const { level, lapsed } = foldHold(history.of(id), HOLD_PAIRS.isolated, lens)
    const mayHold = lapsed !== null || (level !== 'none' && level !== 'unmanaged')
    if (!mayHold && isWhole) continue
    // A device that was merged reports under the record that remains, and did under the other one before.
    for (const record of [id, ...merges.recordsOf(id).map(machine => machine.id)])
      if (merges.ownerOf(record) === id) asked.set(record, lapsed?.at ?? null)
  }
  const machineIds = [...asked.keys()].sort(compareText)
  const ends = machineIds.flatMap(machineId => {
    const end = asked.get(machineId) ?? null
    return end === null ? [] : [{ machineId, at: end }]
  })
  return { machineIds, ends, alsoOthers: isWhole }
}
