import { describe, expect, test } from 'vitest'
import type { Behaviour, LapseRule } from '../../src/emulator/scenario-types.ts'
import { DAY, type Drive, drive, HOST, HOUR, MINUTE, onHost } from './drive.ts'

const QUIET = { settle: { Isolate: '1h', Unisolate: '1s' } } as const

function withLapse(lapse: LapseRule, more: Behaviour = {}): Drive {
  return drive({ behaviour: { ...QUIET, ...more, lapse } })
}

async function isolate({ post }: Drive, IsolationType = 'Full'): Promise<void> {
  expect((await post(onHost('isolate'), { Comment: 'c', IsolationType })).status).toBe(201)
}

function holds({ emulator }: Drive): boolean {
  return emulator.machines()[0]?.truth.isolation !== 'none'
}

/** Whole hours from now to the end of the hold, looked at hourly. */
function hoursHeld(service: Drive, most = 24 * 30): number {
  for (let hour = 0; hour < most; hour += 1) {
    if (!holds(service)) return hour
    service.clock.advance(HOUR)
  }
  return most
}

describe('an isolation ends by itself', () => {
  test('after seven days from its last update, and the service says so in the history', async () => {
    const service = drive({ behaviour: QUIET })
    await isolate(service)
    service.clock.advance(HOUR)
    expect(holds(service)).toBe(true)
    service.clock.advance(7 * DAY - MINUTE)
    expect(holds(service)).toBe(true)
    service.clock.advance(2 * MINUTE)
    expect(holds(service)).toBe(false)
    const [held, lifted] = service.emulator.actions()
    expect(lifted).toMatchObject({
      type: 'Unisolate',
      status: 'Succeeded',
      machineId: HOST,
      requestor: 'Microsoft Defender for Endpoint',
      requestSource: 'System',
      requestorComment: null,
      scope: null,
    })
    const lasted =
      Date.parse(String(lifted?.creationDateTimeUtc)) - Date.parse(String(held?.lastUpdateDateTimeUtc))
    expect(lasted).toBe(7 * DAY)
  })

  test.each([
    ['unisolate', [['Microsoft Defender for Endpoint', 'System']]],
    ['unnamed', [[null, 'System']]],
    ['none', []],
  ] as const)('told as %s', async (record, want) => {
    const service = withLapse({ record })
    await isolate(service)
    service.clock.advance(8 * DAY)
    expect(holds(service)).toBe(false)
    const lifts = service.emulator.actions().filter(({ type }) => type === 'Unisolate')
    expect(lifts.map(({ requestor, requestSource }) => [requestor, requestSource])).toStrictEqual(want)
  })

  test('in other names', async () => {
    const service = withLapse({ requestor: 'Automated', requestSource: 'Portal' })
    await isolate(service)
    service.clock.advance(8 * DAY)
    expect(service.emulator.actions()[1]).toMatchObject({ requestor: 'Automated', requestSource: 'Portal' })
  })

  test.each([
    [{ after: '4d' }, 4 * 24],
    [{ after: 'never' }, 24 * 30],
    [{ after: '4d', from: 'creation' }, 4 * 24 - 1],
    [{ after: '4d', late: '5h' }, 4 * 24 + 5],
  ] as const)('%o', async (lapse, hours) => {
    const service = withLapse(lapse)
    await isolate(service)
    service.clock.advance(HOUR + MINUTE)
    expect(hoursHeld(service)).toBe(hours)
  })

  test.each([
    ['both', 7 * 24],
    ['full', 24 * 30],
  ] as const)('a selective one, where it concerns %s', async (scopes, hours) => {
    const service = withLapse({ scopes })
    await isolate(service, 'Selective')
    service.clock.advance(HOUR + MINUTE)
    expect(hoursHeld(service)).toBe(hours)
  })

  test.each([
    [false, 4 * 24],
    [true, 7 * 24],
  ])('another isolation starts its time anew: %s', async (extend, hours) => {
    const service = withLapse({ extends: extend })
    await isolate(service)
    service.clock.advance(HOUR + 3 * DAY - HOUR)
    await isolate(service)
    service.clock.advance(HOUR + MINUTE)
    expect(hoursHeld(service)).toBe(hours)
    expect(service.emulator.actions().filter(({ type }) => type === 'Unisolate')).toHaveLength(1)
  })

  test('a release ends its time, and the next isolation has one of its own', async () => {
    const service = withLapse({})
    await isolate(service)
    service.clock.advance(HOUR + 3 * DAY)
    await service.post(onHost('unisolate'))
    service.clock.advance(MINUTE)
    expect(holds(service)).toBe(false)
    await isolate(service)
    service.clock.advance(HOUR + MINUTE)
    expect(hoursHeld(service)).toBe(7 * 24)
  })

  test('containing and app restriction stay', async () => {
    const service = drive({
      machines: [{ id: HOST, onboardingStatus: 'CanBeOnboarded' }, { id: 'b'.repeat(40) }],
      actions: [
        { type: 'Isolate', machineId: HOST, scope: 'UnManagedDevice' },
        { type: 'RestrictCodeExecution', machineId: 'b'.repeat(40) },
      ],
    })
    service.clock.advance(30 * DAY)
    expect(service.emulator.machines().map(({ truth }) => truth)).toStrictEqual([
      { isolation: 'UnManagedDevice', restricted: false },
      { isolation: 'none', restricted: true },
    ])
  })

  test('what ended before the start is told by nothing: the history before it is as stated', async () => {
    const one = (machineId: string, creationDateTimeUtc: string) =>
      ({ type: 'Isolate', machineId, scope: 'Full', creationDateTimeUtc }) as const
    const service = drive({
      machines: ['a', 'b', 'c'].map(id => ({ id: id.repeat(40) })),
      actions: [
        one('a'.repeat(40), '-11d'),
        one('b'.repeat(40), '-3d'),
        one('c'.repeat(40), '-11d'),
        one('c'.repeat(40), '-3d'),
      ],
    })
    service.clock.advance(MINUTE)
    const truths = (): unknown => service.emulator.machines().map(({ truth }) => truth.isolation)
    expect(truths()).toStrictEqual(['none', 'Full', 'Full'])
    expect(service.emulator.actions()).toHaveLength(4)
    service.clock.advance(4 * DAY + HOUR)
    expect(truths()).toStrictEqual(['none', 'none', 'none'])
    expect(service.emulator.actions()).toHaveLength(6)
  })
})

