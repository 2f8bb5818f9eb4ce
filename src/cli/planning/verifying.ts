import { DefenderError } from '../../defender/defender-error.ts'
import { HUNTING_PERMISSION } from '../../defender/only-hunting.ts'
import { mitigationNeed, verifyHolds } from '../../plan/judge/verify-holds.ts'
import type { Observation } from '../../plan/select/observation.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import type { Service } from '../service/service.ts'

/** Whether what the history says is held against what the devices report. */
export const VERIFY_OPTION: OptionSpec = {
  name: 'verify',
  kind: 'switch',
  description: `hold the isolation that the history tells against what the devices report (needs ${HUNTING_PERMISSION}); changes nothing of the plan`,
}

/**
 * Asks advanced hunting where `--verify` was given, and says what contradicts the history.
 *
 * @throws Failure `verify-not-possible` where it cannot be asked: a safety that was asked for and is not there is an
 * error, never silence.
 */
export async function verifyObservation(
  { flags, signal }: CommandContext,
  service: Pick<Service, 'openHunting'>,
  observation: Observation,
  name: string | undefined,
): Promise<readonly Diagnostic[]> {
  if (!flags.has('verify') || observation.failures.length > 0) return []
  const { roles } = observation
  if (roles !== null && !roles.includes(HUNTING_PERMISSION)) {
    throw fail('verify-not-possible', `--verify needs ${HUNTING_PERMISSION}, which the token lacks.`)
  }
  try {
    const hunting = await service.openHunting()
    const mitigations = await hunting.mitigations(mitigationNeed(observation, name), signal)
    return verifyHolds(observation, mitigations, name)
  } catch (error) {
    if (!(error instanceof DefenderError) || error.code === 'interrupted') throw error
    const wayOut = error.code === 'forbidden' ? {} : { wayOut: `${error.wayOut} Or leave --verify out.` }
    throw fail('verify-not-possible', `--verify could not ask advanced hunting: ${error.message}`, wayOut)
  }
}

/** @throws Failure `flags-contradict` where a plan for another time would be held against reports of now. */
export function requireVerifiable({ flags }: CommandContext): void {
  if (flags.has('verify') && flags.has('as-of')) {
    throw fail(
      'flags-contradict',
      '--verify tells what devices report now, and --as-of plans for another time.',
    )
  }
}
