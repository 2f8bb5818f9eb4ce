import type { PlanMachine } from '../../plan/document/document.ts'
import { normalName } from '../../schema/machine-name.ts'
import { cutText, escapeTerminal } from '../terminal/escape-terminal.ts'

/** The longest machine name: the longest DNS name. */
const NAME_LIMIT = 253

/** An item that a machine can be named for. */
export interface Addressed {
  readonly address: string
  readonly machine?: PlanMachine | null
}

/** What stands before the first slash of an address: the machine id, or the name that did not resolve. */
export function machineKey(item: Addressed): string {
  return item.machine?.id ?? (item.address.split('/', 1)[0] as string)
}

/** What an address says of its facet: `isolated`, or `quarantined/<sha1>`; empty where it names a machine alone. */
export function facetPath(address: string): string {
  const slash = address.indexOf('/')
  return slash === -1 ? '' : address.slice(slash + 1)
}

/**
 * Puts a name in quotes unless it is made of letters, digits, dots and dashes, so that a machine called `a, b` or
 * `a will be released` does not read as our own words. Not escaped.
 */
export function quoteName(name: string): string {
  return /^[\p{L}\p{M}\p{N}._-]+$/u.test(name) ? name : `"${name.replaceAll('"', '\\"')}"`
}

/** Cuts, quotes where need be, and escapes a machine's name. */
export function safeName(name: string): string {
  return escapeTerminal(quoteName(cutText(name, NAME_LIMIT)))
}

/**
 * Chooses how each machine is called: by its name, and by name and id where several records share a name, so that
 * re-imaged twins are never taken for one machine.
 *
 * @param items - Everything that is shown together.
 * @returns A lookup by {@link machineKey}, quoted where need be, not yet escaped.
 */
export function nameMachines(items: readonly Addressed[]): (item: Addressed) => string {
  const keysByName = new Map<string, Set<string>>()
  for (const item of items) {
    const name = normalName(item.machine?.dnsName ?? '')
    if (name === '') continue
    const keys = keysByName.get(name) ?? new Set()
    keysByName.set(name, keys.add(machineKey(item)))
  }
  const twins = new Set([...keysByName].filter(([, keys]) => keys.size > 1).map(([name]) => name))
  return item => {
    const name = item.machine?.dnsName
    const key = quoteName(cutText(machineKey(item), NAME_LIMIT))
    if (name === null || name === undefined) return key
    const shown = quoteName(cutText(name, NAME_LIMIT))
    return twins.has(normalName(name)) ? `${shown} (${key})` : shown
  }
}
