import type { HoldLevel, HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Policy } from '../../schema/policy.ts'
import { isStronger } from '../judge/decide-hold.ts'
import { formatAddress } from '../select/address.ts'
import type { MachineIndex, PolicyMatch } from '../select/resolve.ts'
import type { Claim, ConflictClaim, Contributor, HoldClaim, RunClaim } from './claim.ts'
import { RUN_FACETS, type RunFacet, type RunWish } from './run-facets.ts'

type Level = Exclude<HoldLevel, 'unknown'>

interface HoldPart extends Contributor {
  readonly level: Level
}

interface RunPart extends Contributor {
  readonly wish: RunWish
  readonly key: string | null
}

/** The claims on every machine, and what is worth saying about how policies came together. */
export interface Composition {
  /** Claims by machine id, in the order of the facet table. */
  readonly claims: ReadonlyMap<string, readonly Claim[]>
  readonly diagnostics: readonly Diagnostic[]
}

const HOLD_NAMES: readonly HoldName[] = ['isolated', 'restricted']

/** Says whether a policy's time is over; from then on it declares nothing. */
export function hasExpired(policy: Policy, now: Instant): boolean {
  return policy.expires !== undefined && policy.expires <= now
}

/**
 * Joins what all policies ask into one claim per address (docs/contract.md#composition). The order of policies changes nothing.
 */
export function composeClaims(
  matches: readonly PolicyMatch[],
  index: MachineIndex,
  now: Instant,
): Composition {
  const sorted = [...matches].sort((a, b) => (a.policy.name < b.policy.name ? -1 : 1))
  const byMachine = new Map<string, PolicyMatch[]>()
  for (const match of sorted) {
    for (const id of match.machines.keys()) {
      const list = byMachine.get(id)
      if (list === undefined) byMachine.set(id, [match])
      else list.push(match)
    }
  }
  const claims = new Map<string, readonly Claim[]>()
  const joins = new Map<string, Diagnostic>()
  for (const machine of index.all) {
    const reaching = byMachine.get(machine.id)
    if (reaching !== undefined) claims.set(machine.id, composeMachine(machine, reaching, now, joins))
  }
  return { claims, diagnostics: [...joins.values()] }
}

function composeMachine(
  machine: Machine,
  reaching: readonly PolicyMatch[],
  now: Instant,
  joins: Map<string, Diagnostic>,
): readonly Claim[] {
  const live = reaching.filter(({ policy }) => !hasExpired(policy, now))
  const expired = reaching.filter(({ policy }) => hasExpired(policy, now))
  const claims: Claim[] = []
  for (const facet of HOLD_NAMES) {
    const parts = holdParts(machine, live, facet)
    if (parts.length > 0) claims.push(joinHolds(machine, facet, parts, joins))
    else claims.push(...expiredClaims(machine, expired, facet))
  }
  for (const facet of RUN_FACETS) claims.push(...runClaims(machine, live, facet))
  return claims
}

function holdParts(machine: Machine, matches: readonly PolicyMatch[], facet: HoldName): readonly HoldPart[] {
  return matches.flatMap(({ policy, machines }) => {
    const wish = policy.state[facet]
    return wish === undefined
      ? []
      : [{ policy, place: wish.place, named: machines.get(machine.id) === true, level: wish.value }]
  })
}

/** Says whether two levels of a hold cannot both be meant: neither is the stronger one. */
export function contradict(a: Level, b: Level): boolean {
  return a !== b && !isStronger(a, b) && !isStronger(b, a)
}

function joinHolds(
  machine: Machine,
  facet: HoldName,
  parts: readonly HoldPart[],
  joins: Map<string, Diagnostic>,
): HoldClaim | ConflictClaim {
  const pairs = parts.flatMap((a, at) => parts.slice(at + 1).map(b => [a, b] as const))
  const contradictions = pairs.filter(([a, b]) => contradict(a.level, b.level))
  if (contradictions.length > 0) return conflictOf(machine, facet, null, parts, contradictions)
  const lead = parts.reduce((strongest, part) => (isStronger(part.level, strongest.level) ? part : strongest))
  for (const [a, b] of pairs) noteJoin(a, b, facet, joins)
  return {
    kind: 'hold',
    facet,
    address: formatAddress(machine.id, facet),
    machine,
    level: lead.level,
    lead,
    contributors: parts,
    named: parts.some(part => part.level === lead.level && part.named),
    reassert: parts.some(part => part.level === lead.level && part.policy.reassert),
  }
}

