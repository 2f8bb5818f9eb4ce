import { createHash } from 'node:crypto'
import { formatInstant, fromEpochMs, parseInstant, toEpochMs } from '../schema/instant.ts'
import { freeDevice } from './device.ts'
import type { MachineFacts, ScenarioMachine } from './scenario-types.ts'
import { scenarioTime } from './span.ts'
import { addTicks } from './stamp.ts'
import { firstReportMs, type StoredMachine, type WireMachine } from './stored-machine.ts'

/** The tag that a device onboarded restricted gets by itself (docs/service.md#restricted-signs). */
const RESTRICTED_TAG = 'Restricted security operations'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long before the start a machine is first seen: longer than the service remembers (docs/service.md#retention). */
const FIRST_SEEN_MS = 200 * DAY_MS

/** The machine id that a name gets where a scenario states none: the same name always gets the same id. */
export function idFromName(name: string): string {
  return createHash('sha1').update(name.toLowerCase()).digest('hex')
}

/** Versions and builds that go with a platform, so that a scenario need not repeat them. */
const PLATFORM_FACTS: Readonly<Record<string, Partial<WireMachine>>> = {
  Windows10: { version: '22H2', osBuild: 19_045, osProcessor: 'x64', agentVersion: '10.8750.19041.4239' },
  Windows11: { version: '24H2', osBuild: 26_100, osProcessor: 'x64', agentVersion: '10.8805.26100.1' },
  WindowsServer2019: {
    version: '1809',
    osBuild: 17_763,
    osProcessor: 'x64',
    agentVersion: '10.8750.17763.4239',
  },
  WindowsServer2022: {
    version: '21H2',
    osBuild: 20_348,
    osProcessor: 'x64',
    agentVersion: '10.8750.20348.4239',
  },
  Linux: { version: '22.4', osBuild: null, osProcessor: 'x64', agentVersion: '101.24092.2.0' },
  macOS: { version: '15.1', osBuild: null, osProcessor: 'ARM64', agentVersion: '101.24092.5.0' },
}

function instantText(text: string | null | undefined, startMs: number, fallbackMs: number): string | null {
  if (text === null) return null
  return formatInstant(
    text === undefined ? addTicks(fromEpochMs(fallbackMs), 4321) : scenarioTime(text, startMs),
  )
}

/** An address that belongs to an id, in the range for documentation. */
function addressFrom(id: string, prefix: string): string {
  return `${prefix}.${Number.parseInt(id.slice(0, 2), 16) || 1}.${Number.parseInt(id.slice(2, 4), 16) || 1}`
}

/** The facts of a machine that has none stated: an active, onboarded Windows 11 workstation. */
function defaults(id: string, address: string): WireMachine {
  return {
    id,
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    computerDnsName: `desktop-${id.slice(0, 7)}`,
    firstSeen: null,
    lastSeen: null,
    osPlatform: 'Windows11',
    osVersion: null,
    osProcessor: 'x64',
    version: null,
    lastIpAddress: address,
    lastExternalIpAddress: '203.0.113.17',
    agentVersion: null,
    osBuild: null,
    healthStatus: 'Active',
    deviceValue: 'Normal',
    rbacGroupId: 0,
    rbacGroupName: null,
    riskScore: 'None',
    exposureLevel: 'Low',
    isAadJoined: true,
    aadDeviceId: null,
    machineTags: [],
    defenderAvStatus: 'Updated',
    onboardingStatus: 'Onboarded',
    osArchitecture: '64-bit',
    managedBy: 'Intune',
    managedByStatus: 'Success',
    ipAddresses: [
      {
        ipAddress: address,
        macAddress: `000C29${id.slice(0, 6).toUpperCase()}`,
        type: 'Ethernet',
        operationalStatus: 'Up',
      },
    ],
    vmMetadata: null,
  }
}

/** The facts that a scenario states, times aside: only keys of the wire that are there. */
export function statedFacts(machine: ScenarioMachine): Partial<WireMachine> {
  const { id: _id, firstSeen: _first, lastSeen: _last, ...rest } = machine
  const { offline: _offline, onlineAt: _online, offlineAt: _offlineAt, noAutomation: _none, ...others } = rest
  const { mitigation: _mitigation, refuses: _refuses, refusesShownBy: _shown, ...shown } = others
  const { hidden: _hidden, listed: _listed, ...facts } = shown
  const known: Partial<WireMachine> & Omit<MachineFacts, 'id' | 'firstSeen' | 'lastSeen'> = facts
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}

function shownBy({ refuses, refusesShownBy = 'both' }: ScenarioMachine, sign: 'tag' | 'column'): boolean {
  return refuses !== undefined && (refusesShownBy === 'both' || refusesShownBy === sign)
}

function tagsOf(machine: ScenarioMachine): readonly string[] {
  const tags = machine.machineTags ?? []
  return shownBy(machine, 'tag') ? [...tags, RESTRICTED_TAG] : tags
}

/** Makes the record of a scenario's machine, what is missing filled in. */
export function createMachine(machine: ScenarioMachine, startMs: number): StoredMachine {
  const id = (machine.id ?? idFromName(machine.computerDnsName ?? '')).toLowerCase()
  const stated = statedFacts(machine)
  const base = {
    ...defaults(id, addressFrom(id, '10.20')),
    ...PLATFORM_FACTS[stated.osPlatform ?? 'Windows11'],
  }
  const isSilent =
    machine.offline ?? (stated.healthStatus === 'Inactive' || typeof stated.mergedIntoMachineId === 'string')
  // A record that was merged fell silent when its heir was first seen: else they are two devices.
  const isMerged = isSilent && typeof stated.mergedIntoMachineId === 'string'
  const silentMs = isMerged ? FIRST_SEEN_MS : 10 * DAY_MS
  const reportedMs = startMs - (isSilent ? silentMs : HOUR_MS)
  const lastSeen = instantText(machine.lastSeen, startMs, reportedMs)
  const seen = lastSeen === null ? undefined : parseInstant(lastSeen)
  const seenMs = seen === undefined ? undefined : toEpochMs(seen)
  return {
    facts: {
      ...base,
      ...stated,
      machineTags: tagsOf(machine),
      firstSeen: instantText(machine.firstSeen, startMs, startMs - FIRST_SEEN_MS),
      lastSeen,
    },
    device: freeDevice(),
    online: !isSilent,
    noAutomation: machine.noAutomation ?? false,
    mitigation: machine.mitigation,
    refuses: machine.refuses,
    refusesInColumn: shownBy(machine, 'column'),
    hidden: machine.hidden ?? false,
    listed: machine.listed ?? true,
    silentFromMs: undefined,
    seenMs,
    nextReportMs: firstReportMs(seenMs ?? startMs, startMs),
    cache: undefined,
  }
}
