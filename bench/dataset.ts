import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Rows of one page: the service's largest. */
const PAGE_ROWS = 10_000

/** The clock of the data: actions lie in the 180 days before it. */
export const NOW = '2026-11-22T18:00:00.0000000Z'

const NOW_MS = Date.parse(NOW)
const DAY_MS = 86_400_000

/** Files of one data set, each a page as the service answers it. */
export interface Dataset {
  readonly machines: readonly string[]
  readonly actions: readonly string[]
}

/** Writes machines and their histories as pages of the wire; the same size gives the same bytes. */
export function writeDataset(folder: string, machineCount: number, actionsPerMachine: number): Dataset {
  const numbers = Array.from({ length: machineCount }, (_unused, index) => index)
  return {
    machines: writePages(folder, 'Machines', numbers.map(machineRow)),
    actions: writePages(
      folder,
      'MachineActions',
      newestFirst(numbers.flatMap(index => historyOf(index, actionsPerMachine))),
    ),
  }
}

/** The tag of the machines that the benchmark's incident is about: one of fifty. */
export const INCIDENT_TAG = 'INC-4211'

type Row = Readonly<Record<string, unknown>>

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function time(ms: number, ticks: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(ticks % 10_000).padStart(4, '0')}Z`
}

function machineRow(index: number): Row {
  return {
    id: digest(`machine ${index}`),
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    computerDnsName: `ws-${String(index).padStart(6, '0')}.contoso.com`,
    firstSeen: time(NOW_MS - 400 * DAY_MS + index, 0),
    lastSeen: time(NOW_MS - (index % 40) * 3_600_000, index),
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

const TYPES = ['RunAntiVirusScan', 'Isolate', 'Unisolate', 'RunAntiVirusScan', 'CollectInvestigationPackage']

function historyOf(machine: number, count: number): readonly Row[] {
  return Array.from({ length: count }, (_unused, step) => actionRow(machine, step, count))
}

function actionRow(machine: number, step: number, count: number): Row {
  const type = TYPES[(machine + step) % TYPES.length] ?? 'RunAntiVirusScan'
  const key = digest(`action ${machine} ${step}`)
  const created = NOW_MS - ((count - step) * 170 * DAY_MS) / (count + 1) - machine * 1013
  const own = machine % 3 === 0
  return {
    id: `${key.slice(0, 8)}-${key.slice(8, 12)}-4${key.slice(13, 16)}-a${key.slice(17, 20)}-${key.slice(20, 32)}`,
    type,
    title: null,
    requestor: own ? 'Holdfast' : 'analyst@contoso.com',
    requestorComment: own
      ? `INC-${machine % 900} containment of workstations [holdfast policy=contain plan=${key.slice(0, 8)} change=${key.slice(8, 16)}]`
      : `INC-${machine % 900} looked into by the night shift`,
    status: (machine + step) % 29 === 0 ? 'Failed' : 'Succeeded',
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

function newestFirst(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) =>
    String(a['creationDateTimeUtc']) < String(b['creationDateTimeUtc']) ? 1 : -1,
  )
}

function writePages(folder: string, set: string, rows: readonly Row[]): readonly string[] {
  const context = `https://api.security.microsoft.com/api/$metadata#${set}`
  return Array.from({ length: Math.ceil(rows.length / PAGE_ROWS) }, (_unused, page) => {
    const path = join(folder, `${set}-${page}.json`)
    const value = rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)
    writeFileSync(path, JSON.stringify({ '@odata.context': context, value }))
    return path
  })
}