function noteJoin(a: HoldPart, b: HoldPart, facet: HoldName, joins: Map<string, Diagnostic>): void {
  if (a.level === b.level) return
  const [strong, weak] = isStronger(a.level, b.level) ? [a, b] : [b, a]
  joins.set(`${strong.policy.name} ${weak.policy.name}`, {
    severity: 'info',
    code: 'joined-to-stronger',
    message: `policy ${weak.policy.name} asks for ${facet} ${weak.level} where ${strong.policy.name} asks for ${strong.level}; the stronger is planned.`,
    place: weak.place,
    related: [{ message: `${strong.policy.name} asks for ${strong.level}`, place: strong.place }],
  })
}

function conflictOf(
  machine: Machine,
  facet: ConflictClaim['facet'],
  key: string | null,
  parts: readonly Contributor[],
  contradictions: readonly (readonly [Contributor, Contributor])[],
): ConflictClaim {
  const worst = contradictions.find(([a, b]) => a.named && b.named)
  const [a, b] = worst ?? (contradictions[0] as readonly [Contributor, Contributor])
  const say = ({ policy, place }: Contributor): string =>
    `${policy.name} (${place.file}:${place.line}:${place.column})`
  return {
    kind: 'conflict',
    facet,
    address: formatAddress(machine.id, facet, key),
    machine,
    lead: a,
    contributors: parts,
    reassert: false,
    message: `policies ${say(a)} and ${say(b)} contradict each other on ${facet} of this machine; take it out of one of them with \`except\`.`,
    isError: worst !== undefined,
  }
}

/** Claims of expired policies on a hold that no live policy speaks of; the first by name leads. */
function expiredClaims(machine: Machine, expired: readonly PolicyMatch[], facet: HoldName): readonly Claim[] {
  const parts = holdParts(machine, expired, facet).filter(part => part.level !== 'none')
  const lead = parts.find(part => part.policy.onExpiry === 'lift') ?? parts[0]
  if (lead === undefined) return []
  return [
    {
      kind: 'expired',
      facet,
      address: formatAddress(machine.id, facet),
      machine,
      lead,
      contributors: parts,
      reassert: false,
    },
  ]
}

function runClaims(machine: Machine, live: readonly PolicyMatch[], facet: RunFacet): readonly Claim[] {
  const byKey = new Map<string, RunPart[]>()
  for (const { policy, machines } of live) {
    for (const { key, wish, place } of facet.wishesOf(policy.state)) {
      const part: RunPart = { policy, place, named: machines.get(machine.id) === true, wish, key }
      const known = byKey.get(key ?? '')
      if (known === undefined) byKey.set(key ?? '', [part])
      else known.push(part)
    }
  }
  return [...byKey.values()].map(parts => joinRuns(machine, facet, parts))
}

function joinRuns(machine: Machine, facet: RunFacet, parts: readonly RunPart[]): RunClaim | ConflictClaim {
  const [first, ...others] = parts as readonly [RunPart, ...RunPart[]]
  let wish = first.wish
  let lead = first
  for (const part of others) {
    const joined = facet.join(wish, part.wish)
    if (joined === null) return conflictOf(machine, facet.name, first.key, parts, [[first, part]])
    if (wish.scan !== 'full' && part.wish.scan === 'full') lead = part
    wish = joined
  }
  return {
    kind: 'run',
    facet,
    address: formatAddress(machine.id, facet.name, first.key),
    machine,
    wish,
    lead,
    contributors: parts,
    reassert: parts.some(part => part.policy.reassert),
  }
}
