import { compileEntry, isReachable } from '../../plan/select/match.ts'
import { type MachineName, namesMachines, namesOf } from '../../plan/select/need.ts'
import type { Need } from '../../plan/select/observation.ts'
import {
  indexMachines,
  type MachineIndex,
  type ResolveProblem,
  resolvePolicies,
} from '../../plan/select/resolve.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Instant } from '../../schema/instant.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'

/** Says what must be read for an entry: the machines it names, or all of the tenant where it names none. */
export function needOfEntry(entry: MachineEntry | undefined, historyFrom: Instant): Need {
  const names = entry === undefined ? [] : namesOf(entry)
  const texts = (kind: MachineName['kind']): readonly string[] =>
    [...new Set(names.filter(name => name.kind === kind).map(({ text }) => text))].sort()
  return {
    scope: names.length > 0 ? 'named' : 'tenant',
    ids: texts('id'),
    dnsNames: texts('dnsName'),
    historyFrom,
    countOnboarded: false,
  }
}

/** Records that were chosen to be looked at. */
export interface ChosenRecords {
  /** Sorted by id. */
  readonly machines: readonly Machine[]
  /** Names without any record. */
  readonly unknown: readonly MachineName[]
}

/**
 * Chooses records to look at, with the matching of policies.
 *
 * What is named is shown whatever its state: twins, records merged away. A selector reaches Onboarded, unmerged records,
 * as in a policy, unless `wide` says that every record counts.
 */
export function chooseRecords(
  entry: MachineEntry | undefined,
  machines: readonly Machine[],
  now: Instant,
  wide: boolean,
): ChosenRecords {
  const index = indexMachines(machines)
  const isNamed = entry !== undefined && namesMachines(entry)
  const isEligible = (machine: Machine): boolean => {
    if (wide || isNamed) return true
    return entry?.fields.onboardingStatus === undefined
      ? isReachable(machine)
      : machine.mergedIntoMachineId === null
  }
  const matches = entry === undefined ? (): boolean => true : compileEntry(entry, now)
  const unknown = entry === undefined ? [] : namesOf(entry).filter(name => !isListed(name, index))
  return { machines: index.all.filter(machine => isEligible(machine) && matches(machine)), unknown }
}

function isListed({ kind, text }: MachineName, index: MachineIndex): boolean {
  return kind === 'id' ? index.byId.has(text) : index.byName.has(text)
}

/** Machines that were chosen to be changed, and what stands in the way. */
export interface ResolvedMachines {
  /** Sorted by id. */
  readonly machines: readonly Machine[]
  readonly problems: readonly Pick<ResolveProblem, 'severity' | 'code' | 'message'>[]
}

/** Chooses machines to be changed exactly as a policy with this entry would: a name must resolve to one record. */
export function resolveEntry(
  entry: MachineEntry,
  machines: readonly Machine[],
  now: Instant,
): ResolvedMachines {
  const index = indexMachines(machines)
  const policy: Policy = {
    name: 'arguments',
    reason: 'arguments',
    machines: [entry],
    except: [],
    state: {},
    onExpiry: 'report',
    liftAfter: [],
    reassert: false,
    place: entry.place,
  }
  const { matches, problems } = resolvePolicies([policy], index, now)
  const chosen = new Set(matches.flatMap(match => [...match.machines.keys()]))
  return { machines: index.all.filter(({ id }) => chosen.has(id)), problems }
}
