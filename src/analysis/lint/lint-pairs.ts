import { contradict } from '../../plan/claim/compose.ts'
import type { HoldLevel, HoldName } from '../../posture/holds.ts'
import type { Diagnostic, Place } from '../../schema/diagnostic.ts'
import type { FacetName, MachineEntry, Policy } from '../../schema/policy.ts'
import { coversEntry, overlap } from './entry-cover.ts'
import { warn } from './lint-policy.ts'

/** Two policies that reach a machine in common, and how that is known. */
export interface Meeting {
  readonly first: Policy
  readonly second: Policy
  /** Where each says that it reaches it. */
  readonly places: readonly [first: Place, second: Place]
  /** The machines, as a message names them. */
  readonly machines: string
}

const HOLDS: readonly HoldName[] = ['isolated', 'restricted']

/** The holds on which two policies can never agree. */
function contradictions(first: Policy, second: Policy): readonly HoldName[] {
  const levelOf = ({ state }: Policy, facet: HoldName): Exclude<HoldLevel, 'unknown'> | undefined =>
    state[facet]?.value
  return HOLDS.filter(facet => {
    const [a, b] = [levelOf(first, facet), levelOf(second, facet)]
    return a !== undefined && b !== undefined && contradict(a, b)
  })
}

function sharedFacets(first: Policy, second: Policy): readonly FacetName[] {
  return (Object.keys(first.state) as FacetName[]).filter(facet => second.state[facet] !== undefined).sort()
}

/** Says what it means that two policies meet: they contradict each other, or both declare something. */
export function judgeMeeting({ first, second, places, machines }: Meeting): readonly Diagnostic[] {
  const [here, there] = places
  const related = [{ message: `${first.name} reaches them here`, place: here }]
  const against = contradictions(first, second)
  if (against.length > 0) {
    const message = `the policies ${first.name} and ${second.name} contradict each other on ${against.join(' and ')} of ${machines}; take them out of one of the two with \`except\`.`
    return [warn('contradicting-policies', message, there, related)]
  }
  const facets = sharedFacets(first, second)
  if (facets.length === 0) return []
  const message = `the policies ${first.name} and ${second.name} both declare ${facets.join(', ')} for ${machines}; the stronger counts, so say it in one of the two.`
  return [warn('overlapping-policies', message, there, related)]
}

/** Says whether an exception takes away all that an entry reaches. */
function isExcepted(entry: MachineEntry, { except }: Policy): boolean {
  return except.some(exception => coversEntry(exception, entry))
}

function meet(first: Policy, second: Policy): Meeting | undefined {
  for (const a of first.machines) {
    for (const b of second.machines) {
      if (!overlap(a, b)) continue
      const narrow = coversEntry(a, b) ? b : a
      if (isExcepted(narrow, first) || isExcepted(narrow, second)) continue
      return { first, second, places: [a.place, b.place], machines: 'the same machines' }
    }
  }
  return undefined
}

/** Every two policies once, each pair and the pairs in the order of names. */
export function pairsOf(policies: readonly Policy[]): readonly (readonly [Policy, Policy])[] {
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return sorted.flatMap((first, at) => sorted.slice(at + 1).map(second => [first, second] as const))
}

/** Finds policies that surely reach a machine in common, whatever the tenant holds. */
export function lintPairs(policies: readonly Policy[]): readonly Diagnostic[] {
  return pairsOf(policies).flatMap(([first, second]) => {
    const meeting = meet(first, second)
    return meeting === undefined ? [] : judgeMeeting(meeting)
  })
}