describe('without any action', () => {
  test('a script frees a device: only what it reports changes', async () => {
    const service = drive({
      actions: [{ type: 'Isolate', machineId: HOST, scope: 'Full', creationDateTimeUtc: '-1d' }],
      events: [{ after: '1h', device: { machineId: HOST, isolation: 'none' } }],
      behaviour: { hunting: { lag: 0 } },
    })
    const reported = async (): Promise<unknown> => {
      const { json } = await service.post('/api/advancedqueries/run', { Query: 'DeviceInfo' })
      return (json['Results'] as { MitigationStatus: string }[])[0]?.MitigationStatus
    }
    expect(await reported()).toBe('{"Isolated":"true"}')
    service.clock.advance(HOUR + MINUTE)
    expect(await reported()).toBe('{"Isolated":"false"}')
    expect(service.emulator.actions()).toHaveLength(1)
    service.clock.advance(10 * DAY)
    expect(service.emulator.actions()).toHaveLength(1)
  })

  test.each([
    [undefined, 7 * 24],
    ['4h', 4],
    ['never', 24 * 30],
  ] as const)('Defender isolates one for a time of its own: %s', (lasts, hours) => {
    const service = drive()
    service.emulator.setDevice({
      machineId: HOST,
      isolation: 'Selective',
      ...(lasts === undefined ? {} : { lasts }),
    })
    service.clock.advance(MINUTE)
    expect(hoursHeld(service)).toBe(hours)
  })

  test('a device that is not there stays away', () => {
    const { emulator } = drive()
    emulator.setDevice({ machineId: 'e'.repeat(40), isolation: 'none' })
    expect(emulator.machines()).toHaveLength(1)
  })
})

test('automatic isolation as an action: a requestor, a source and a length of its own', async () => {
  const service = drive({
    actions: [
      {
        type: 'Isolate',
        machineId: HOST,
        scope: 'Selective',
        requestor: 'Attack disruption',
        requestSource: 'AttackDisruption',
        creationDateTimeUtc: '-1h',
        lasts: '5h',
      },
    ],
  })
  expect(service.emulator.actions()[0]).toMatchObject({ requestSource: 'AttackDisruption' })
  expect(hoursHeld(service)).toBe(5)
})

