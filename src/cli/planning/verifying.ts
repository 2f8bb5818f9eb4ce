import { DEFENDER_CODES } from '../../defender/codes.ts'
import { DefenderError } from '../../defender/defender-error.ts'
import type { HuntingAnswer } from '../../defender/hunting-client.ts'
import { HUNTING_PATHS } from '../../defender/hunting-path.ts'
import { mitigationNeed, verifyHolds } from '../../plan/judge/verify-holds.ts'
import type { Observation } from '../../plan/select/observation.ts'
import { type LensSettings, lensFor } from '../../plan/select/plan-lens.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import type { Service } from '../service/service.ts'

/** Whether what the history says is held against what the devices report. */
export const VERIFY_OPTION: OptionSpec = {
  name: 'verify',
  kind: 'switch',
  description: `hold the isolation that the history tells against what the devices report (needs ${HUNTING_PATHS.graph.permission} of Microsoft Graph); changes nothing of the plan`,
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
  configuration: LensSettings,
): Promise<readonly Diagnostic[]> {
  if (!flags.has('verify') || observation.failures.length > 0) return []
  try {
    const hunting = await service.openHunting()
    const lens = lensFor(observation, configuration, observation.readAt)
    const { tenantId } = observation.target
    const answer = await hunting.read(mitigationNeed(observation, lens), tenantId, signal)
    if (answer.kind === 'closed')
      throw fail('verify-not-possible', `--verify could not ask hunting. ${answer.reason}.`)
    const mitigations = answer.reports.map(({ machineId, at, isolated }) => ({
      machineId,
      reportedAt: at,
      isIsolated: isolated,
    }))
    return [...oldPathNote(answer), ...verifyHolds(observation, mitigations, lens)]
  } catch (error) {
    if (!(error instanceof DefenderError) || error.code === 'interrupted') throw error
    const wayOut = error.code === 'forbidden' ? {} : { wayOut: `${error.wayOut} Or leave --verify out.` }
    throw fail('verify-not-possible', `--verify could not ask hunting: ${error.message}`, wayOut)
  }
}

/** Says that the old path served, which has an end. */
function oldPathNote({ api, instead }: HuntingAnswer & { readonly kind: 'read' }): readonly Diagnostic[] {
  if (api === 'graph') return []
  const why = instead === null ? '`evidence.api` is `defender`' : `Microsoft Graph was not asked: ${instead}`
  const { meaning, wayOut } = DEFENDER_CODES['evidence-old-path']
  return [{ severity: 'warning', code: 'evidence-old-path', message: `${meaning} ${why}. ${wayOut}` }]
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
