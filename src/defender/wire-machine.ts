import type { Machine } from '../posture/machine.ts'
import { MalformedRow } from './malformed-row.ts'
import { type Share, shareNothing } from './share-texts.ts'
import { readInstant } from './wire-instant.ts'

/** A row of `GET /api/machines` as far as it is read; nothing is taken for granted. */
interface WireMachine {
  readonly id?: unknown
  readonly computerDnsName?: unknown
  readonly osPlatform?: unknown
  readonly version?: unknown
  readonly osBuild?: unknown
  readonly agentVersion?: unknown
  readonly healthStatus?: unknown
  readonly onboardingStatus?: unknown
  readonly onboardingstatus?: unknown
  readonly riskScore?: unknown
  readonly exposureLevel?: unknown
  readonly deviceValue?: unknown
  readonly rbacGroupId?: unknown
  readonly rbacGroupName?: unknown
  readonly aadDeviceId?: unknown
  readonly mergedIntoMachineId?: unknown
  readonly machineTags?: unknown
  readonly firstSeen?: unknown
  readonly lastSeen?: unknown
}

const NO_TAGS: readonly string[] = []

/**
 * Reads one Machine of the wire (docs/service.md#machine-shape). Whatever is missing is null; words are open; `rbacGroupId` may be
 * a number or, as the documentation types it, text.
 *
 * @param share - Keeps texts that come again and again once.
 * @throws MalformedRow where the id is missing or a time is there and unreadable.
 */
export function readMachine(value: unknown, share: Share = shareNothing): Machine {
  if (typeof value !== 'object' || value === null) throw new MalformedRow('the row is no object')
  const row: WireMachine = value
  if (typeof row.id !== 'string' || row.id === '') throw new MalformedRow('id')
  return {
    id: row.id.toLowerCase(),
    computerDnsName: textOrNull(row.computerDnsName),
    osPlatform: textOrNull(row.osPlatform, share),
    version: textOrNull(row.version, share),
    osBuild: numberOrNull(row.osBuild),
    agentVersion: textOrNull(row.agentVersion, share),
    healthStatus: textOrNull(row.healthStatus, share),
    onboardingStatus: textOrNull(row.onboardingStatus ?? row.onboardingstatus, share),
    riskScore: textOrNull(row.riskScore, share),
    exposureLevel: textOrNull(row.exposureLevel, share),
    deviceValue: textOrNull(row.deviceValue, share),
    rbacGroupId: numberOrNull(row.rbacGroupId),
    rbacGroupName: textOrNull(row.rbacGroupName, share),
    aadDeviceId: textOrNull(row.aadDeviceId),
    mergedIntoMachineId: textOrNull(row.mergedIntoMachineId)?.toLowerCase() ?? null,
    machineTags: readTags(row.machineTags),
    firstSeen: instantOrNull(row.firstSeen, 'firstSeen'),
    lastSeen: instantOrNull(row.lastSeen, 'lastSeen'),
  }
}

/** Says whether a machine counts as onboarded: not merely known, and not merged into another record. */
export function isOnboarded(machine: Machine): boolean {
  return machine.mergedIntoMachineId === null && machine.onboardingStatus?.toLowerCase() === 'onboarded'
}

function textOrNull(value: unknown, share: Share = shareNothing): string | null {
  return typeof value === 'string' && value !== '' ? share(value) : null
}

function numberOrNull(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
}

function readTags(value: unknown): readonly string[] {
  return Array.isArray(value) && value.length > 0 ? value.filter(tag => typeof tag === 'string') : NO_TAGS
}

function instantOrNull(value: unknown, field: string): Machine['firstSeen'] {
  if (value === undefined || value === null) return null
  const instant = readInstant(value)
  if (instant === undefined) throw new MalformedRow(field)
  return instant
}
