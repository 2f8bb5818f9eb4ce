import { fromEpochMs, type Instant } from '../schema/instant.ts'
import type { Device, DeviceChange } from './device.ts'
import type { HuntingSettings } from './hunting-settings.ts'
import type { StoredMachine } from './stored-machine.ts'
import type { World } from './world.ts'

const HOUR_MS = 3_600_000
/** A device reports a change so long after it. */
const REPORT_MS = 2_000

/** One row of the table `DeviceInfo`: the columns that this emulator fills. */
export interface DeviceInfo {
  readonly Timestamp: Instant
  readonly DeviceId: string
  readonly DeviceName: string
  readonly OSPlatform: string
  readonly OnboardingStatus: string
  readonly SensorHealthState: string
  readonly MitigationStatus: string
  readonly MergedToDeviceId: string
  readonly MergedDeviceIds: string
  readonly RestrictedDeviceSecurityOperations: string
  readonly IsExcluded: boolean
}

/** The type of each column, as an answer's schema names it. */
export const DEVICE_INFO_TYPES: Readonly<Record<keyof DeviceInfo, string>> = {
  Timestamp: 'DateTime',
  DeviceId: 'String',
  DeviceName: 'String',
  OSPlatform: 'String',
  OnboardingStatus: 'String',
  SensorHealthState: 'String',
  MitigationStatus: 'String',
  MergedToDeviceId: 'String',
  MergedDeviceIds: 'String',
  RestrictedDeviceSecurityOperations: 'String',
  IsExcluded: 'SByte',
}

/**
 * Writes the latest row of each device that advanced hunting shows by now.
 *
 * @param ends - Times, by device, before which the latest row is wanted too.
 */
export function deviceInfos(
  world: World,
  nowMs: number,
  ends: ReadonlyMap<string, number> = new Map(),
): readonly DeviceInfo[] {
  const shownMs = nowMs - world.settings.hunting.lagMs
  return world.machines.all().flatMap(record => {
    const endMs = ends.get(record.facts.id)
    const latest = deviceInfo(world, record, shownMs)
    const before = endMs === undefined ? undefined : deviceInfo(world, record, Math.min(shownMs, endMs - 1))
    return [before, latest].flatMap((row, index) =>
      row === undefined || (index === 0 && row.Timestamp === latest?.Timestamp) ? [] : [row],
    )
  })
}

function deviceInfo(
  { machines, settings: { hunting } }: World,
  record: StoredMachine,
  shownMs: number,
): DeviceInfo | undefined {
  const { facts, device, online, seenMs, silentFromMs, mitigation, refuses, refusesInColumn } = record
  const untilMs = online ? shownMs : Math.min(shownMs, silentFromMs ?? seenMs ?? -1)
  const atMs = lastReportMs(facts.id, device, untilMs)
  if (atMs < 0) return undefined
  const merged = machines.all().filter(({ facts: other }) => other.mergedIntoMachineId === facts.id)
  const mergedIds = merged.map(({ facts: { id } }) => id)
  return {
    Timestamp: fromEpochMs(atMs),
    DeviceId: facts.id,
    DeviceName: facts.computerDnsName ?? '',
    OSPlatform: facts.osPlatform ?? '',
    OnboardingStatus: facts.onboardingStatus,
    SensorHealthState: facts.healthStatus ?? '',
    MitigationStatus: mitigation ?? mitigationAt(device.changes, atMs, hunting),
    MergedToDeviceId: facts.mergedIntoMachineId ?? '',
    MergedDeviceIds: mergedIds.length === 0 ? '' : JSON.stringify(mergedIds),
    RestrictedDeviceSecurityOperations: refusesInColumn ? operationsOf(refuses ?? [], hunting) : '',
    IsExcluded: facts.isExcluded,
  }
}

function operationsOf(refuses: readonly string[], { refusedAsArray }: HuntingSettings): string {
  return refusedAsArray ? JSON.stringify(refuses) : refuses.join(', ')
}

/** Devices report hourly, each at a minute of its own, and when they change (docs/service.md#device-info). */
function lastReportMs(id: string, { changes }: Device, untilMs: number): number {
  const phase = (Number.parseInt(id.slice(0, 6), 16) || 0) % HOUR_MS
  const hourly = Math.floor((untilMs - phase) / HOUR_MS) * HOUR_MS + phase
  const changed = changes.map(({ atMs }) => atMs + REPORT_MS).filter(ms => ms <= untilMs)
  return Math.max(hourly, ...changed)
}

/** Writes `MitigationStatus` in the shape of the scenario; empty for a device that was never isolated. */
function mitigationAt(changes: readonly DeviceChange[], atMs: number, { status }: HuntingSettings): string {
  const last = changes.findLast(change => change.atMs <= atMs)
  if (last === undefined || (!last.isIsolated && status.released === 'empty')) return ''
  const says = last.isIsolated || status.released === 'false'
  const value = {
    text: String(last.isIsolated),
    capital: last.isIsolated ? 'True' : 'False',
    boolean: last.isIsolated,
    number: Number(last.isIsolated),
  }[status.value]
  const one = says ? { Isolated: value } : {}
  return JSON.stringify(status.form === 'array' ? [one] : one)
}
