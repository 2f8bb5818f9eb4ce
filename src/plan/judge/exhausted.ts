import { failedAttempts } from '../../posture/attempts.ts'
import { indexHistory, type MachineHistory } from '../../posture/history.ts'
import type { MachineAction } from '../../posture/machine-action.ts'
import type { OwnNames } from '../../posture/marker.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Configuration } from '../../schema/configuration.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import { runFacet } from '../claim/run-facets.ts'
import type { Change, Note, SubmitRequest } from '../document/document.ts'
import { parseFreshness } from './freshness.ts'
import type { RecheckContext } from './recheck.ts'

/** What attempts are counted by. */
export interface AttemptRules {
  readonly retry: Configuration['retry']
  readonly now: Instant
  /** Of the configuration: whose actions are own. */
  readonly name: OwnNames
}

/**
 * Says why an action may not be sent once more: too many own ones ended `Failed` or `TimeOut` lately, since the last
 * success (docs/contract.md#attempts). Undefined where it may.
 *
 * @param isAbout - Says whether an action of the type is about the same thing; all of them are where it is absent.
 */
export function exhaustedNote(
  history: MachineHistory,
  type: string,
  { retry, now, name }: AttemptRules,
  isAbout?: (action: MachineAction) => boolean,
): Note | undefined {
  const { maxAttempts, within } = retry
  const from = addMs(now, -within.ms)
  const failed = failedAttempts(history, type, name, isAbout).filter(
    action => action.lastUpdateDateTimeUtc >= from,
  )
  const last = failed.at(-1)
  if (last === undefined || failed.length < maxAttempts) return undefined
  return {
    code: 'attempts-exhausted',
    message: `${failed.length} own ${last.type} ended ${last.status} within ${within.text} (the limit is ${maxAttempts}); look at the machine, then \`--retry ADDR --reason TEXT\` allows one more.`,
  }
}

/** Says why one request of a planned change may not be sent once more, by the history as it is now. */
export function exhaustedNow(
  change: Change,
  request: SubmitRequest,
  { configuration, now, actions }: Omit<RecheckContext, 'planId'>,
): Note | undefined {
  const history = indexHistory(actions).of(change.machine.id)
  const rules = { retry: configuration.retry, now, name: ownNames(configuration) }
  const facet = runFacet(change.facet)
  if (facet === undefined) return exhaustedNote(history, request.type, rules)
  const wish = facet.wishOf(request.body, parseFreshness(change.after))
  return exhaustedNote(history, request.type, rules, action => facet.isAbout(action, wish))
}
