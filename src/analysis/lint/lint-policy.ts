import { hasExpired } from '../../plan/claim/compose.ts'
import type { PlanCode } from '../../plan/document/codes.ts'
import { declaresHold } from '../../plan/judge/long-holds.ts'
import { namesMachines, namesOf } from '../../plan/select/need.ts'
import type { Diagnostic, Place } from '../../schema/diagnostic.ts'
import { displayInstant, type Instant } from '../../schema/instant.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import { coversEntry, nameKeys } from './entry-cover.ts'

/** Makes a warning of a lint. */
export function warn(
  code: PlanCode,
  message: string,
  place: Place,
  related?: NonNullable<Diagnostic['related']>,
): Diagnostic {
  return { severity: 'warning', code, message, place, ...(related === undefined ? {} : { related }) }
}

/** An end that is over, and holds that nobody answers for. */
function lintHold(policy: Policy, now: Instant): readonly Diagnostic[] {
  const { name, expires, owner, place } = policy
  if (expires !== undefined && hasExpired(policy, now)) {
    const message = `the policy ${name} expired at ${displayInstant(expires)} and declares nothing any more; remove it once no machine is left that its apply would release.`
    return [warn('expired-policy', message, place)]
  }
  if (!declaresHold(policy)) return []
  const endless = `the policy ${name} holds machines without an end; set \`expires\`, so that somebody decides again.`
  const ownerless = `the policy ${name} holds machines and nobody answers for it; set \`owner\`.`
  return [
    ...(expires === undefined ? [warn('hold-without-expiry', endless, place)] : []),
    ...(owner === undefined ? [warn('hold-without-owner', ownerless, place)] : []),
  ]
}

/** Entries that add nothing to another of the same policy, each with that one; of two that are alike the later. */
function redundantEntries({ machines }: Policy): ReadonlyMap<MachineEntry, MachineEntry> {
  const redundant = new Map<MachineEntry, MachineEntry>()
  for (const [at, entry] of machines.entries()) {
    const wider = machines.find(
      (other, otherAt) =>
        otherAt !== at && coversEntry(other, entry) && (otherAt < at || !coversEntry(entry, other)),
    )
    if (wider !== undefined) redundant.set(entry, wider)
  }
  return redundant
}

function redundancy([entry, wider]: readonly [MachineEntry, MachineEntry]): Diagnostic {
  const message =
    'this entry adds nothing: another one of this policy reaches all of its machines; remove one of them.'
  return warn('redundant-entry', message, entry.place, [{ message: 'the other one', place: wider.place }])
}

/** Machines that a policy names more than once, each told at its later place; not where the whole entry is told. */
function lintNamedTwice(
  { machines }: Policy,
  told: ReadonlyMap<MachineEntry, MachineEntry>,
): readonly Diagnostic[] {
  const first = new Map<string, Place>()
  return machines
    .filter(entry => !told.has(entry))
    .flatMap(namesOf)
    .flatMap(({ kind, text, place }) => {
      const earlier = first.get(`${kind} ${text}`)
      if (earlier === undefined) first.set(`${kind} ${text}`, place)
      if (earlier === undefined || earlier === place) return []
      const message = `${text} is named by this policy already; remove it here.`
      return [warn('named-twice', message, place, [{ message: 'named here first', place: earlier }])]
    })
}

/** Exceptions from a policy that names all of its machines, and not these. */
function lintExcept({ machines, except }: Policy): readonly Diagnostic[] {
  if (!machines.every(namesMachines)) return []
  const named = new Set(machines.flatMap(nameKeys))
  // An id and a name can be one machine, so that only names of one kind tell.
  const kinds = new Set([...named].map(key => key.split(' ', 1)[0]))
  const idle = (entry: MachineEntry): boolean => {
    const keys = nameKeys(entry)
    return (
      keys.length > 0 &&
      keys.every(key => kinds.size === 1 && kinds.has(key.split(' ', 1)[0]) && !named.has(key))
    )
  }
  return except
    .filter(idle)
    .map(({ place }) =>
      warn(
        'except-takes-nothing',
        'this exception takes nothing away: the policy names none of these machines; remove it.',
        place,
      ),
    )
}

/** Finds what is doubtful in one policy, whatever the tenant holds. */
export function lintPolicy(policy: Policy, now: Instant): readonly Diagnostic[] {
  const redundant = redundantEntries(policy)
  return [
    ...lintHold(policy, now),
    ...[...redundant].map(redundancy),
    ...lintNamedTwice(policy, redundant),
    ...lintExcept(policy),
  ]
}
