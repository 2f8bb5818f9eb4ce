import { findIdleProtection } from '../../plan/select/idle-protection.ts'
import { compileEntry } from '../../plan/select/match.ts'
import {
  indexMachines,
  type MachineIndex,
  type PolicyMatch,
  resolvePolicies,
} from '../../plan/select/resolve.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Instant } from '../../schema/instant.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import { judgeMeeting, pairsOf } from './lint-pairs.ts'
import { warn } from './lint-policy.ts'

/** How many machines a message names. */
const SHOWN = 3

function nameMachines(machines: readonly Machine[]): string {
  const names = machines.map(({ id, computerDnsName }) => computerDnsName ?? id).sort()
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${names.slice(0, SHOWN).join(', ')}${more}`
}

/** Policies that reach the same machines as the tenant is now. */
function lintMeetings(matches: readonly PolicyMatch[], index: MachineIndex): readonly Diagnostic[] {
  const reached = new Map(matches.map(({ policy, machines }) => [policy, machines]))
  return pairsOf(matches.map(({ policy }) => policy)).flatMap(([first, second]) => {
    const [a, b] = [reached.get(first), reached.get(second)]
    const both = index.all.filter(({ id }) => a?.has(id) === true && b?.has(id) === true)
    if (both.length === 0) return []
    const machines = nameMachines(both)
    return judgeMeeting({ first, second, places: [first.place, second.place], machines })
  })
}

/** Exceptions that match nothing of what their policy reaches. */
function lintExceptions(
  policies: readonly Policy[],
  index: MachineIndex,
  now: Instant,
): readonly Diagnostic[] {
  return policies.flatMap(policy => {
    if (policy.except.length === 0) return []
    const [match] = resolvePolicies([{ ...policy, except: [] }], index, now).matches
    const reached = index.all.filter(({ id }) => match?.machines.has(id))
    return policy.except
      .filter(entry => !reached.some(compileEntry(entry, now)))
      .map(({ place }) =>
        warn(
          'except-takes-nothing',
          'this exception takes nothing away: no machine that the policy reaches matches it; correct or remove it.',
          place,
        ),
      )
  })
}

/** What a plan says of protection that protects nobody; here all of it is a warning. */
function lintProtection(
  configuration: Configuration,
  index: MachineIndex,
  now: Instant,
): readonly Diagnostic[] {
  const found = findIdleProtection({ policies: [], configuration, index, now, wholeTenant: true })
  return found.map(diagnostic => ({ ...diagnostic, severity: 'warning' }))
}

/** Entries of the configuration that match no machine: what they were to keep safe is not. */
function lintConfiguration(
  { confirmByName = [], risks = [] }: Configuration,
  index: MachineIndex,
  now: Instant,
): readonly Diagnostic[] {
  const entries: readonly MachineEntry[] = [...confirmByName, ...risks.map(({ match }) => match)]
  return entries
    .filter(entry => !index.all.some(compileEntry(entry, now)))
    .map(({ place }) =>
      warn(
        'matches-nothing',
        'this entry of the configuration matches no machine; correct or remove it.',
        place,
      ),
    )
}

/**
 * Finds what only the machines of the tenant tell: names that nobody has any more, entries and exceptions that match
 * nothing, and policies that reach the same machines.
 *
 * @param policies - Also those that have expired, and entries that say `missing: warn`.
 */
export function lintMachines(
  policies: readonly Policy[],
  configuration: Configuration,
  machines: readonly Machine[],
  now: Instant,
): readonly Diagnostic[] {
  const index = indexMachines(machines)
  const { matches, problems } = resolvePolicies(policies, index, now)
  const live = matches.filter(({ policy }) => policy.expires === undefined || policy.expires > now)
  return [
    ...problems.map(
      ({ code, message, place }): Diagnostic => ({ severity: 'warning', code, message, place }),
    ),
    ...lintExceptions(policies, index, now),
    ...lintProtection(configuration, index, now),
    ...lintConfiguration(configuration, index, now),
    ...lintMeetings(live, index),
  ]
}
