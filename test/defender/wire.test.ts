import { describe, expect, test } from 'vitest'
import { readAction } from '../../src/defender/wire-action.ts'
import { readInstant } from '../../src/defender/wire-instant.ts'
import { readEntity, readList } from '../../src/defender/wire-list.ts'
import { isOnboarded, readMachine } from '../../src/defender/wire-machine.ts'
import { wireAction, wireMachine } from './rows.ts'

/** As captured from the service in 2023 (docs/service.md#action-shape). */
const CAPTURED_ACTION = {
  '@odata.context': 'https://api.securitycenter.microsoft.com/api/$metadata#MachineActions/$entity',
  id: 'CD46c651-f570-4e32-abdb-a02a9e022a92',
  type: 'Offboard',
  title: null,
  requestor: 'Customer App',
  requestorComment: 'Offboard machine by postman',
  status: 'Pending',
  machineId: 'D95f8b657a36ced22147cb7b54802152caa29247',
  computerDnsName: 'desktop-5o2hkn5',
  creationDateTimeUtc: '2023-08-08T01:34:32.1341831Z',
  lastUpdateDateTimeUtc: '2023-08-08T01:34:32.1341838Z',
  cancellationRequestor: null,
  cancellationComment: null,
  cancellationDateTimeUtc: null,
  errorHResult: 0,
  scope: null,
  externalId: null,
  requestSource: 'PublicApi',
  relatedFileInfo: null,
  commands: [],
  troubleshootInfo: null,
}

describe('an action of the wire', () => {
  test('reads field by field as it was captured', () => {
    expect(readAction(CAPTURED_ACTION)).toStrictEqual({
      id: 'cd46c651-f570-4e32-abdb-a02a9e022a92',
      type: 'Offboard',
      status: 'Pending',
      machineId: 'd95f8b657a36ced22147cb7b54802152caa29247',
      requestor: 'Customer App',
      requestorComment: 'Offboard machine by postman',
      requestSource: 'PublicApi',
      creationDateTimeUtc: '2023-08-08T01:34:32.1341831Z',
      lastUpdateDateTimeUtc: '2023-08-08T01:34:32.1341838Z',
      cancellationRequestor: null,
      cancellationComment: null,
      errorHResult: 0,
      scope: null,
      relatedFileInfo: null,
      commands: [],
    })
  })

  test('a cancelled quarantine keeps who cancelled it, the result and the file', () => {
    const row = {
      ...CAPTURED_ACTION,
      status: 'Cancelled',
      cancellationRequestor: 'e062d1f9-0000-0000-0000-000000000000',
      cancellationComment: 'stop',
      errorHResult: -2_147_467_260,
      relatedFileInfo: { fileIdentifier: '87662bc3', fileIdentifierType: 'Sha1' },
    }
    expect(readAction(row)).toMatchObject({
      status: 'Cancelled',
      cancellationRequestor: 'e062d1f9-0000-0000-0000-000000000000',
      cancellationComment: 'stop',
      errorHResult: -2_147_467_260,
      relatedFileInfo: { fileIdentifier: '87662bc3', fileIdentifierType: 'Sha1' },
    })
  })

  test('a live response keeps its commands in order', () => {
    const command = {
      index: 0,
      startTime: '2023-03-18T21:04:01.92Z',
      endTime: '2023-03-18T21:04:04.693Z',
      commandStatus: 'Completed',
      errors: ['one', 2],
      command: {
        type: 'RunScript',
        params: [
          { key: 'ScriptName', value: 'x.ps1' },
          { key: 'Args', value: '-Deep' },
        ],
      },
    }
    expect(readAction({ ...CAPTURED_ACTION, commands: [command] }).commands).toStrictEqual([
      {
        index: 0,
        commandStatus: 'Completed',
        errors: ['one'],
        type: 'RunScript',
        params: [
          { key: 'ScriptName', value: 'x.ps1' },
          { key: 'Args', value: '-Deep' },
        ],
      },
    ])
  })

  test('a command that lacks everything keeps its place', () => {
    const { commands } = readAction({ ...CAPTURED_ACTION, commands: [null, { command: { params: [null] } }] })
    expect(commands).toStrictEqual([
      { index: 0, commandStatus: '', errors: [], type: '', params: [] },
      { index: 1, commandStatus: '', errors: [], type: '', params: [{ key: '', value: '' }] },
    ])
  })

  test.each([
    [
      'the older name of the update time is read',
      { lastUpdateDateTimeUtc: undefined, lastUpdateTimeUtc: '2026-01-01T00:00:00.5Z' },
      { lastUpdateDateTimeUtc: '2026-01-01T00:00:00.5000000Z' },
    ],
    [
      'the newer name wins',
      { lastUpdateTimeUtc: '2026-01-01T00:00:00.5Z' },
      { lastUpdateDateTimeUtc: '2026-11-19T10:00:01.0000000Z' },
    ],
    [
      'a missing update time is the creation time',
      { lastUpdateDateTimeUtc: null },
      { lastUpdateDateTimeUtc: '2026-11-19T10:00:00.0000000Z' },
    ],
    ['the American spelling is the other one', { status: 'Canceled' }, { status: 'Cancelled' }],
    ['an unknown status stays', { status: 'Dreaming' }, { status: 'Dreaming' }],
    ['an unknown type stays', { type: 'RequestSample' }, { type: 'RequestSample' }],
    ['a machine that is not named is empty', { machineId: null }, { machineId: '' }],
    ['a result that is no number is 0', { errorHResult: null }, { errorHResult: 0 }],
    [
      'a file without a type keeps its hash',
      { relatedFileInfo: { fileIdentifier: 'a' } },
      { relatedFileInfo: { fileIdentifier: 'a', fileIdentifierType: '' } },
    ],
    ['a file without a hash is none', { relatedFileInfo: {} }, { relatedFileInfo: null }],
    ['commands that are no list are none', { commands: 'x' }, { commands: [] }],
  ])('%s', (_rule, fields, want) => {
    expect(readAction(wireAction(1, fields))).toMatchObject(want)
  })

  test.each([
    ['id', { id: '' }],
    ['id', { id: 7 }],
    ['type', { type: null }],
    ['type', { type: '' }],
    ['status', { status: undefined }],
    ['status', { status: '' }],
    ['creationDateTimeUtc', { creationDateTimeUtc: null }],
    ['creationDateTimeUtc', { creationDateTimeUtc: 'yesterday' }],
    ['lastUpdateDateTimeUtc', { lastUpdateDateTimeUtc: 'yesterday' }],
  ])('without a readable %s the row is malformed', (field, fields) => {
    expect(() => readAction({ ...wireAction(1), ...fields })).toThrow(field)
  })

  test.each([null, 'text', 7])('%j is no row', row => {
    expect(() => readAction(row)).toThrow('the row is no object')
    expect(() => readMachine(row)).toThrow('the row is no object')
  })
})

