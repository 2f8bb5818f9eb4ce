import { evidenceLens } from '../../posture/evidence.ts'
import type { History } from '../../posture/history.ts'
import { type HoldLens, lensOf } from '../../posture/hold-lens.ts'
import { ownNames } from '../../posture/marker.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Observation } from './observation.ts'

/** What of the configuration holds are folded with. */
export type LensSettings = Pick<Configuration, 'name' | 'formerNames' | 'effects' | 'evidence'>

/**
 * The lens through which one look at the service is read.
 *
 * @param now - The service's clock at the time that is asked about.
 * @param history - Of the same actions, where it is at hand.
 */
export function lensFor(
  { actions, evidence }: Pick<Observation, 'actions' | 'evidence'>,
  settings: LensSettings,
  now: Instant,
  history?: History,
): HoldLens {
  const base = {
    name: ownNames(settings),
    effect: settings.effects.isolated,
    now,
    ...(evidence === undefined ? {} : { evidence: evidenceLens(evidence, settings.evidence) }),
  }
  return lensOf(actions, base, history)
}
