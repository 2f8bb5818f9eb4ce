import type { EvidenceSettings } from '../schema/configuration.ts'
import type { Instant } from '../schema/instant.ts'
import { compareText } from './history.ts'

/** What a device reported of itself at one time (docs/service.md#device-info). */
export interface Evidence {
  /** Lower case. */
  readonly machineId: string
  readonly at: Instant
  readonly isolated: boolean
}

/** What devices reported, and what makes a report count (docs/contract.md#evidence-counts). */
export interface EvidenceLens {
  /** Reports by machine, oldest first. */
  readonly of: ReadonlyMap<string, readonly Evidence[]>
  /** A report speaks of an action only this long after its last update. */
  readonly settleMs: number
  /** An older report says nothing of now. */
  readonly freshMs: number
}

/** Makes of reports what holds are folded with. */
export function evidenceLens(
  rows: readonly Evidence[],
  { settle, fresh }: Pick<EvidenceSettings, 'settle' | 'fresh'>,
): EvidenceLens {
  return { of: indexEvidence(rows), settleMs: settle.ms, freshMs: fresh.ms }
}

/** Finds reports by machine, oldest first; the order in which they were read changes nothing. */
function indexEvidence(rows: readonly Evidence[]): EvidenceLens['of'] {
  const byMachine = new Map<string, Evidence[]>()
  for (const row of rows) {
    const list = byMachine.get(row.machineId)
    if (list === undefined) byMachine.set(row.machineId, [row])
    else list.push(row)
  }
  for (const list of byMachine.values()) {
    // Of two reports of one instant the one that says "free" counts last: it calls nothing held.
    list.sort((a, b) => compareText(a.at, b.at) || Number(b.isolated) - Number(a.isolated))
  }
  return byMachine
}