describe('a machine of the wire', () => {
  test('reads field by field as it was captured', () => {
    const captured = {
      '@odata.context': 'https://api.securitycenter.microsoft.com/api/$metadata#Machines/$entity',
      id: '1E5bc9d7e413ddd7902c2932e418702b84d0cc07',
      mergedIntoMachineId: null,
      isPotentialDuplication: false,
      computerDnsName: 'mymachine1.contoso.com',
      firstSeen: '2018-08-02T14:55:03.7791856Z',
      lastSeen: '2018-08-02T14:55:03.779Z',
      osPlatform: 'Windows10',
      osVersion: null,
      version: '1709',
      agentVersion: '10.8470.19041.2788',
      osBuild: 18_209,
      healthStatus: 'Active',
      deviceValue: 'Normal',
      rbacGroupId: 140,
      rbacGroupName: 'The-A-Team',
      riskScore: 'Low',
      exposureLevel: 'Medium',
      aadDeviceId: '80fe8ff8-2624-418e-9591-41f0491218f9',
      machineTags: ['test tag 1', 'Test Tag 2'],
      onboardingStatus: 'Onboarded',
      ipAddresses: [],
    }
    expect(readMachine(captured)).toStrictEqual({
      id: '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
      computerDnsName: 'mymachine1.contoso.com',
      osPlatform: 'Windows10',
      version: '1709',
      osBuild: 18_209,
      agentVersion: '10.8470.19041.2788',
      healthStatus: 'Active',
      onboardingStatus: 'Onboarded',
      riskScore: 'Low',
      exposureLevel: 'Medium',
      deviceValue: 'Normal',
      rbacGroupId: 140,
      rbacGroupName: 'The-A-Team',
      aadDeviceId: '80fe8ff8-2624-418e-9591-41f0491218f9',
      mergedIntoMachineId: null,
      machineTags: ['test tag 1', 'Test Tag 2'],
      firstSeen: '2018-08-02T14:55:03.7791856Z',
      lastSeen: '2018-08-02T14:55:03.7790000Z',
    })
  })

  test('an id alone is a machine, everything else unknown', () => {
    const { id, machineTags, ...rest } = readMachine({ id: 'a' })
    expect([id, machineTags]).toStrictEqual(['a', []])
    expect(new Set(Object.values(rest))).toStrictEqual(new Set([null]))
  })

  test.each([
    ['a group id in text is a number', { rbacGroupId: '140' }, { rbacGroupId: 140 }],
    ['a group id of words is unknown', { rbacGroupId: 'x' }, { rbacGroupId: null }],
    [
      'the documented spelling is read',
      { onboardingStatus: undefined, onboardingstatus: 'onboarded' },
      { onboardingStatus: 'onboarded' },
    ],
    ['an empty text is unknown', { computerDnsName: '' }, { computerDnsName: null }],
    ['tags that are no texts are left out', { machineTags: ['a', 1, null] }, { machineTags: ['a'] }],
  ])('%s', (_rule, fields, want) => {
    expect(readMachine(wireMachine(1, fields))).toMatchObject(want)
  })

  test.each([
    ['id', { id: '' }],
    ['firstSeen', { firstSeen: 'x' }],
    ['lastSeen', { lastSeen: 5 }],
  ])('without a readable %s the row is malformed', (field, fields) => {
    expect(() => readMachine({ ...wireMachine(1), ...fields })).toThrow(field)
  })

  test.each([
    [true, {}],
    [true, { onboardingStatus: 'onboarded' }],
    [false, { onboardingStatus: 'CanBeOnboarded' }],
    [false, { onboardingStatus: null }],
    [false, { mergedIntoMachineId: 'b' }],
  ])('counts as onboarded: %s for %j', (want, fields) => {
    expect(isOnboarded(readMachine(wireMachine(1, fields)))).toBe(want)
  })
})

