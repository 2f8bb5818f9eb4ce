import type { HoldLevel } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import type { Claim } from '../claim/claim.ts'
import { composeClaims } from '../claim/compose.ts'
import { runFacet } from '../claim/run-facets.ts'
import { canonicalJson } from '../document/digest.ts'
import type { Change } from '../document/document.ts'
import { formatAddress } from '../select/address.ts'
import { indexMachines, resolvePolicies } from '../select/resolve.ts'
import { isStronger } from './decide-hold.ts'

/** The declaration as it is when a plan is applied. */
export interface Declared {
  readonly policies: readonly Policy[]
  /** Whether it is another one than the plan was made with. */
  readonly hasMoved: boolean
}

/** What policies ask of machines as they are now, by machine id. */
export type Claims = ReadonlyMap<string, readonly Claim[]>

/** Joins what the policies ask of these machines now; what they name beside is left aside. */
export function claimsOn(policies: readonly Policy[], machines: readonly Machine[], now: Instant): Claims {
  const index = indexMachines(machines)
  return composeClaims(resolvePolicies(policies, index, now).matches, index, now).claims
}

/**
 * Says why a planned change is not asked for any more; undefined where it still is (docs/contract.md#plan-outlives-nothing).
 *
 * What no policy stood behind, such as an undo, only ends something; a policy can only contradict it, and only one that
 * came since.
 *
 * @param claims - Of the machine.
 */
export function whyNotAsked(
  change: Change,
  claims: readonly Claim[],
  { hasMoved }: Declared,
): string | undefined {
  const claim = claims.find(({ address }) => address === change.address)
  if (change.policy === null) {
    if (change.operations.some(operation => operation === 'impose' || operation === 'run'))
      return `no policy asks for ${change.facet} here; plan again.`
    return hasMoved && claim !== undefined ? contradiction(change, claim) : undefined
  }
  const name = change.policy.name
  if (claim?.kind === 'conflict') return `${claim.message} That came after the plan was made; plan again.`
  if (change.facet === 'isolated' || change.facet === 'restricted')
    return whyHoldNotAsked(change, claim, name)
  if (asksForRun(change, claims)) return undefined
  return claim === undefined
    ? `no policy asks for ${change.facet} here any more (${name} did); plan again.`
    : `${claim.lead.policy.name} asks for another ${change.facet} now; plan again.`
}

/** A policy that now asks for something else than what is to be done without one. */
function contradiction(change: Change, claim: Claim): string | undefined {
  const who = claim.lead.policy.name
  if (claim.kind === 'hold' && claim.level !== change.after) {
    return `${who} declares ${change.facet} ${claim.level} now; plan again.`
  }
  return claim.kind === 'run' ? `${who} asks for ${change.facet} now; plan again.` : undefined
}

function whyHoldNotAsked(change: Change, claim: Claim | undefined, name: string): string | undefined {
  if (claim?.kind === 'hold') {
    // `--renewals` repeats the weaker of what ended and what is declared.
    const isWeaker = change.renews !== undefined && isStronger(claim.level, change.after as HoldLevel)
    return claim.level === change.after || isWeaker
      ? undefined
      : `${claim.lead.policy.name} declares ${change.facet} ${claim.level} now, and ${change.after} was planned; plan again.`
  }
  if (claim?.kind === 'expired') {
    const lifts = change.after === 'none' && claim.lead.policy.onExpiry === 'lift'
    return lifts ? undefined : `${claim.lead.policy.name} has expired; plan again.`
  }
  return `no policy asks for ${change.facet} here any more (${name} did); plan again.`
}

/** Whether a run, or a lift that waits for it, is still asked for. */
function asksForRun(change: Change, claims: readonly Claim[]): boolean {
  const facet = runFacet(change.facet)
  const body = change.requests.find(({ type }) => type === facet?.type)?.body
  if (facet === undefined || body === undefined) return false
  const { Comment: _reason, ...wanted } = body
  return claims.some(claim => {
    if (claim.kind === 'run') {
      return (
        claim.address === change.address && canonicalJson(facet.bodyOf(claim.wish)) === canonicalJson(wanted)
      )
    }
    return claim.contributors.some(
      ({ policy }) =>
        policy.liftAfter.some(name => name === facet.name) &&
        facet
          .wishesOf(policy.state)
          .some(({ key }) => formatAddress(change.machine.id, facet.name, key) === change.address),
    )
  })
}
