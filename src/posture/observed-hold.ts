import { addMs, type Instant } from '../schema/instant.ts'
import type { Evidence, EvidenceLens } from './evidence.ts'
import type { HoldPosture } from './fold-hold.ts'
import type { HoldLens } from './hold-lens.ts'
import type { DirectedAction } from './walk-hold.ts'

/** A report of a device that says something else than its history. */
export interface Observed {
  /** `held`: a lapsed hold that still holds. `lost`: a hold that the device denies before its end. */
  readonly kind: 'held' | 'lost'
  readonly at: Instant
  /** The hold that is lost; null where it holds. */
  readonly lost: { readonly imposes: readonly DirectedAction[]; readonly level: HoldPosture['level'] } | null
}

/**
 * Lets the reports of a device speak about a hold (docs/contract.md#evidence), in both directions. Reports tell of `full`
 * and `selective` isolation alone.
 */
export function observeHold(
  posture: HoldPosture,
  machineId: string,
  lens: HoldLens,
  evidence: EvidenceLens,
): HoldPosture {
  const spoken = latestUpdate(posture)
  if (posture.pair.name !== 'isolated' || spoken === null) return posture
  const settled = addMs(spoken, evidence.settleMs)
  const rows = (evidence.of.get(machineId) ?? []).filter(({ at }) => at > settled && at <= lens.now)
  const row = rows.at(-1)
  if (row === undefined) return posture
  return posture.lapsed === null
    ? observeLost(posture, row, lens, evidence)
    : observeLapsed(posture, row, lens, evidence)
}

/** The last update of whatever of the pair has ended: what a report that counts must be newer than. */
function latestUpdate({ succeeded, endedSince }: HoldPosture): Instant | null {
  return [...succeeded, ...endedSince].reduce<Instant | null>(
    (latest, { action: { lastUpdateDateTimeUtc: at } }) => (latest === null || at > latest ? at : latest),
    null,
  )
}

function isFresh({ at }: Evidence, lens: HoldLens, { freshMs }: EvidenceLens): boolean {
  return at >= addMs(lens.now, -freshMs)
}

function isReported(level: HoldPosture['level']): boolean {
  return level === 'full' || level === 'selective' || level === 'unknown'
}

function observeLost(
  posture: HoldPosture,
  row: Evidence,
  lens: HoldLens,
  evidence: EvidenceLens,
): HoldPosture {
  const { level, imposes } = posture
  if (row.isolated || !isReported(level) || !isFresh(row, lens, evidence)) return posture
  return lose(posture, row, { imposes, level })
}

function observeLapsed(
  posture: HoldPosture,
  row: Evidence,
  lens: HoldLens,
  evidence: EvidenceLens,
): HoldPosture {
  const { lapsed } = posture
  if (lapsed === null) return posture
  const { imposes, level, at } = lapsed
  // Denied before its end, and not reported held since: it was lost, and what is lost does not lapse.
  if (!row.isolated && row.at < at) return lose(posture, row, { imposes, level })
  if (!isFresh(row, lens, evidence)) return posture
  if (!row.isolated) return { ...posture, lapsed: { ...lapsed, isObserved: true } }
  if (row.at <= addMs(at, evidence.settleMs)) return posture
  const observed = { kind: 'held', at: row.at, lost: null } as const
  return { ...posture, level, imposes, lapsed: null, until: nextEnd(imposes, row, lens), observed }
}

/** A later impose that the device shows to have moved the end: then its own time counts, and no report has to be fresh. */
function nextEnd(imposes: readonly DirectedAction[], { at }: Evidence, { effect }: HoldLens): Instant | null {
  const { lasts } = effect
  if (lasts === undefined) return null
  const ends = imposes.map(({ action }) => addMs(action.lastUpdateDateTimeUtc, lasts.ms))
  return ends.find(end => end > at) ?? null
}

function lose(posture: HoldPosture, { at }: Evidence, lost: NonNullable<Observed['lost']>): HoldPosture {
  return {
    ...posture,
    level: 'none',
    imposes: [],
    until: null,
    couldEndAt: null,
    lapsed: null,
    observed: { kind: 'lost', at, lost },
  }
}
