import { compareText } from '../../posture/history.ts'
import type { Machine } from '../../posture/machine.ts'
import { type Merges, resolveMerges } from '../../posture/merges.ts'
import type { Place, Severity } from '../../schema/diagnostic.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { normalName } from '../../schema/machine-name.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import { compileEntry, isOnboarded, isReachable, isSelectable, onlyItself, type RecordsOf } from './match.ts'
import { type MachineName, namesMachines, namesOf } from './need.ts'

/** Something about an entry that does not resolve, or not to one machine. */
export interface ResolveProblem {
  readonly severity: Severity
  readonly code: 'unresolved-machine' | 'ambiguous-machine' | 'merge-unresolved' | 'matches-nothing'
  readonly message: string
  readonly place: Place
  readonly policy: Policy
  /** The name as given, where the problem is about one. */
  readonly name?: string
  /** Whether a selector matched nothing, which says nothing where only named machines were read. */
  readonly ofSelector?: boolean
  /** False where the problem is in `except`: nothing of the policy can be trusted then. */
  readonly inMachines: boolean
}

/** Which machines a policy reaches. */
export interface PolicyMatch {
  readonly policy: Policy
  /** Machine id to whether an entry names it (by id, name or list) and not only a selector reaches it. */
  readonly machines: ReadonlyMap<string, boolean>
}

export interface Resolution {
  readonly matches: readonly PolicyMatch[]
  readonly problems: readonly ResolveProblem[]
}

/** Machine records found by id and by whole lower-case name. */
export interface MachineIndex {
  readonly all: readonly Machine[]
  readonly byId: ReadonlyMap<string, Machine>
  readonly byName: ReadonlyMap<string, readonly Machine[]>
  /** Which of the records are one device. */
  readonly merges: Merges
}

/** Indexes machine records, each id once. */
export function indexMachines(machines: readonly Machine[]): MachineIndex {
  const byId = new Map(machines.map(machine => [machine.id, machine]))
  const all = [...byId.values()].sort((a, b) => compareText(a.id, b.id))
  const byName = new Map<string, Machine[]>()
  for (const machine of all) {
    if (machine.computerDnsName === null) continue
    const name = normalName(machine.computerDnsName)
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [machine])
    else known.push(machine)
  }
  return { all, byId, byName, merges: resolveMerges(all) }
}

/**
 * Resolves the entries of policies to machine records (docs/contract.md#matching).
 *
 * 1. A named machine must resolve to one record; with several of one name, to the one that is Active, Onboarded and
 *    not merged away.
 * 2. A selector reaches unmerged records that are Onboarded or do not say; `onboardingStatus` in an entry takes the place of the first.
 * 3. What reaches a device reaches its twins that live on; what names a merged record reaches the device
 *    (docs/contract.md#merged-records).
 * 4. `except` takes away every device of which it matches a record, whatever its state.
 */
export function resolvePolicies(policies: readonly Policy[], index: MachineIndex, now: Instant): Resolution {
  const problems: ResolveProblem[] = []
  const matches = policies.map(policy => ({ policy, machines: resolvePolicy(policy, index, now, problems) }))
  return { matches, problems }
}

function resolvePolicy(
  policy: Policy,
  index: MachineIndex,
  now: Instant,
  problems: ResolveProblem[],
): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  for (const entry of policy.machines) {
    const named = namesMachines(entry)
    const reached = named
      ? resolveNames(entry, policy, index, now, problems)
      : selectMachines(entry, index.all, now, onlyItself)
    if (reached.length === 0 && !problems.some(problem => problem.place === entry.place)) {
      problems.push({ ...matchesNothing(entry, policy), ofSelector: !named })
    }
    for (const { id } of reached.flatMap(machine => [machine, ...index.merges.twinsOf(machine.id)]))
      found.set(id, named || (found.get(id) ?? false))
  }
  for (const entry of policy.except) {
    for (const excluded of excludedBy(entry, policy, index, now, problems))
      for (const { id } of index.merges.recordsOf(excluded)) found.delete(id)
  }
  return found
}

/** The entries of a policy's `machines` that reach a machine, whatever its `except` says. */
export function entriesReaching(
  policy: Policy,
  machineId: string,
  index: MachineIndex,
  now: Instant,
): readonly MachineEntry[] {
  const alone = (entry: MachineEntry): Policy => ({ ...policy, machines: [entry], except: [] })
  return policy.machines.filter(entry => resolvePolicy(alone(entry), index, now, []).has(machineId))
}

function selectMachines(
  entry: MachineEntry,
  machines: readonly Machine[],
  now: Instant,
  recordsOf: RecordsOf,
): readonly Machine[] {
  const matches = compileEntry(entry, now)
  const eligible =
    entry.fields.onboardingStatus === undefined
      ? isReachable
      : (machine: Machine) => machine.mergedIntoMachineId === null
  return machines.filter(machine => eligible(machine) && recordsOf(machine).some(matches))
}

