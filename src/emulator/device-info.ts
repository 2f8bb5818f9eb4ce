import { fromEpochMs, type Instant, toEpochMs } from '../schema/instant.ts'
import type { ActionRecord } from './action-record.ts'
import type { MachineRecord } from './machine-record.ts'
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
  readonly MitigationStatus: string
}

/** The type of each column, as an answer's schema names it. */
export const DEVICE_INFO_TYPES: Readonly<Record<keyof DeviceInfo, string>> = {
  Timestamp: 'DateTime',
  DeviceId: 'String',
  DeviceName: 'String',
  OSPlatform: 'String',
  OnboardingStatus: 'String',
  MitigationStatus: 'String',
}

/** Writes the latest row of each device that advanced hunting shows by now. */
export function deviceInfos(world: World, nowMs: number): readonly DeviceInfo[] {
  const shownMs = nowMs - world.settings.huntingLagMs
  return world.machines.all().flatMap(record => deviceInfo(world, record, shownMs) ?? [])
}

function deviceInfo(world: World, record: MachineRecord, shownMs: number): DeviceInfo | undefined {
  const { facts, online, seenMs, silentFromMs, mitigation } = record
  const changes = isolationChanges(world, facts.id)
  const untilMs = online ? shownMs : Math.min(shownMs, silentFromMs ?? seenMs ?? -1)
  const atMs = lastReportMs(facts.id, changes, untilMs)
  if (atMs < 0) return undefined
  return {
    Timestamp: fromEpochMs(atMs),
    DeviceId: facts.id,
    DeviceName: facts.computerDnsName ?? '',
    OSPlatform: facts.osPlatform ?? '',
    OnboardingStatus: facts.onboardingStatus,
    MitigationStatus: mitigation ?? mitigationAt(changes, atMs),
  }
}

/** The actions that changed whether a device is isolated, in the order in which they took effect. */
function isolationChanges({ actions }: World, machineId: string): readonly ActionRecord[] {
  return actions
    .ofMachines(new Set([machineId]))
    .filter(
      ({ type, status, scope }) =>
        status === 'Succeeded' &&
        (type === 'Unisolate' || (type === 'Isolate' && scope !== 'UnManagedDevice')),
    )
    .sort((left, right) => (left.update < right.update ? -1 : 1))
}

/** Devices report hourly, each at a minute of its own, and when they change (docs/service.md#device-info). */
function lastReportMs(id: string, changes: readonly ActionRecord[], untilMs: number): number {
  const phase = (Number.parseInt(id.slice(0, 6), 16) || 0) % HOUR_MS
  const hourly = Math.floor((untilMs - phase) / HOUR_MS) * HOUR_MS + phase
  const changed = changes.map(({ update }) => toEpochMs(update) + REPORT_MS).filter(ms => ms <= untilMs)
  return Math.max(hourly, ...changed)
}

function mitigationAt(changes: readonly ActionRecord[], atMs: number): string {
  const last = changes.filter(({ update }) => toEpochMs(update) <= atMs).at(-1)
  return last === undefined ? '' : JSON.stringify({ Isolated: String(last.type === 'Isolate') })
}
