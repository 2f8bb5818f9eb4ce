import type { Configuration } from '../../schema/configuration.ts'
import type { Place } from '../../schema/diagnostic.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import { normalName } from '../../schema/machine-name.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import type { Need } from './observation.ts'

/** The service keeps a tenant's data for 180 days (docs/service.md#retention). */
const RETENTION_MS = 180 * 86_400_000

/** Says whether an entry gives machines by id or name, so that only those have to be read. */
export function namesMachines(entry: MachineEntry): boolean {
  return entry.fields.id !== undefined || entry.fields.dnsName !== undefined || entry.list !== undefined
}

/**
 * Says what must be read before these policies can be planned.
 *
 * Only where every entry names its machines, and none has expired, are single machines enough: what an expired policy
 * held may have another name by now. One-way facets look back as far as the
 * service remembers: a quarantine is not repeated because a shorter look-back has ended.
 */
export function needOf(
  policies: readonly Policy[],
  configuration: Configuration,
  now: Instant,
  options: { readonly wholeTenant: boolean; readonly asOf?: Instant | undefined },
): Need {
  const entries = policies.flatMap(policy => [...policy.machines, ...policy.except.filter(namesMachines)])
  const at = options.asOf ?? now
  const isOver = policies.some(({ expires }) => expires !== undefined && expires <= at)
  const named = !options.wholeTenant && !isOver && entries.every(namesMachines)
  const names = named ? entries.flatMap(namesOf) : []
  return {
    scope: named ? 'named' : 'tenant',
    ...idsAndNames(names),
    historyFrom: historyStart(policies, configuration, now),
    countOnboarded: named && configuration.guards.maxShare !== undefined,
  }
}

/** What must be read before single machines can be planned, whatever selectors reach: those, and what policies name. */
export function needOfTargets(
  policies: readonly Policy[],
  configuration: Configuration,
  now: Instant,
  ids: readonly string[],
): Need {
  const entries = policies.flatMap(policy => [...policy.machines, ...policy.except])
  const targets = ids.map(text => ({ kind: 'id', text }) as const)
  return {
    scope: 'named',
    ...idsAndNames([...entries.flatMap(namesOf), ...targets]),
    historyFrom: historyStart(policies, configuration, now),
    countOnboarded: configuration.guards.maxShare !== undefined,
  }
}

function idsAndNames(names: readonly Omit<MachineName, 'place'>[]): Pick<Need, 'ids' | 'dnsNames'> {
  return {
    ids: unique(names.filter(({ kind }) => kind === 'id').map(({ text }) => text)),
    dnsNames: unique(names.filter(({ kind }) => kind === 'dnsName').map(({ text }) => text)),
  }
}

function historyStart(policies: readonly Policy[], { history }: Configuration, now: Instant): Instant {
  const oneWay = policies.some(
    ({ state }) =>
      state.quarantined !== undefined || state.liveResponse !== undefined || state.offboarded !== undefined,
  )
  return addMs(now, -(oneWay ? Math.max(history.lookback.ms, RETENTION_MS) : history.lookback.ms))
}

/** One machine as an entry gives it. */
export interface MachineName {
  readonly kind: 'id' | 'dnsName'
  /** Lower case. */
  readonly text: string
  readonly place: Place
}

/** The service's machine ids are 40 hex digits, 32 in some of its samples (docs/service.md#machine-id). */
const ID_LIKE = /^[0-9a-f]{32,64}$/

/** Reads one machine as people type it: an id where it looks like one, else a name. */
export function readMachineName(text: string): Omit<MachineName, 'place'> {
  const lower = normalName(text)
  return { kind: ID_LIKE.test(lower) ? 'id' : 'dnsName', text: lower }
}

/** The machines that an entry names, in the order written; a list line is an id where it looks like one. */
export function namesOf(entry: MachineEntry): readonly MachineName[] {
  const { id = [], dnsName = [] } = entry.fields
  return [
    ...id.map((text): MachineName => ({ kind: 'id', text, place: entry.place })),
    ...dnsName.map((text): MachineName => ({ kind: 'dnsName', text, place: entry.place })),
    ...(entry.list?.machines ?? []).map(
      ({ name, place }): MachineName => ({ ...readMachineName(name), place }),
    ),
  ]
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
