import { compareText } from '../words/words.ts'
import {
  byName,
  type HeldDocument,
  isHeld,
  type MachineDocument,
  summarizeMachines,
} from './machine-document.ts'
import type {
  FlightGroup,
  GroupedMachine,
  HeldGroup,
  HolderDocument,
  TenantStatusDocument,
} from './tenant-status-document.ts'

type Grouped = Pick<TenantStatusDocument, 'held' | 'inFlight' | 'free' | 'summary'>

type Terms<Group> = Omit<Group, 'machines'>

/**
 * Puts machines together that are in the same state for the same reason.
 *
 * @param expiries - When the holds of a policy are lifted, by its name; policies that say no end are not there.
 * @param namesFree - Whether machines with nothing on them are named too.
 */
export function groupPosture(
  machines: readonly MachineDocument[],
  expiries: ReadonlyMap<string, string>,
  namesFree: boolean,
): Grouped {
  const held = (['isolated', 'restricted'] as const).flatMap(facet =>
    gather(
      machines.flatMap(machine => {
        const hold = machine.posture[facet]
        return isHeld(hold) ? [[heldTerms(facet, hold, expiries), grouped(machine, hold)] as const] : []
      }),
    ),
  )
  const inFlight = gather(
    machines.flatMap(machine =>
      machine.posture.inFlight.map(({ type, scope, status, own, requestor, since }) => {
        const terms = { type, scope, status, own, requestor: own ? null : requestor }
        return [terms satisfies Terms<FlightGroup>, grouped(machine, { since, until: null })] as const
      }),
    ),
  )
  const free = namesFree ? machines.filter(isFree).sort(byName) : []
  const { isolated, restricted, inFlight: flying, uncertain } = summarizeMachines(machines, 0)
  return {
    held,
    inFlight,
    free: free.map(({ id, dnsName }) => ({ id, dnsName })),
    summary: { isolated, restricted, inFlight: flying, uncertain },
  }
}

function isFree({ posture }: MachineDocument): boolean {
  const { isolated, restricted, inFlight } = posture
  return !isHeld(isolated) && !isHeld(restricted) && inFlight.length === 0
}

function heldTerms(
  facet: HeldGroup['facet'],
  { level, by }: HeldDocument,
  expiries: ReadonlyMap<string, string>,
): Terms<HeldGroup> {
  const holders = by.map(({ class: kind, requestor, policy }): HolderDocument => {
    const isOwn = kind === 'own'
    return { class: kind, requestor: isOwn ? null : requestor, policy: isOwn ? policy : null }
  })
  const distinct = new Map(holders.map(holder => [JSON.stringify(holder), holder]))
  const unique = [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, holder]) => holder)
  const ends = unique.map(({ policy }) =>
    policy === null ? undefined : expiries.get(policy.slice(policy.indexOf('/') + 1)),
  )
  const expires = ends.includes(undefined) ? null : (ends.sort().at(-1) as string)
  return { facet, level, by: unique, expires }
}

function grouped(
  { id, dnsName }: MachineDocument,
  { since, until }: Pick<HeldDocument, 'since' | 'until'>,
): GroupedMachine {
  return { id, dnsName, since: since as string, until }
}

function gather<T>(
  pairs: readonly (readonly [terms: T, machine: GroupedMachine])[],
): readonly (T & { readonly machines: readonly GroupedMachine[] })[] {
  const groups = new Map<string, { readonly terms: T; readonly machines: GroupedMachine[] }>()
  for (const [terms, machine] of pairs) {
    const key = JSON.stringify(terms)
    const group = groups.get(key) ?? { terms, machines: [] }
    groups.set(key, group)
    group.machines.push(machine)
  }
  return [...groups]
    .sort(([a, one], [b, other]) => other.machines.length - one.machines.length || compareText(a, b))
    .map(([, { terms, machines }]) => ({ ...terms, machines: machines.sort(byName) }))
}
