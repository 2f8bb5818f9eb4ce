import type { Duration } from '../schema/duration.ts'
import { addMs, type Instant } from '../schema/instant.ts'
import type { Evidence, EvidenceLens } from './evidence.ts'
import type { HoldPosture, Lapse } from './fold-hold.ts'
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
  if (posture.pair.name !== 'isolated') return posture
  const rows = (evidence.of.get(machineId) ?? []).filter(({ at }) => at <= lens.now)
  const row = rows.at(-1)
  if (row === undefined) return posture
  return posture.lapsed === null
    ? observeLost(posture, row, lens, evidence)
    : observeLapsed(posture, posture.lapsed, rows, row, lens, evidence)
}

/**
 * Says whether a report speaks of all that had ended by its time: a device tells what an action did only a while after
 * its last update (docs/contract.md#evidence-counts).
 *
 * @param by - Until when actions are looked at; the report's own time for what it said then.
 */
export function isSettled(
  { succeeded, endedSince }: Pick<HoldPosture, 'succeeded' | 'endedSince'>,
  { at }: Evidence,
  { settleMs }: EvidenceLens,
  by: Instant | null = null,
): boolean {
  const updates = [...succeeded, ...endedSince].map(({ action }) => action.lastUpdateDateTimeUtc)
  const ended = by === null ? updates : updates.filter(update => update <= by)
  return ended.length > 0 && ended.every(update => at > addMs(update, settleMs))
}

/** Says whether a report is young enough to speak of now. */
export function isFresh(
  { at }: Evidence,
  { now }: Pick<HoldLens, 'now'>,
  { freshMs }: EvidenceLens,
): boolean {
  return at >= addMs(now, -freshMs)
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
  if (row.isolated || !isReported(level)) return posture
  if (!isFresh(row, lens, evidence) || !isSettled(posture, row, evidence)) return posture
  return lose(posture, row, { imposes, level })
}

function observeLapsed(
  posture: HoldPosture,
  lapsed: Lapse,
  rows: readonly Evidence[],
  row: Evidence,
  lens: HoldLens,
  evidence: EvidenceLens,
): HoldPosture {
  const { imposes, level, at } = lapsed
  const denied = deniedBefore(posture, lapsed, rows, evidence)
  if (denied !== undefined) return lose(posture, denied, { imposes, level })
  if (!isFresh(row, lens, evidence) || !isSettled(posture, row, evidence)) return posture
  if (!row.isolated) return { ...posture, lapsed: { ...lapsed, isObserved: true } }
  if (row.at <= addMs(at, evidence.settleMs)) return posture
  const observed = { kind: 'held', at: row.at, lost: null } as const
  return { ...posture, level, imposes, lapsed: null, until: nextEnd(imposes, row, lens), observed }
}

/** Denied before its end, and not reported held since, however long ago: it was lost, and what is lost does not lapse. */
function deniedBefore(
  posture: HoldPosture,
  { imposes, at }: Lapse,
  rows: readonly Evidence[],
  evidence: EvidenceLens,
): Evidence | undefined {
  const began = (imposes.at(-1) as DirectedAction).action.lastUpdateDateTimeUtc
  const last = rows.findLast(
    row => row.at < at && row.at > began && isSettled(posture, row, evidence, row.at),
  )
  if (last === undefined || last.isolated) return undefined
  return rows.some(row => row.at > last.at && row.isolated) ? undefined : last
}

/** A later impose that the device shows to have moved the end: then its own time counts, and no report has to be fresh. */
function nextEnd(imposes: readonly DirectedAction[], { at }: Evidence, { effect }: HoldLens): Instant | null {
  // Where isolation stays nothing lapses, and nothing is asked here.
  const { ms } = effect.lasts as Duration
  const ends = imposes.map(({ action }) => addMs(action.lastUpdateDateTimeUtc, ms))
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