test('a detection rule isolates again, as often as it matches', async () => {
  const service = drive({
    events: [{ after: '1h', repeat: '1d', action: { type: 'Isolate', machineId: HOST, requestor: 'rule' } }],
  })
  service.clock.advance(3 * DAY)
  expect(service.emulator.actions().filter(({ requestor }) => requestor === 'rule')).toHaveLength(3)
})

describe('records of one device', () => {
  const OLD = 'a'.repeat(40)
  const HEIR = 'b'.repeat(40)
  const truths = ({ emulator }: Drive): unknown => emulator.machines().map(({ truth }) => truth.isolation)

  test('share what holds, from the start', async () => {
    const service = drive({
      machines: [{ id: OLD, mergedIntoMachineId: HEIR }, { id: HEIR }],
      actions: [{ type: 'Isolate', machineId: OLD, scope: 'Full', creationDateTimeUtc: '-1d' }],
      behaviour: QUIET,
    })
    expect(truths(service)).toStrictEqual(['Full', 'Full'])
    await service.post(`/api/machines/${OLD}/unisolate`)
    service.clock.advance(MINUTE)
    expect(truths(service)).toStrictEqual(['none', 'none'])
  })

  test('are merged during the run, and a hold goes on until its end', async () => {
    const service = drive({
      machines: [{ id: OLD }, { id: HEIR }],
      actions: [{ type: 'Isolate', machineId: OLD, scope: 'Full', creationDateTimeUtc: '-1d' }],
      events: [{ after: '1h', machine: { id: OLD, mergedIntoMachineId: HEIR } }],
    })
    expect(truths(service)).toStrictEqual(['Full', 'none'])
    service.clock.advance(2 * HOUR)
    expect(truths(service)).toStrictEqual(['Full', 'Full'])
    service.clock.advance(7 * DAY)
    expect(truths(service)).toStrictEqual(['none', 'none'])
    expect(service.emulator.actions().map(({ type, machineId }) => [type, machineId])).toStrictEqual([
      ['Isolate', OLD],
      ['Unisolate', OLD],
    ])
    const { json } = await service.post('/api/advancedqueries/run', {
      Query: 'DeviceInfo | project DeviceId, MergedToDeviceId, MergedDeviceIds',
    })
    expect(json['Results']).toStrictEqual([
      { DeviceId: OLD, MergedToDeviceId: HEIR, MergedDeviceIds: '' },
      { DeviceId: HEIR, MergedToDeviceId: '', MergedDeviceIds: JSON.stringify([OLD]) },
    ])
  })

  test('what waits for the one that fell silent reaches the device through the other', async () => {
    const service = drive({
      machines: [{ id: OLD }, { id: HEIR, offline: true }],
      events: [
        { after: '1h', machine: { id: OLD, mergedIntoMachineId: HEIR } },
        { after: '2h', machine: { id: HEIR, offline: false } },
      ],
    })
    service.clock.advance(HOUR)
    await service.post(`/api/machines/${OLD}/isolate`, { Comment: 'c', IsolationType: 'Full' })
    service.clock.advance(HOUR - MINUTE)
    expect(service.emulator.actions()[0]?.status).toBe('Pending')
    service.clock.advance(1 * HOUR)
    expect(truths(service)).toStrictEqual(['Full', 'Full'])
  })

  test('one that still answers is a device of its own', () => {
    const service = drive({
      machines: [{ id: OLD, mergedIntoMachineId: HEIR, offline: false }, { id: HEIR }],
      actions: [{ type: 'Isolate', machineId: OLD, scope: 'Full', creationDateTimeUtc: '-1d' }],
    })
    expect(truths(service)).toStrictEqual(['Full', 'none'])
  })

  test('a merge in a circle, or into nothing, is no heir', () => {
    const service = drive({
      machines: [
        { id: OLD, mergedIntoMachineId: HEIR },
        { id: HEIR, mergedIntoMachineId: OLD },
        { id: 'c'.repeat(40), mergedIntoMachineId: 'd'.repeat(40) },
      ],
      actions: [{ type: 'Isolate', machineId: 'c'.repeat(40), creationDateTimeUtc: '-1d' }],
    })
    expect(truths(service)).toStrictEqual(['none', 'none', 'Full'])
  })
})
