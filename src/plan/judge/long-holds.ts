import { compareText } from '../../posture/history.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { addMs, displayInstant, type Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import { hasExpired } from '../claim/compose.ts'

/** Says whether a policy holds the machines that it matches. */
export function declaresHold({ state }: Policy): boolean {
  return [state.isolated?.value, state.restricted?.value].some(
    level => level !== undefined && level !== 'none',
  )
}

/**
 * Finds live policies that hold machines until a time at which the service has long ended the isolation by itself: they
 * hold on only where somebody renews (docs/contract.md#lapse).
 */
export function findShortKept(
  policies: readonly Policy[],
  { effects }: Pick<Configuration, 'effects'>,
  now: Instant,
): readonly Diagnostic[] {
  const { lasts } = effects.isolated
  if (lasts === undefined) return []
  const latest = addMs(now, lasts.ms)
  const byName = [...policies].sort((a, b) => compareText(a.name, b.name))
  return byName.flatMap(({ name, state, expires, place }): readonly Diagnostic[] => {
    const level = state.isolated?.value ?? 'none'
    if (expires === undefined || expires <= latest || !HOLD_PAIRS.isolated.endsByItself(level)) return []
    const message = `the policy ${name} isolates until ${displayInstant(expires)}, and the service ends an isolation by itself after ${lasts.text}: it holds until then only where \`holdfast apply --renewals\` runs in between, on a schedule.`
    return [{ severity: 'warning', code: 'expires-past-hold', message, place }]
  })
}

/**
 * Finds live policies that hold machines for longer than the configuration allows, or without an end.
 *
 * Counted from now each time: to hold on longer somebody has to set `expires` anew, and somebody else to review it.
 */
export function findLongHolds(
  policies: readonly Policy[],
  { longestHold, file = 'the configuration' }: Pick<Configuration, 'longestHold' | 'file'>,
  now: Instant,
): readonly Diagnostic[] {
  if (longestHold === undefined) return []
  const latest = addMs(now, longestHold.ms)
  return policies
    .filter(policy => declaresHold(policy) && !hasExpired(policy, now))
    .filter(({ expires }) => expires === undefined || expires > latest)
    .map(({ name, expires, place }) => {
      const has = expires === undefined ? 'without an end' : `until ${displayInstant(expires)}`
      const message = `the policy ${name} holds machines ${has}, and \`longestHold: ${longestHold.text}\` of ${file} allows it until ${displayInstant(latest)} at most; set \`expires\` to a time before that.`
      return { severity: 'error', code: 'expires-too-far', message, place }
    })
}
