import type { Machine } from '../../posture/machine.ts'
import { normalName } from '../../schema/machine-name.ts'
import type { FacetName } from '../../schema/policy.ts'

const FACETS: ReadonlySet<string> = new Set<FacetName>([
  'isolated',
  'restricted',
  'scanned',
  'collected',
  'quarantined',
  'liveResponse',
  'offboarded',
])

/** Writes the address of a facet of a machine; list facets carry the SHA-1 or the name as their key. */
export function formatAddress(machineId: string, facet: FacetName, key?: string | null): string {
  return key === undefined || key === null ? `${machineId}/${facet}` : `${machineId}/${facet}/${key}`
}

/** An ADDR of the command line: a machine or a policy, and perhaps one facet (and key) of it. */
export interface AddressPattern {
  readonly text: string
  readonly policy?: string
  /** Machine id or whole DNS name, lower case. */
  readonly machine?: string
  readonly facet?: string
}

/** Reads an ADDR: a machine id or name, `policy:NAME`, or either with `/facet`. Undefined where it is none. */
export function parseAddress(text: string): AddressPattern | undefined {
  const slash = text.indexOf('/')
  const head = slash < 0 ? text : text.slice(0, slash)
  const facet = slash < 0 ? undefined : text.slice(slash + 1)
  const facetWord = facet?.split('/')[0]
  if (head === '' || (facetWord !== undefined && !FACETS.has(facetWord))) return undefined
  const place = facet === undefined ? {} : { facet }
  return head.startsWith('policy:')
    ? { text, policy: head.slice('policy:'.length), ...place }
    : { text, machine: normalName(head), ...place }
}

/** What an address pattern is held against. */
export interface Addressed {
  readonly address: string
  readonly machine: Machine | null
  /** Names of all policies that ask for this. */
  readonly policies: readonly string[]
}

/** Says whether a pattern chooses an item. */
export function matchesAddress(pattern: AddressPattern, item: Addressed): boolean {
  const [machineId = '', ...rest] = item.address.split('/')
  const facet = rest.join('/')
  if (pattern.facet !== undefined && facet !== pattern.facet && !facet.startsWith(`${pattern.facet}/`))
    return false
  if (pattern.policy !== undefined) return item.policies.includes(pattern.policy)
  return machineId === pattern.machine || normalName(item.machine?.computerDnsName ?? '') === pattern.machine
}
