import { foldHold } from '../../posture/fold-hold.ts'
import { HOLD_PAIRS, type HoldName } from '../../posture/holds.ts'
import { isOwn, policyNamed } from '../../posture/marker.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import type { Claim, ExpiredClaim } from '../claim/claim.ts'
import { hasExpired } from '../claim/compose.ts'
import { formatAddress } from '../select/address.ts'
import type { PlanInput } from '../select/plan-input.ts'
import type { Subject } from './evaluation.ts'
import { lastImpose } from './last-impose.ts'

/** Policies whose own holds end wherever they are, by name. */
export type PromisedEnds = ReadonlyMap<string, Policy>

/**
 * The expired policies of a configuration with a name (docs/contract.md#expiry). Without a name another repository may
 * have a policy of the same name, and on a list of machines that is empty on somebody's word nothing is lifted.
 */
export function promisedEnds(
  { policies, configuration, observation }: Pick<PlanInput, 'policies' | 'configuration' | 'observation'>,
  at: Instant,
): PromisedEnds {
  if (configuration.name === undefined || observation.acceptedEmpty === true) return new Map()
  return new Map(policies.filter(policy => hasExpired(policy, at)).map(policy => [policy.name, policy]))
}

/**
 * Claims the end of own holds whose marker names an expired policy, on machines that it does not match any more: it
 * was renamed, or lost its tag. Only where no policy declares the facet.
 */
export function promisedClaims(claims: readonly Claim[], subject: Subject): readonly ExpiredClaim[] {
  const { context } = subject
  if (!context.wholeTenant || context.promised.size === 0) return []
  return (Object.keys(HOLD_PAIRS) as HoldName[]).flatMap(facet =>
    claims.some(claim => claim.facet === facet) ? [] : (promisedClaim(facet, subject) ?? []),
  )
}

function promisedClaim(facet: HoldName, { machine, history, context }: Subject): ExpiredClaim | undefined {
  const impose = lastImpose(foldHold(history, HOLD_PAIRS[facet], context.lens))
  if (impose === undefined || !isOwn(impose, context.name)) return undefined
  const policy = context.promised.get(String(policyNamed(impose.requestorComment)))
  const wish = policy?.state[facet]
  if (policy === undefined || wish === undefined || wish.value === 'none') return undefined
  const lead = { policy, place: wish.place, named: false }
  return {
    kind: 'expired',
    facet,
    address: formatAddress(machine.id, facet),
    machine,
    lead,
    contributors: [lead],
    reassert: false,
  }
}
