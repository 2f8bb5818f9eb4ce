import type { Findings } from '../plan/assemble/assemble-plan.ts'
import type { Item } from '../plan/judge/item.ts'
import { compareText } from '../posture/history.ts'
import type { HoldName } from '../posture/holds.ts'
import type { Machine } from '../posture/machine.ts'
import type { Instant } from '../schema/instant.ts'
import { formatInstant } from '../schema/instant.ts'
import { normalName } from '../schema/machine-name.ts'

/** A hold that no live policy declares. */
export interface UndeclaredHold {
  readonly address: string
  readonly machine: Machine
  readonly facet: HoldName
  /** What holds; `unknown` where the service reports no scope. */
  readonly level: string
  /** False where somebody else imposed it, perhaps beneath an own one. */
  readonly own: boolean
}

/** How holds came to be declared, for the names of the policies. */
export type ImportWord = 'imported' | 'adopted'

/** One policy to be written: holds of one facet, one level and one side. */
export interface ImportGroup {
  readonly name: string
  readonly facet: HoldName
  readonly level: string
  readonly own: boolean
  /** In the order of their names, then ids. */
  readonly holds: readonly UndeclaredHold[]
}

/** A hold that cannot be declared so that nothing follows from it. */
export interface LeftOut {
  readonly address: string
  readonly dnsName: string | null
  /** What the plan would make of it: a block code, the reason of a change, `in-flight`, or `no-record`. */
  readonly why: string
}

/** Lists what is held now and declared by no live policy, as drift tells it: orphaned or undeclared. */
export function undeclaredHolds({ items }: Findings): readonly UndeclaredHold[] {
  return items.flatMap(({ address, machine, facet, holds, drift }) => {
    const isHold = facet === 'isolated' || facet === 'restricted'
    const own = drift?.kind === 'orphaned'
    if (!isHold || holds === 'none' || !(own || drift?.kind === 'undeclared')) return []
    return [{ address, machine, facet, level: holds, own }]
  })
}

function byName(a: UndeclaredHold, b: UndeclaredHold): number {
  const nameOf = ({ machine }: UndeclaredHold): string => normalName(machine.computerDnsName ?? '')
  return compareText(`${nameOf(a)}\u0000${a.address}`, `${nameOf(b)}\u0000${b.address}`)
}

/** A name that no policy has: the same with a number behind it where need be. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`
  return free
}

/**
 * Groups holds by facet, level and side, each into a policy named after the day and what it holds.
 *
 * @param taken - Names of the policies that there are.
 */
export function groupHolds(
  holds: readonly UndeclaredHold[],
  now: Instant,
  taken: ReadonlySet<string>,
  word: ImportWord = 'imported',
): readonly ImportGroup[] {
  const day = formatInstant(now).slice(0, 10)
  const groups = new Map<string, UndeclaredHold[]>()
  for (const hold of [...holds].sort(byName)) {
    const what = hold.facet === 'restricted' ? hold.facet : `${hold.facet}-${hold.level}`
    const key = `${word}-${day}-${hold.own ? 'own' : 'foreign'}-${what}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [hold])
    else known.push(hold)
  }
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, members]) => {
      const { facet, level, own } = members[0] as UndeclaredHold
      return { name: freeName(key, taken), facet, level, own, holds: members }
    })
}

/** Why the planner would not leave a declared hold alone; undefined where it would. */
function unsettled(item: Item | undefined): string | undefined {
  if (item === undefined || item.lead === null) return 'no-record'
  const { decision } = item
  if (decision.kind === 'unchanged') return undefined
  if (decision.kind === 'blocked') return decision.code
  return decision.kind === 'change' ? decision.reason : decision.kind
}

/**
 * Divides holds by what the planner makes of them once they are declared: what it leaves alone can be imported.
 *
 * @param declared - Findings of the same observation with policies that declare all of them.
 */
export function settledHolds(
  holds: readonly UndeclaredHold[],
  declared: Findings,
): { readonly settled: readonly UndeclaredHold[]; readonly leftOut: readonly LeftOut[] } {
  const items = new Map(declared.items.map(item => [item.address, item]))
  const settled: UndeclaredHold[] = []
  const leftOut: LeftOut[] = []
  for (const hold of holds) {
    const why = unsettled(items.get(hold.address))
    if (why === undefined) settled.push(hold)
    else leftOut.push({ address: hold.address, dnsName: hold.machine.computerDnsName, why })
  }
  return { settled, leftOut }
}