function hasSelector(entry: MachineEntry): boolean {
  return (
    entry.lastSeenWithin !== undefined ||
    Object.keys(entry.fields).some(field => field !== 'id' && field !== 'dnsName')
  )
}

function resolveNames(
  entry: MachineEntry,
  policy: Policy,
  index: MachineIndex,
  now: Instant,
  problems: ResolveProblem[],
): readonly Machine[] {
  const resolved: Machine[] = []
  for (const name of namesOf(entry)) {
    const answer = resolveName(name, index)
    if ('id' in answer) resolved.push(answer)
    else
      problems.push({
        ...answer,
        severity: severityOf(entry),
        place: name.place,
        policy,
        name: name.text,
        inMachines: true,
      })
  }
  // The fields of the entry are those of the record that it names, which may have been merged into what it resolves to.
  const recordsOf: RecordsOf = ({ id }) => index.merges.recordsOf(id)
  if (hasSelector(entry)) return selectMachines(entry, resolved, now, recordsOf)
  const matches = compileEntry(entry, now)
  return resolved.filter(machine => recordsOf(machine).some(matches))
}

function severityOf(entry: MachineEntry): Severity {
  return entry.missing === 'warn' ? 'warning' : 'error'
}

/** Why a name is not one machine. */
type NameProblem = Pick<ResolveProblem, 'code' | 'message'>

/**
 * Finds the one machine that a name means: of several devices the one whose record is Active, Onboarded and not merged
 * away. A merged record means the one that remains.
 */
export function resolveName(name: Omit<MachineName, 'place'>, index: MachineIndex): Machine | NameProblem {
  // Of each device the record that remains, which stands first.
  const remaining = recordsOf(name, index).map(({ id }) => index.merges.recordsOf(id)[0] as Machine)
  const records = [...new Set(remaining)]
  const [only] = records
  if (only === undefined) return unresolved(name)
  if (records.length === 1) return only.mergedIntoMachineId === null ? only : mergeUnresolved(name, only)
  const live = records.filter(machine => isSelectable(machine) && machine.healthStatus === 'Active')
  const [one] = live
  return one !== undefined && live.length === 1 ? one : ambiguous(name, records)
}

function recordsOf(name: Omit<MachineName, 'place'>, index: MachineIndex): readonly Machine[] {
  if (name.kind === 'dnsName') return index.byName.get(name.text) ?? []
  const machine = index.byId.get(name.text)
  return machine === undefined ? [] : [machine]
}

function unresolved(name: Omit<MachineName, 'place'>): NameProblem {
  return {
    code: 'unresolved-machine',
    message: `no machine record has the ${name.kind} "${name.text}"; the whole name is compared. Correct it, or set \`missing: warn\` on its entry if the machine may be gone.`,
  }
}

function mergeUnresolved(name: Omit<MachineName, 'place'>, machine: Machine): NameProblem {
  return {
    code: 'merge-unresolved',
    message: `the record of "${name.text}" was merged into ${machine.mergedIntoMachineId}, and that leads to no record that remains; name the device by the id of another record.`,
  }
}

function ambiguous(name: Omit<MachineName, 'place'>, records: readonly Machine[]): NameProblem {
  const candidates = records.map(
    machine =>
      `${machine.id} (${machine.healthStatus ?? 'health unknown'}, ${isOnboarded(machine) ? 'onboarded' : 'not onboarded'}, ${
        machine.mergedIntoMachineId === null ? '' : 'merged away, '
      }last seen ${machine.lastSeen === null ? 'never' : formatInstant(machine.lastSeen)})`,
  )
  return {
    code: 'ambiguous-machine',
    message: `${records.length} records are named "${name.text}" and not exactly one of them is Active, Onboarded and unmerged; name one by id: ${candidates.join(', ')}.`,
  }
}

function matchesNothing(entry: MachineEntry, policy: Policy): ResolveProblem {
  return {
    severity: 'warning',
    code: 'matches-nothing',
    message: 'this entry matches no machine; a selector reaches Onboarded, unmerged records only.',
    place: entry.place,
    policy,
    inMachines: true,
  }
}

/** Ids that an `except` entry takes away: every record of a name, so that a twin is never hit by mistake. */
function excludedBy(
  entry: MachineEntry,
  policy: Policy,
  index: MachineIndex,
  now: Instant,
  problems: ResolveProblem[],
): readonly string[] {
  const names = namesOf(entry)
  for (const name of names) {
    if (recordsOf(name, index).length > 0) continue
    problems.push({
      ...unresolved(name),
      severity: severityOf(entry),
      place: name.place,
      policy,
      name: name.text,
      inMachines: false,
    })
  }
  const candidates = names.length === 0 ? index.all : names.flatMap(name => recordsOf(name, index))
  return candidates.filter(compileEntry(entry, now)).map(machine => machine.id)
}
