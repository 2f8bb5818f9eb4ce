import type { Note } from '../../plan/document/document.ts'
import { describeFreeze, freezeInForce } from '../../plan/document/freeze.ts'
import { compileProtection } from '../../plan/judge/limits.ts'
import { isOnboarded } from '../../plan/select/match.ts'
import type { Machine } from '../../posture/machine.ts'
import { type ActionType, methodOf } from '../../posture/methods.ts'
import { unsupportedReason } from '../../posture/platforms.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'

/** What a person asks of one machine without a policy. */
export interface AdHocAction {
  readonly type: ActionType
  readonly machine: Machine
}

/**
 * Says why something that no policy asks for must not be sent to a machine; undefined where nothing stands in the way.
 *
 * A freeze and `protected` of the configuration hold here as it does for policies. `allow` does not: it says what policies may
 * declare, and this was asked for by hand.
 */
export function adHocRefusal(
  { type, machine }: AdHocAction,
  configuration: Configuration,
  now: Instant,
): Note | undefined {
  const freeze = freezeInForce(configuration, now)
  if (freeze !== undefined) return { code: 'frozen', message: describeFreeze(freeze) }
  const facet = methodOf(type)?.facet as FacetName
  const allowed = compileProtection(configuration, now).allowedFacets(machine)
  if (allowed !== undefined && !allowed.includes(facet)) {
    return {
      code: 'protected',
      message: `the configuration protects this machine from ${facet}; add ${facet} to \`allow\` of its \`protected\` entry if that is wanted.`,
    }
  }
  if (machine.onboardingStatus !== null && !isOnboarded(machine)) {
    return {
      code: 'not-onboarded',
      message: `the machine is ${machine.onboardingStatus}, and only onboarded ones take a ${type}.`,
    }
  }
  const reason = unsupportedReason(type, null, machine.osPlatform)
  return reason === undefined
    ? undefined
    : { code: 'unsupported-platform', message: `the machine runs ${machine.osPlatform}; ${reason}.` }
}
