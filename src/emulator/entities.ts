import { type Instant, parseInstant } from '../schema/instant.ts'
import { createEntity, type Entity, type Property, type PropertyType } from './odata/entity.ts'
import type { StatusWords, StoredAction } from './stored-action.ts'
import { type StoredMachine, toWireMachine, type WireMachine } from './stored-machine.ts'

function statusReader(words: StatusWords): Property<StoredAction>['read'] {
  return Object.keys(words).length === 0 ? row => row.status : row => words[row.status] ?? row.status
}

/** The MachineAction as filters see it; `words` are the statuses as a scenario spells them. */
export function actionEntity(words: StatusWords): Entity<StoredAction> {
  const text = (name: keyof StoredAction, type: PropertyType = 'string'): Property<StoredAction> => ({
    name,
    type,
    read: row => row[name] as string | null,
  })
  return createEntity('microsoft.windowsDefenderATP.api.machineAction', [
    text('id', 'guid'),
    text('type'),
    text('title'),
    text('requestor'),
    text('requestorComment'),
    { name: 'status', type: 'string', read: statusReader(words) },
    text('machineId'),
    text('computerDnsName'),
    { name: 'creationDateTimeUtc', type: 'date', read: row => row.creation },
    { name: 'lastUpdateDateTimeUtc', type: 'date', read: row => row.update },
    text('cancellationRequestor'),
    text('cancellationComment'),
    { name: 'cancellationDateTimeUtc', type: 'date', read: row => row.cancellation },
    { name: 'errorHResult', type: 'number', read: row => row.errorHResult },
    text('scope'),
    text('externalId'),
    text('requestSource'),
    { name: 'relatedFileInfo', type: 'complex', read: () => null },
    { name: 'commands', type: 'complex', read: () => null },
    text('troubleshootInfo'),
  ])
}

const MACHINE_TEXTS = [
  'id',
  'mergedIntoMachineId',
  'exclusionReason',
  'computerDnsName',
  'osPlatform',
  'osVersion',
  'osProcessor',
  'version',
  'lastIpAddress',
  'lastExternalIpAddress',
  'agentVersion',
  'deviceValue',
  'rbacGroupName',
  'riskScore',
  'exposureLevel',
  'aadDeviceId',
  'defenderAvStatus',
  'onboardingStatus',
  'osArchitecture',
  'managedBy',
  'managedByStatus',
] as const satisfies readonly (keyof WireMachine)[]

const MACHINE_VALUES = [
  ['isPotentialDuplication', 'boolean'],
  ['isExcluded', 'boolean'],
  ['isAadJoined', 'boolean'],
  ['osBuild', 'number'],
  ['rbacGroupId', 'number'],
] as const satisfies readonly (readonly [keyof WireMachine, PropertyType])[]

function instantOrNull(text: string | null): Instant | null {
  return text === null ? null : (parseInstant(text) ?? null)
}

/** The machine as filters see it at a time: health and last report move with the clock. */
export function machineEntity(nowMs: () => number): Entity<StoredMachine> {
  const texts = MACHINE_TEXTS.map(
    (name): Property<StoredMachine> => ({ name, type: 'string', read: row => row.facts[name] }),
  )
  const values = MACHINE_VALUES.map(
    ([name, type]): Property<StoredMachine> => ({ name, type, read: row => row.facts[name] }),
  )
  return createEntity('microsoft.windowsDefenderATP.api.machine', [
    ...texts,
    ...values,
    { name: 'healthStatus', type: 'string', read: row => toWireMachine(row, nowMs()).healthStatus },
    { name: 'firstSeen', type: 'date', read: row => instantOrNull(row.facts.firstSeen) },
    { name: 'lastSeen', type: 'date', read: row => instantOrNull(toWireMachine(row, nowMs()).lastSeen) },
    {
      name: 'machineTags',
      type: 'tags',
      read: () => null,
      elements: row => row.facts.machineTags,
    },
    { name: 'ipAddresses', type: 'complex', read: () => null },
    { name: 'vmMetadata', type: 'complex', read: () => null },
  ])
}
