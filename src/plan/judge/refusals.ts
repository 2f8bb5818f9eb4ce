import type { Machine } from '../../posture/machine.ts'
import { resolveMerges } from '../../posture/merges.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import { guardKinds, guardPlan } from '../assemble/guards.ts'
import type { Change, Guard, GuardName, Note, Plan } from '../document/document.ts'
import type { RecordsOf } from '../select/match.ts'
import { countOnboarded, type Observation } from '../select/observation.ts'
import { compileProtection, configurationLimitOf, type Limits } from './limits.ts'

/** What the configuration as it is at apply says of a plan that was made earlier. */
export interface Refusals {
  readonly guards: readonly Guard[]
  /** Changes that must not be sent, by address. */
  readonly refusals: ReadonlyMap<string, Note>
}

/**
 * Holds a plan against `protected`, `allow` and guards of the configuration as it is at apply (docs/contract.md#checked-at-apply).
 *
 * A machine that has no record any more is refused, since nobody can say whether it is protected; a release is not.
 */
export function recheckRefusals(
  plan: Plan,
  observation: Observation,
  configuration: Configuration,
  now: Instant,
  exceed: readonly GuardName[],
): Refusals {
  const merges = resolveMerges(observation.machines)
  const limits = limitsOf(configuration, now, ({ id }) => merges.recordsOf(id))
  const machines = new Map(observation.machines.map(machine => [machine.id, machine]))
  const refusals = new Map<string, Note>()
  for (const change of plan.changes) {
    const note = noteOf(change, machines.get(change.machine.id), limits, merges.recordsOf(change.machine.id))
    if (note !== undefined) refusals.set(change.address, note)
  }
  const changes = plan.changes.filter(({ address }) => !refusals.has(address))
  const input = { changes, configuration, onboarded: countOnboarded(observation), exceed }
  const kinds = guardKinds(input)
  for (const { stopped, note } of kinds) {
    for (const { address } of stopped) refusals.set(address, note)
  }
  return { guards: [...guardPlan(input), ...kinds.map(({ guard }) => guard)], refusals }
}

/**
 * The same of one change, on a later look at its machine.
 *
 * @param machine - Its record; undefined where the service lists none any more.
 * @param records - All records of its device.
 */
export function refusalOf(
  change: Change,
  machine: Machine | undefined,
  configuration: Configuration,
  now: Instant,
  records: readonly Machine[] = machine === undefined ? [] : [machine],
): Note | undefined {
  return noteOf(
    change,
    machine,
    limitsOf(configuration, now, () => records),
    records,
  )
}

function limitsOf(configuration: Configuration, now: Instant, recordsOf: RecordsOf): Limits {
  return { configuration, protection: compileProtection(configuration, now, recordsOf), roles: null }
}

function noteOf(
  change: Change,
  machine: Machine | undefined,
  limits: Limits,
  records: readonly Machine[],
): Note | undefined {
  const stray = strayRecord(change, records)
  if (stray !== undefined) return notOfDevice(change, stray)
  if (machine === undefined) return gone(change)
  return configurationLimitOf(
    { facet: change.facet, machine, releases: change.after === 'none', change },
    limits,
  )
}

/** A record that a request would go to and that is not one of the device: nobody looked at what it would release. */
function strayRecord({ requests }: Change, records: readonly Machine[]): string | undefined {
  const targets = requests.flatMap(request => (request.type === 'Cancel' ? [] : (request.machineId ?? [])))
  return targets.find(target => !records.some(({ id }) => id === target))
}

function notOfDevice({ machine }: Change, recordId: string): Note {
  return {
    code: 'merge-unresolved',
    message: `the record ${recordId} is not merged into that of ${machine.dnsName ?? machine.id}; plan again.`,
  }
}

function gone({ machine, after }: Change): Note | undefined {
  if (after === 'none') return undefined
  return {
    code: 'machine-gone',
    message: `the service lists no record of ${machine.dnsName ?? machine.id} any more; plan again.`,
  }
}
