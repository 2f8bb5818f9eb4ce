import type { Findings } from '../plan/assemble/assemble-plan.ts'
import type { Claim } from '../plan/claim/claim.ts'
import type { Item } from '../plan/judge/item.ts'
import type { Machine } from '../posture/machine.ts'
import type { Policy } from '../schema/policy.ts'
import { type LeftOut, type UndeclaredHold, undeclaredHolds } from './import-holds.ts'

/** A machine that leaves a policy, since the policy declares it free and somebody else holds it. */
export interface Exclusion {
  /** Of the hold that is to be adopted. */
  readonly address: string
  readonly machine: Machine
  readonly policy: Policy
}

/** Which machines leave which policies, and why some cannot. */
export interface Exclusions {
  readonly exclusions: readonly Exclusion[]
  readonly leftOut: readonly LeftOut[]
}

/** Policies that declare free what an item tells is held by somebody else. */
function releasingPolicies({ machine, facet }: Item, { claims }: Findings): readonly Policy[] {
  const mine = claims.get(machine.id) as readonly Claim[]
  return mine
    .filter(claim => claim.kind === 'hold' && claim.facet === facet)
    .flatMap(({ contributors }) => contributors.map(({ policy }) => policy))
}

/** What exclusions are judged by. */
interface Judging {
  /** What holds at each address that there is something to say of. */
  readonly held: ReadonlyMap<string, string>
  readonly adopted: ReadonlySet<string>
  readonly isEditable: (policy: Policy) => boolean
}

/**
 * Says why a machine cannot leave a policy; undefined where it can. A policy that declares the other hold, or that is
 * about to release it, would drop that one too.
 */
function obstacle(policy: Policy, item: Item, { held, adopted, isEditable }: Judging): string | undefined {
  const other = item.facet === 'isolated' ? 'restricted' : 'isolated'
  const address = `${item.machine.id}/${other}`
  const wish = policy.state[other]?.value
  const isIdle = wish === undefined || (wish === 'none' && held.get(address) === 'none')
  if (!isIdle && !adopted.has(address)) return `policy-asks-${other}`
  return isEditable(policy) ? undefined : 'cannot-edit'
}

/**
 * Finds the machines that have to leave policies so that what others hold can be declared.
 *
 * @param wanted - Addresses that are to be adopted at all.
 * @param isEditable - Says whether the text of a policy can be changed so that a machine leaves it.
 */
export function exclusionsOf(
  findings: Findings,
  wanted: ReadonlySet<string>,
  isEditable: (policy: Policy) => boolean,
): Exclusions {
  const items = findings.items.filter(
    ({ address, drift }) => drift?.kind === 'held-by-other' && wanted.has(address),
  )
  const judging: Judging = {
    held: new Map(findings.items.map(({ address, holds }) => [address, holds])),
    adopted: new Set(items.map(({ address }) => address)),
    isEditable,
  }
  const exclusions: Exclusion[] = []
  const leftOut: LeftOut[] = []
  for (const item of items) {
    const policies = releasingPolicies(item, findings)
    const whys = policies.flatMap(policy => obstacle(policy, item, judging) ?? [])
    const { address, machine } = item
    if (whys[0] !== undefined) leftOut.push({ address, dnsName: machine.computerDnsName, why: whys[0] })
    else exclusions.push(...policies.map(policy => ({ address, machine, policy })))
  }
  return { exclusions, leftOut }
}

/** The policies without the machines that leave them. */
export function excludeMachines(
  policies: readonly Policy[],
  exclusions: readonly Exclusion[],
): readonly Policy[] {
  return policies.map(policy => {
    const ids = [
      ...new Set(exclusions.filter(one => one.policy.name === policy.name).map(({ machine }) => machine.id)),
    ]
    const entries = ids.map(id => {
      return { fields: { id: [id] }, all: false, missing: 'error', place: policy.place } as const
    })
    return ids.length === 0 ? policy : { ...policy, except: [...entries, ...policy.except] }
  })
}

/**
 * Lists what somebody else holds and no live policy declares.
 *
 * @param wanted - Addresses that are to be adopted at all.
 */
export function foreignHolds(findings: Findings, wanted: ReadonlySet<string>): readonly UndeclaredHold[] {
  return undeclaredHolds(findings).filter(({ own, address }) => !own && wanted.has(address))
}
