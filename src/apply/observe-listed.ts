import type { Observation } from '../plan/select/observation.ts'
import { addMs, msBetween } from '../schema/instant.ts'
import type { ApplyOptions } from './apply-options.ts'
import type { ActionApi, JournalEntry } from './ports.ts'
import { submissionsOf } from './read-journal.ts'
import type { Moment, RunClock } from './run-clock.ts'

/** A first look, and when it was asked for. */
export interface FirstLook {
  readonly observation: Observation
  readonly observedAt: Moment
}

/**
 * Observes, and once more where the journal tells of a submission that is not listed yet.
 *
 * What this plan sent is resumed from its own traces. What another plan sent a moment ago, such as that of the same
 * command before it was killed, is only known from the history: a plan made before it was listed would send it again.
 */
export async function observeListed(
  api: ActionApi,
  clock: RunClock,
  { need, signal, lookupMs }: Pick<ApplyOptions, 'need' | 'signal' | 'lookupMs'>,
  planId: string,
  entries: readonly JournalEntry[],
): Promise<FirstLook> {
  const observedAt = clock.moment()
  const observation = await api.observe(need, signal)
  const others = entries.filter(entry => entry['planId'] !== planId)
  const listed = new Set(observation.actions.map(({ id }) => id))
  const unlisted = submissionsOf(others, addMs(observedAt.at, -lookupMs)).filter(
    ({ actionId, mayExist }) => mayExist && (actionId === null || !listed.has(actionId)),
  )
  const last = unlisted
    .map(({ at }) => at)
    .sort()
    .at(-1)
  if (last === undefined || observation.failures.length > 0) return { observation, observedAt }
  await clock.sleep(Math.max(0, msBetween(clock.now(), addMs(last, lookupMs))), signal)
  if (signal.aborted) return { observation, observedAt }
  const askedAt = clock.moment()
  return { observation: await api.observe(need, signal), observedAt: askedAt }
}
