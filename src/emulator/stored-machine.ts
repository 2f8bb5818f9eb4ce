import { formatInstant, fromEpochMs } from '../schema/instant.ts'
import type { Device } from './device.ts'
import type { RefusedOperation } from './scenario-types.ts'
import { addTicks } from './stamp.ts'

/** A machine as the service sends it: all its fields, in the captured order (docs/service.md#machine-shape). */
export interface WireMachine {
  readonly id: string
  readonly mergedIntoMachineId: string | null
  readonly isPotentialDuplication: boolean
  readonly isExcluded: boolean
  readonly exclusionReason: string | null
  readonly computerDnsName: string | null
  readonly firstSeen: string | null
  readonly lastSeen: string | null
  readonly osPlatform: string | null
  readonly osVersion: string | null
  readonly osProcessor: string | null
  readonly version: string | null
  readonly lastIpAddress: string | null
  readonly lastExternalIpAddress: string | null
  readonly agentVersion: string | null
  readonly osBuild: number | null
  readonly healthStatus: string | null
  readonly deviceValue: string | null
  readonly rbacGroupId: number
  readonly rbacGroupName: string | null
  readonly riskScore: string | null
  readonly exposureLevel: string | null
  readonly isAadJoined: boolean | null
  readonly aadDeviceId: string | null
  readonly machineTags: readonly string[]
  readonly defenderAvStatus: string | null
  readonly onboardingStatus: string
  readonly osArchitecture: string | null
  readonly managedBy: string | null
  readonly managedByStatus: string | null
  readonly ipAddresses: readonly {
    readonly ipAddress: string
    readonly macAddress: string | null
    readonly type: string
    readonly operationalStatus: string
  }[]
  readonly vmMetadata: null
}

/** A machine as the emulator keeps it. */
export interface StoredMachine {
  facts: WireMachine
  /** What really holds; shared with the record that this one was merged into. */
  device: Device
  /** Whether the device answers. */
  online: boolean
  noAutomation: boolean
  /** Stands in for `MitigationStatus` in advanced hunting, whatever really holds. */
  mitigation: string | undefined
  /** Categories that it refuses, as one that was onboarded restricted; undefined where it was not. */
  refuses: readonly RefusedOperation[] | undefined
  /** Whether hunting shows what it refuses. */
  readonly refusesInColumn: boolean
  /** Whether the caller may see it. */
  readonly hidden: boolean
  /** Whether lists show it; they count it in any case. */
  readonly listed: boolean
  /** Since when it does not answer, where that was during the run. */
  silentFromMs: number | undefined
  /** When it last reported; undefined where it never did. */
  seenMs: number | undefined
  /** When it reports next, while it is online, and every day after that. */
  nextReportMs: number
  /** The row as it was last sent and the report it was made of. */
  cache: { readonly reportMs: number; readonly inactive: boolean; readonly json: string } | undefined
}

const DAY_MS = 86_400_000
/** A machine is Inactive after more than seven days of silence (docs/service.md#health-status). */
const SILENT_MS = 7 * DAY_MS

/** When the machine last sent its full report: about every 24 hours while it is online. */
function lastReportMs({ seenMs, online, nextReportMs }: StoredMachine, nowMs: number): number | undefined {
  if (seenMs === undefined || !online || nowMs < nextReportMs) return seenMs
  return nextReportMs + Math.floor((nowMs - nextReportMs) / DAY_MS) * DAY_MS
}

/** The first report after the start, at the hour of the last one before it. */
export function firstReportMs(seenMs: number, startMs: number): number {
  return seenMs + (Math.floor((startMs - seenMs) / DAY_MS) + 1) * DAY_MS
}

/** Notes that a machine stopped answering: its last report stays where it is. */
export function fallSilent(record: StoredMachine, nowMs: number): void {
  const reportMs = lastReportMs(record, nowMs)
  record.facts = seenFacts(record, reportMs)
  record.seenMs = reportMs
  record.silentFromMs = nowMs
  record.online = false
  record.cache = undefined
}

/** Notes that a machine answers again: it reports at once. */
export function comeBack(record: StoredMachine, nowMs: number): void {
  const lastSeen = formatInstant(addTicks(fromEpochMs(nowMs), 1))
  record.online = true
  record.seenMs = nowMs
  record.nextReportMs = nowMs + DAY_MS
  const healthStatus = record.facts.healthStatus === 'Inactive' ? 'Active' : record.facts.healthStatus
  record.facts = { ...record.facts, lastSeen, healthStatus }
  record.cache = undefined
}

function seenFacts(record: StoredMachine, reportMs: number | undefined): WireMachine {
  if (reportMs === undefined || reportMs === record.seenMs) return record.facts
  return { ...record.facts, lastSeen: formatInstant(addTicks(fromEpochMs(reportMs), 1)) }
}

function isInactive(record: StoredMachine, reportMs: number | undefined, nowMs: number): boolean {
  return (
    record.facts.healthStatus === 'Active' &&
    !record.online &&
    reportMs !== undefined &&
    nowMs - reportMs > SILENT_MS
  )
}

/** Writes a record in the service's shape as it is now, without `@odata.context`. */
export function toWireMachine(record: StoredMachine, nowMs: number): WireMachine {
  const reportMs = lastReportMs(record, nowMs)
  const facts = seenFacts(record, reportMs)
  return isInactive(record, reportMs, nowMs) ? { ...facts, healthStatus: 'Inactive' } : facts
}

/** Writes the row of a machine as it is now, from the cache where nothing moved. */
export function machineRow(record: StoredMachine, nowMs: number): string {
  const reportMs = lastReportMs(record, nowMs) ?? -1
  const inactive = isInactive(record, reportMs, nowMs)
  const { cache } = record
  if (cache !== undefined && cache.reportMs === reportMs && cache.inactive === inactive) return cache.json
  const json = JSON.stringify(toWireMachine(record, nowMs))
  record.cache = { reportMs, inactive, json }
  return json
}
