import { createHash } from 'node:crypto'

const DAY_MS = 86_400_000

/** The tag of the machines that the benchmark's incident is about: one of fifty. */
export const INCIDENT_TAG = 'INC-4211'

/** One row of a list as the service writes it. */
type Row = Readonly<Record<string, unknown>>

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function time(ms: number, ticks: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(ticks % 10_000).padStart(4, '0')}Z`
}

/** One machine of the tenant, the same for the same number and time. */
export function machineRow(index: number, nowMs: number): Row {
  return {
    id: digest(`machine ${index}`),
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    computerDnsName: `ws-${String(index).padStart(6, '0')}.contoso.com`,
    firstSeen: time(nowMs - 400 * DAY_MS + index, 0),
    lastSeen: time(nowMs - (index % 40) * 3_600_000, index),
    osPlatform: index % 5 === 0 ? 'WindowsServer2022' : 'Windows11',
    osVersion: null,
    osProcessor: 'x64',
    version: '23H2',
    lastIpAddress: `10.${index % 250}.${(index >> 8) % 250}.7`,
    lastExternalIpAddress: '203.0.113.7',
    agentVersion: '10.8760.22621.4317',
    osBuild: 22631,
    healthStatus: index % 33 === 0 ? 'Inactive' : 'Active',
    deviceValue: 'Normal',
    rbacGroupId: 140,
    rbacGroupName: 'Workstations',
    riskScore: 'None',
    exposureLevel: 'Low',
    isAadJoined: true,
    aadDeviceId: null,
    machineTags: index % 50 === 0 ? [INCIDENT_TAG] : [],
    defenderAvStatus: 'Updated',
    onboardingStatus: 'Onboarded',
    osArchitecture: '64-bit',
    managedBy: 'Intune',
    managedByStatus: 'Success',
    ipAddresses: [
      {
        ipAddress: `10.${index % 250}.1.7`,
        macAddress: '000C2992A643',
        type: 'Ethernet',
        operationalStatus: 'Up',
      },
    ],
    vmMetadata: null,
  }
}

/** Actions of each machine, the oldest first: what the incident held is still restricted, the rest is released. */
const TYPES = [
  'RunAntiVirusScan',
  'Isolate',
  'Unisolate',
  'RunAntiVirusScan',
  'CollectInvestigationPackage',
  'RestrictCodeExecution',
  'RunAntiVirusScan',
  'RunAntiVirusScan',
  'CollectInvestigationPackage',
  'RunAntiVirusScan',
] as const

function typeOf(machine: number, step: number, count: number): string {
  const type = TYPES[(step + TYPES.length - (count % TYPES.length)) % TYPES.length] ?? 'RunAntiVirusScan'
  return type === 'RestrictCodeExecution' && machine % 50 !== 0 ? 'RunAntiVirusScan' : type
}

/** When an action of a machine was created, in ms since 1970: spread over the 170 days before `nowMs`. */
export function createdMs(machine: number, step: number, count: number, nowMs: number): number {
  return nowMs - ((count - step) * 170 * DAY_MS) / (count + 1) - machine * 101
}

/** One action of a machine's `count`. */
export function actionRow(machine: number, step: number, count: number, nowMs: number): Row {
  const type = typeOf(machine, step, count)
  const key = digest(`action ${machine} ${step}`)
  const created = createdMs(machine, step, count, nowMs)
  const own = machine % 3 === 0 || type === 'RestrictCodeExecution'
  const fails = type === 'CollectInvestigationPackage' && machine % 29 === 0
  return {
    id: `${key.slice(0, 8)}-${key.slice(8, 12)}-4${key.slice(13, 16)}-a${key.slice(17, 20)}-${key.slice(20, 32)}`,
    type,
    title: null,
    requestor: own ? 'Holdfast' : 'analyst@contoso.com',
    requestorComment: own
      ? `INC-${machine % 900} containment of workstations [holdfast policy=contain plan=${key.slice(0, 8)} change=${key.slice(8, 16)}]`
      : `INC-${machine % 900} looked into by the night shift`,
    status: fails ? 'Failed' : 'Succeeded',
    machineId: digest(`machine ${machine}`),
    computerDnsName: `ws-${String(machine).padStart(6, '0')}.contoso.com`,
    creationDateTimeUtc: time(created, machine * 7 + step),
    lastUpdateDateTimeUtc: time(created + 60_000, machine * 11 + step),
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    errorHResult: 0,
    scope: type === 'Isolate' || type === 'RunAntiVirusScan' ? 'Full' : null,
    externalId: null,
    requestSource: own ? 'PublicApi' : 'Portal',
    relatedFileInfo: null,
    commands: [],
    troubleshootInfo: null,
  }
}
