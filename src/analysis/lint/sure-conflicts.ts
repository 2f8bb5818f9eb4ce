import { contradict } from '../../plan/claim/compose.ts'
import { RUN_FACETS } from '../../plan/claim/run-facets.ts'
import { namesOf, readMachineName } from '../../plan/select/need.ts'
import type { Diagnostic, Place } from '../../schema/diagnostic.ts'
import type { DesiredState, FacetName, MachineEntry, Policy } from '../../schema/policy.ts'
import { onlyNames } from './entry-cover.ts'

const HOLDS = ['isolated', 'restricted'] as const

/** How many machines a message names. */
const SHOWN = 3

/** A policy that surely reaches a machine, and where it says so. */
interface Reach {
  readonly policy: Policy
  readonly place: Place
}

/**
 * Finds policies that contradict each other on a machine that both name: what no plan can be made of, whatever the
 * tenant holds.
 *
 * @param policies - Those that have not expired.
 * @returns An error for each two policies, with places and without source lines.
 */
export function findSureConflicts(policies: readonly Policy[]): readonly Diagnostic[] {
  const met = new Map<string, { readonly pair: readonly [Reach, Reach]; readonly machines: string[] }>()
  for (const [machine, reaches] of reachesByMachine(policies)) {
    for (const [at, first] of reaches.entries()) {
      for (const second of reaches.slice(at + 1)) {
        const key = `${first.policy.name} ${second.policy.name}`
        const known = met.get(key)
        if (known === undefined) met.set(key, { pair: [first, second], machines: [machine] })
        else known.machines.push(machine)
      }
    }
  }
  return [...met.values()].flatMap(({ pair, machines }) => judge(pair, machines))
}

/** The policies that name each machine and except nothing that it might be, by name. */
function reachesByMachine(policies: readonly Policy[]): ReadonlyMap<string, readonly Reach[]> {
  const found = new Map<string, Reach[]>()
  for (const policy of policies.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const mayBeExcepted = exceptionsOf(policy)
    const own = new Map<string, Place>()
    for (const entry of policy.machines.filter(isSure)) {
      for (const { text, place } of namesOf(entry)) if (!own.has(text)) own.set(text, place)
    }
    for (const [key, place] of own) {
      if (mayBeExcepted(key)) continue
      const known = found.get(key)
      if (known === undefined) found.set(key, [{ policy, place }])
      else known.push({ policy, place })
    }
  }
  return found
}

/** An entry that reaches all that it names, or is an error. */
function isSure(entry: MachineEntry): boolean {
  return onlyNames(entry) && entry.missing === 'error'
}

/** Whether `except` of a policy may spare a machine: a selector, or a name of the other kind, could be any machine. */
function exceptionsOf({ except }: Policy): (key: string) => boolean {
  const keys = new Set(except.flatMap(namesOf).map(({ text }) => text))
  const kinds = new Set([...keys].map(kindOf))
  const isOpen = !except.every(onlyNames)
  return key => isOpen || keys.has(key) || [...kinds].some(kind => kind !== kindOf(key))
}

function kindOf(key: string): string {
  return readMachineName(key).kind
}

function judge([first, second]: readonly [Reach, Reach], machines: readonly string[]): readonly Diagnostic[] {
  const facets = contradictions(first.policy.state, second.policy.state)
  if (facets.length === 0) return []
  const [a, b] = [first.policy.name, second.policy.name]
  const more = machines.length > SHOWN ? ` and ${machines.length - SHOWN} more` : ''
  const named = `${machines.slice(0, SHOWN).join(', ')}${more}`
  return [
    {
      severity: 'error',
      code: 'conflicting-policies',
      message: `the policies ${a} and ${b} contradict each other on ${facets.join(' and ')} of ${named}, which both name: take it out of one of them, or add it to its \`except\``,
      place: second.place,
      related: [{ message: `${a} names it here`, place: first.place }],
    },
  ]
}

/** The facets on which two policies can never agree. */
function contradictions(a: DesiredState, b: DesiredState): readonly FacetName[] {
  const holds = HOLDS.filter(facet => {
    const [one, other] = [a[facet]?.value, b[facet]?.value]
    return one !== undefined && other !== undefined && contradict(one, other)
  })
  const runs = RUN_FACETS.filter(({ wishesOf, join }) =>
    wishesOf(a).some(one =>
      wishesOf(b).some(other => one.key === other.key && join(one.wish, other.wish) === null),
    ),
  )
  return [...holds, ...runs.map(({ name }) => name)]
}
