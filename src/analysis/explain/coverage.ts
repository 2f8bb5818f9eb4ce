import type { Findings } from '../../plan/assemble/assemble-plan.ts'
import { foldHold } from '../../posture/fold-hold.ts'
import { HOLD_PAIRS, type HoldName } from '../../posture/holds.ts'

/** How many of something are held, and how many of those live policies declare as held. */
export interface CoveredCount {
  readonly held: number
  readonly declared: number
}

/** How much of what is held in the tenant is declared. */
export interface Coverage {
  /** A machine counts as declared where each of its holds is. */
  readonly machines: CoveredCount
  readonly holds: CoveredCount
  /** Declared machines by held ones, cut to four digits so that it is never more than it is; null where none is held. */
  readonly share: number | null
}

const HOLDS: readonly HoldName[] = ['isolated', 'restricted']

/**
 * Counts the effective holds of the tenant and those that a live policy declares, at whatever strength. A policy that
 * declares the machine free, that has expired or that contradicts another declares no hold.
 *
 * @returns Null where not all of the tenant was read: what was not read is unknown.
 */
export function coverageOf({ input, claims, history, lens }: Findings): Coverage | null {
  const { observation } = input
  if (observation.failures.length > 0 || observation.scope === 'named') return null
  const machines = { held: 0, declared: 0 }
  const holds = { held: 0, declared: 0 }
  for (const id of history.machineIds) {
    const mine = claims.get(id) ?? []
    const held = HOLDS.filter(facet => foldHold(history.of(id), HOLD_PAIRS[facet], lens).level !== 'none')
    if (held.length === 0) continue
    const declared = held.filter(facet =>
      mine.some(claim => claim.kind === 'hold' && claim.facet === facet && claim.level !== 'none'),
    )
    holds.held += held.length
    holds.declared += declared.length
    machines.held += 1
    if (declared.length === held.length) machines.declared += 1
  }
  const share = machines.held === 0 ? null : Math.floor((machines.declared * 10_000) / machines.held) / 10_000
  return { machines, holds, share }
}
