import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Policy } from '../../schema/policy.ts'
import type { Item } from '../judge/item.ts'
import { type AddressPattern, matchesAddress, parseAddress } from './address.ts'
import type { PlanOptions } from './plan-input.ts'
import type { MachineIndex } from './resolve.ts'

/** Reads the addresses of one flag; what is no address, or names nothing known, is an error. */
export function readPatterns(
  flag: string,
  texts: readonly string[],
  policies: readonly Policy[],
  index: MachineIndex,
  diagnostics: Diagnostic[],
): readonly AddressPattern[] {
  return texts.flatMap(text => {
    const pattern = parseAddress(text)
    if (pattern !== undefined && isKnown(pattern, policies, index)) return [ofDevice(pattern, index)]
    diagnostics.push({
      severity: 'error',
      code: 'unknown-address',
      message: `--${flag} ${text} names no machine, policy or facet that this plan knows; expected a machine id or whole DNS name, policy:NAME, or either with /facet.`,
    })
    return []
  })
}

/** The id of a record that was merged into another chooses what is done to the device. */
function ofDevice(pattern: AddressPattern, { byId, merges }: MachineIndex): AddressPattern {
  const { machine } = pattern
  return machine === undefined || !byId.has(machine)
    ? pattern
    : { ...pattern, machine: merges.ownerOf(machine) }
}

function isKnown(pattern: AddressPattern, policies: readonly Policy[], index: MachineIndex): boolean {
  if (pattern.policy !== undefined) return policies.some(({ name }) => name === pattern.policy)
  const { machine = '' } = pattern
  return index.byId.has(machine) || index.byName.has(machine)
}

/**
 * Chooses among finished items (docs/contract.md#choosing): targets and the policies of path arguments let in, excludes keep out,
 * and what depends on an item that is out goes with it. No item is altered.
 */
export function chooseItems(
  items: readonly Item[],
  targets: readonly AddressPattern[],
  excludes: readonly AddressPattern[],
  options: PlanOptions,
): readonly Item[] {
  const { chosen } = options
  const isIn = (item: Item): boolean =>
    (options.renewals !== true || item.ofRenewals === true || item.decision.kind === 'unchanged') &&
    (chosen === undefined || item.policies.some(policy => chosen.includes(policy))) &&
    (targets.length === 0 || targets.some(pattern => matchesAddress(pattern, item))) &&
    !excludes.some(pattern => matchesAddress(pattern, item))
  const out = new Set(items.filter(item => !isIn(item)).map(({ address }) => address))
  for (let size = -1; size !== out.size; ) {
    size = out.size
    for (const item of items) if (item.dependsOn.some(address => out.has(address))) out.add(item.address)
  }
  return items.filter(({ address }) => !out.has(address))
}