describe('a time of the wire', () => {
  test.each([
    ['2026-11-20T12:59:35.8912364Z', '2026-11-20T12:59:35.8912364Z'],
    ['2026-11-20T10:20:00.154974Z', '2026-11-20T10:20:00.1549740Z'],
    ['2026-11-20T21:04:41.93163Z', '2026-11-20T21:04:41.9316300Z'],
    ['2026-11-20T21:04:41.9Z', '2026-11-20T21:04:41.9000000Z'],
    ['2026-11-20T21:04:41Z', '2026-11-20T21:04:41.0000000Z'],
    ['2026-11-20T21:04:41.123456789Z', '2026-11-20T21:04:41.1234567Z'],
    ['2026-11-20T21:04:41.123+01:00', '2026-11-20T20:04:41.1230000Z'],
    ['2026-11-20T21:04:41.12345+0100', '2026-11-20T20:04:41.1234500Z'],
    ['2026-11-20T21:04:41.x23456Z', undefined],
    ['2026-11-20T21:04:41.12x4567Z', undefined],
    ['', undefined],
    [null, undefined],
    [7, undefined],
  ])('%j is %j', (text, instant) => {
    expect(readInstant(text)).toBe(instant)
  })
})

describe('a list of the wire', () => {
  const asIs = (row: unknown): unknown => row

  test('is its rows, its next page and its count', () => {
    const answer = { value: [1, 2], '@odata.nextLink': 'https://next', '@odata.count': 7 }
    expect(readList(answer, asIs)).toStrictEqual({ rows: [1, 2], nextLink: 'https://next', count: 7 })
  })

  test('without a next page or count says so', () => {
    const answer = { value: [], '@odata.nextLink': '', '@odata.count': '7' }
    expect(readList(answer, asIs)).toStrictEqual({ rows: [], nextLink: undefined, count: undefined })
  })

  test.each([null, [], 'x', {}, { value: {} }])('%j is malformed', answer => {
    expect(() => readList(answer, asIs)).toThrow(expect.objectContaining({ code: 'malformed-answer' }))
  })

  test('with one row that cannot be read is malformed as a whole, and says which row and field', () => {
    const rows = { value: [wireAction(1), { ...wireAction(2), status: null }] }
    expect(() => readList(rows, readAction)).toThrow('Row 1 of a list cannot be read: status.')
    expect(() => readEntity({}, readMachine)).toThrow('The answer cannot be read: id.')
  })

  test('passes on an error of another kind', () => {
    const broken = (): never => {
      throw new RangeError('ours')
    }
    expect(() => readList({ value: [1] }, broken)).toThrow(RangeError)
    expect(() => readEntity({}, broken)).toThrow(RangeError)
  })
})
