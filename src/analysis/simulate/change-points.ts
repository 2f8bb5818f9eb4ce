import { RUN_FACETS } from '../../plan/claim/run-facets.ts'
import type { Observation } from '../../plan/select/observation.ts'
import type { PolicyMatch } from '../../plan/select/resolve.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import { hasEnded, hasSucceeded } from '../../posture/status.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { addMs, type Instant } from '../../schema/instant.ts'

/** A stretch of time, both ends in it. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** The latest moments at which a rolling run of a policy goes stale, one for each time that it was done. */
function dueTimes({ policy, machines }: PolicyMatch, { actions }: Observation): readonly Instant[] {
  return RUN_FACETS.flatMap(facet =>
    facet.wishesOf(policy.state).flatMap(({ wish }) => {
      const { within } = wish
      if (within === undefined) return []
      return actions
        .filter(
          action => action.type === facet.type && hasSucceeded(action) && machines.has(action.machineId),
        )
        .map(action => addMs(action.creationDateTimeUtc, within.ms + 1))
    }),
  )
}

/** The times that policies themselves name: their expiry, and the `since` of runs. */
function policyTimes({ policy }: PolicyMatch): readonly Instant[] {
  const since = RUN_FACETS.flatMap(facet => facet.wishesOf(policy.state).map(({ wish }) => wish.since))
  return [policy.expires, ...since].filter(time => time !== undefined)
}

/** When an isolation ends by itself, and when what is planned for that changes (docs/contract.md#lapse-everywhere). */
function endTimes({ actions }: Observation, { isolated }: Configuration['effects']): readonly Instant[] {
  const { lasts, renewWithin, longFree } = isolated
  const { impose } = HOLD_PAIRS.isolated
  if (lasts === undefined) return []
  return actions
    .filter(action => action.type === impose && hasSucceeded(action))
    .flatMap(action => {
      const until = addMs(action.lastUpdateDateTimeUtc, lasts.ms)
      return [until, addMs(until, renewWithin.ms + 1), addMs(until, longFree.ms + 1)]
    })
}

/**
 * Lists the moments of a stretch at which a plan may change: an action was created or ended, a machine was first seen,
 * a policy expired, an isolation ended by itself, a rolling run went stale. Both ends of the stretch are among them.
 *
 * @param observation - Of the machines that the policies reach, and their actions.
 */
export function changePoints(
  observation: Observation,
  matches: readonly PolicyMatch[],
  { from, to }: Span,
  effects: Configuration['effects'],
): readonly Instant[] {
  const times: (Instant | null)[] = [
    ...observation.machines.map(({ firstSeen }) => firstSeen),
    ...observation.actions.map(({ creationDateTimeUtc }) => creationDateTimeUtc),
    ...observation.actions.filter(hasEnded).map(({ lastUpdateDateTimeUtc }) => lastUpdateDateTimeUtc),
    ...endTimes(observation, effects),
    ...matches.flatMap(policyTimes),
    ...matches.flatMap(match => dueTimes(match, observation)),
  ]
  const within = times.filter((time): time is Instant => time !== null && time > from && time < to)
  return [...new Set([from, ...within, to])].sort()
}

/** Keeps of the moments in each step the last one, so that a step is looked at once, after all that changed in it. */
export function thinOut(moments: readonly Instant[], { from }: Span, stepMs: number): readonly Instant[] {
  const last = new Map<Instant, Instant>()
  let end = from
  for (const moment of moments) {
    while (moment > end) end = addMs(end, stepMs)
    last.set(end, moment)
  }
  return [...last.values()]
}
