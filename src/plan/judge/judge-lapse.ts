import type { HoldPosture, Lapse } from '../../posture/fold-hold.ts'
import type { HoldLevel } from '../../posture/holds.ts'
import type { DirectedAction } from '../../posture/walk-hold.ts'
import { addMs, displayInstant, formatInstant, type Instant } from '../../schema/instant.ts'
import type { HoldClaim } from '../claim/claim.ts'
import type { Note } from '../document/document.ts'
import { isStronger } from './decide-hold.ts'
import type { DecidedChange } from './decision.ts'
import type { EvaluationContext } from './evaluation.ts'
import { heldByOther, longFreeNote } from './lapse-notes.ts'

/** What an impose repeats: what was approved once and ended by itself (docs/contract.md#renewal). */
export interface Renewal {
  /** Id of the impose that ended. */
  readonly renews: string
  /** Since when the machine is free, or the last try to renew it failed: what ended longest ago can wait. */
  readonly endedAt: Instant
}

/** What imposing a hold that has lapsed comes to. */
export interface LapseVerdict {
  readonly renewal: Renewal | null
  readonly blocked: Note | null
  readonly warnings: readonly Note[]
}

function laterOf(a: Instant, b: Instant): Instant {
  return a < b ? b : a
}

/** Says when a lapsed hold ended, or the last own try to impose it since, whichever is later. */
export function lapsedSince(lapse: Lapse, { endedSince }: Pick<HoldPosture, 'endedSince'>): Instant {
  return endedSince
    .filter(({ own, direction }) => own && direction === 'impose')
    .reduce<Instant>((latest, { action }) => laterOf(latest, action.lastUpdateDateTimeUtc), lapse.at)
}

/** The level that a lapsed hold is renewed at: the weaker of what lapsed and what is declared; null where none fits. */
function renewalLevel(lapsed: HoldLevel, declared: HoldClaim['level']): HoldClaim['level'] | null {
  if (declared === 'unmanaged') return null
  if (lapsed === 'unknown' || lapsed === declared || isStronger(lapsed, declared)) return declared
  return lapsed as HoldClaim['level']
}

/**
 * The level to plan for a declared hold: with `--renewals` alone it is the one that lapsed, where more is declared
 * (docs/contract.md#renewal-level).
 */
export function levelToPlan(
  claim: HoldClaim,
  posture: HoldPosture,
  { renewalsAlone, now, limits }: EvaluationContext,
): HoldClaim['level'] {
  const { lapsed } = posture
  if (!renewalsAlone || lapsed === null) return claim.level
  return isInTime(lapsed, posture, now, limits.configuration.effects.isolated.renewWithin.ms)
    ? (renewalLevel(lapsed.level, claim.level) ?? claim.level)
    : claim.level
}

function isInTime(lapse: Lapse, posture: HoldPosture, now: Instant, withinMs: number): boolean {
  return lapse.imposes.some(({ own }) => own) && now <= addMs(lapsedSince(lapse, posture), withinMs)
}

/**
 * Judges an impose where the hold before it ended by itself: a renewal, a plain impose, or one that waits until somebody
 * asks for it (docs/contract.md#decision-table).
 *
 * @param level - What would be imposed.
 * @param isAsked - Whether somebody asked for it although it ended long ago.
 */
export function judgeLapse(
  lapse: Lapse,
  level: HoldClaim['level'],
  posture: HoldPosture,
  claim: HoldClaim,
  isAsked: boolean,
  context: EvaluationContext,
): LapseVerdict {
  const { renewWithin, longFree } = context.limits.configuration.effects.isolated
  const since = lapsedSince(lapse, posture)
  const isOurs = lapse.imposes.some(({ own }) => own)
  const { action: last } = lapse.imposes.at(-1) as DirectedAction
  const warnings = isOurs ? [] : [heldByOther(lapse)]
  if (!isAsked && context.now > addMs(since, longFree.ms))
    return { renewal: null, warnings, blocked: longFreeNote(since, longFree.text) }
  const isRenewal =
    isInTime(lapse, posture, context.now, renewWithin.ms) && renewalLevel(lapse.level, claim.level) === level
  if (!isRenewal) return { renewal: null, warnings, blocked: null }
  const isInferred = lapse.by === null && !lapse.isObserved
  const blocked = (isInferred ? context.noInference : null) ?? expiresSoon(claim, context)
  return { renewal: { renews: last.id, endedAt: since }, warnings, blocked }
}

/** An own hold that is renewed before its end, where the configuration says that this moves the end. */
export function earlyRenewal(
  claim: HoldClaim,
  posture: HoldPosture,
  { now, limits }: EvaluationContext,
): Renewal | null {
  const { extends: isExtended, renewBefore } = limits.configuration.effects.isolated
  const { until, imposes, level, inFlight } = posture
  if (!isExtended || renewBefore === undefined || until === null || inFlight.length > 0) return null
  const isSame = level === claim.level || level === 'unknown'
  if (!isSame || now < addMs(until, -renewBefore.ms) || !imposes.some(({ own }) => own)) return null
  return { renews: (imposes.at(-1) as DirectedAction).action.id, endedAt: until }
}

/** From here on a renewal would be lifted before anybody has seen it end (docs/contract.md#renewal-limits). */
export function expiresSoon(claim: HoldClaim, { now, limits }: EvaluationContext): Note | null {
  const { timeout } = limits.configuration.apply
  const end = liftedAt(claim)
  if (end === null || now <= addMs(end, -timeout.ms)) return null
  return {
    code: 'expires-soon',
    message: `the policy expires at ${displayInstant(end)} and lifts the hold then, within \`apply.timeout\` (${timeout.text}); it is not renewed for so short a time. Set \`expires\` later to keep it.`,
  }
}

/** When the expiry of its policies lifts a hold; null where one has none, or none of them lifts. */
export function liftedAt({ contributors, level }: HoldClaim): Instant | null {
  if (level === 'none' || !contributors.some(({ policy }) => policy.onExpiry === 'lift')) return null
  const ends = contributors.map(({ policy }) => policy.expires)
  return ends.some(end => end === undefined) ? null : ((ends as Instant[]).sort().at(-1) as Instant)
}

/** Says why an impose that rests on a device's word alone is not sent twice (docs/contract.md#lost). */
export function disagreement(
  change: DecidedChange,
  posture: HoldPosture,
  { now, limits }: EvaluationContext,
): Note | null {
  const { observed } = posture
  const imposes = observed?.lost?.imposes ?? []
  const last = imposes.at(-1)
  const isAgain = imposes.length > 1 && change.operations.includes('impose')
  if (observed === null || last === undefined || !last.own || !isAgain) return null
  const { within } = limits.configuration.retry
  if (addMs(last.action.lastUpdateDateTimeUtc, within.ms) < now) return null
  return {
    code: 'evidence-disagrees',
    message: `the device denies the isolation again (${formatInstant(observed.at)}), although our ${last.action.type} succeeded at ${formatInstant(last.action.lastUpdateDateTimeUtc)}; look at the device, then \`--resubmit ADDR --reason TEXT\`.`,
  }
}
