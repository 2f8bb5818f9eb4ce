import type { Machine } from '../../posture/machine.ts'
import type { Note } from '../document/document.ts'

/**
 * Says why a change is not sent to a machine that only a selector reaches and whose record tells no `onboardingStatus`:
 * left out in silence it would look as if nothing were to be done (docs/contract.md#onboarding-unknown).
 *
 * @param named - Whether a policy names the machine: then somebody knows which one is meant.
 * @param releases - A release is never held back.
 */
export function unknownOnboardingNote(machine: Machine, named: boolean, releases: boolean): Note | undefined {
  if (named || releases || machine.onboardingStatus !== null) return undefined
  return {
    code: 'onboarding-unknown',
    message:
      'the record of this machine tells no onboardingStatus, and only a selector reaches it; name it in the policy by `id`, `dnsName` or in a `list`, or ask for `onboardingStatus: Onboarded` in the entry to leave such records out.',
  }
}
