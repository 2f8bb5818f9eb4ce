import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { DAY, type Drive, drive, HOST, HOUR, MINUTE, onHost, rowsOf, SECOND, START } from './drive.ts'

async function submit({ post }: Drive, method: string, body: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await post(onHost(method), { Comment: 'c', ...body })
  expect(status).toBe(201)
  return String(json['id'])
}

async function statusOf({ get }: Drive, id: string): Promise<unknown> {
  return (await get(`/api/machineactions/${id}`)).json['status']
}

describe('time to the end', () => {
  const commands = { Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'x' }] }] }
  test.each([
    ['isolate', {}, 66_400],
    ['unisolate', {}, 1700],
    ['restrictCodeExecution', {}, 20_000],
    ['unrestrictCodeExecution', {}, 20_000],
    ['runAntiVirusScan', { ScanType: 'Quick' }, 22_800],
    ['runAntiVirusScan', { ScanType: 'Full' }, 30_400],
    ['collectInvestigationPackage', {}, 88_200],
    ['StopAndQuarantineFile', { Sha1: 'a'.repeat(40) }, 33_700],
    ['runliveresponse', commands, 180_000],
    ['offboard', {}, 60_000],
  ])('%s %o takes %d ms', async (method, body, ms) => {
    const host = drive()
    const id = await submit(host, method, body)
    expect(await statusOf(host, id)).toBe('Pending')
    host.clock.advance(ms - 1)
    expect(await statusOf(host, id)).toBe('InProgress')
    host.clock.advance(1)
    expect(await statusOf(host, id)).toBe('Succeeded')
  })

  test.each([
    [{ Isolate: '5m' }, 'isolate', {}, 5 * MINUTE],
    [{ RunAntiVirusScan: '10s' }, 'runAntiVirusScan', { ScanType: 'Full' }, 10 * SECOND],
    [{ 'RunAntiVirusScan.Full': 1500 }, 'runAntiVirusScan', { ScanType: 'Full' }, 1500],
    [{ 'RunAntiVirusScan.Full': 1500 }, 'runAntiVirusScan', { ScanType: 'Quick' }, 22_800],
  ])('a scenario may say %o', async (settle, method, body, ms) => {
    const host = drive({ behaviour: { settle } as Scenario['behaviour'] & object })
    const id = await submit(host, method, body)
    host.clock.advance(ms - 1)
    expect(await statusOf(host, id)).toBe('InProgress')
    host.clock.advance(1)
    expect(await statusOf(host, id)).toBe('Succeeded')
  })

  test('jitter spreads the ends, within its share', async () => {
    const machines = Array.from({ length: 40 }, (_, index) => ({ computerDnsName: `h${index}` }))
    const host = drive({ machines, behaviour: { jitter: 0.5, settle: { Isolate: '100s' } } })
    for (const { id } of host.emulator.machines()) await host.post(`/api/machines/${id}/isolate`)
    const done = (): number => host.emulator.actions().filter(({ status }) => status === 'Succeeded').length
    host.clock.advance(50 * SECOND - 1)
    expect(done()).toBe(0)
    host.clock.advance(50 * SECOND)
    expect(done()).toBeGreaterThan(5)
    expect(done()).toBeLessThan(35)
    host.clock.advance(51 * SECOND)
    expect(done()).toBe(40)
  })

  test('the update time is that of the change, however late it is looked at', async () => {
    const host = drive()
    const id = await submit(host, 'isolate')
    host.clock.advance(3 * HOUR)
    const { json } = await host.get(`/api/machineactions/${id}`)
    expect(json['lastUpdateDateTimeUtc']).toMatch(/^2026-11-22T18:01:06\.4/)
  })

  test('creation times grow, also within a millisecond', async () => {
    const machines = Array.from({ length: 50 }, (_, index) => ({ computerDnsName: `h${index}` }))
    const { post, emulator, get } = drive({ machines })
    for (const { id } of emulator.machines()) await post(`/api/machines/${id}/isolate`)
    const listed = rowsOf(await get('/api/machineactions?$orderby=creationDateTimeUtc'))
    expect(new Set(listed.map(row => row['creationDateTimeUtc'])).size).toBe(50)
    expect(emulator.actions().map(({ id }) => id)).toStrictEqual(listed.map(({ id }) => id))
  })
})

describe('what really holds on the machine', () => {
  test.each([
    ['isolate', { IsolationType: 'Full' }, { isolation: 'Full', restricted: false }],
    ['isolate', { IsolationType: 'Selective' }, { isolation: 'Selective', restricted: false }],
    ['isolate', {}, { isolation: 'Full', restricted: false }],
    ['restrictCodeExecution', {}, { isolation: 'none', restricted: true }],
    ['collectInvestigationPackage', {}, { isolation: 'none', restricted: false }],
  ])('after %s %o', async (method, body, truth) => {
    const host = drive()
    await submit(host, method, body)
    expect(host.emulator.machines()[0]?.truth).toStrictEqual({ isolation: 'none', restricted: false })
    host.clock.advance(2 * MINUTE)
    expect(host.emulator.machines()[0]?.truth).toStrictEqual(truth)
  })

  test('the history at the start is true, by the order of its ends', () => {
    const at = (minutes: number): string => `-${minutes}m`
    const { emulator } = drive({
      actions: [
        { type: 'Unisolate', machineId: HOST, creationDateTimeUtc: at(50), lastUpdateDateTimeUtc: at(40) },
        {
          type: 'Isolate',
          machineId: HOST,
          creationDateTimeUtc: at(60),
          lastUpdateDateTimeUtc: at(30),
          scope: 'Selective',
        },
        { type: 'Unisolate', machineId: HOST, creationDateTimeUtc: at(20), status: 'Failed' },
        { type: 'RestrictCodeExecution', machineId: HOST, creationDateTimeUtc: at(20) },
        { type: 'Isolate', machineId: 'f'.repeat(40), creationDateTimeUtc: at(20) },
      ],
    })
    expect(emulator.machines()[0]?.truth).toStrictEqual({ isolation: 'Selective', restricted: true })
  })

  test('a release and an unrestriction undo what was done', async () => {
    const host = drive()
    for (const method of ['isolate', 'restrictCodeExecution']) await submit(host, method)
    host.clock.advance(2 * MINUTE)
    for (const method of ['unisolate', 'unrestrictCodeExecution']) await submit(host, method)
    host.clock.advance(2 * MINUTE)
    expect(host.emulator.machines()[0]?.truth).toStrictEqual({ isolation: 'none', restricted: false })
  })

  test('an offboarded machine stays Onboarded, falls silent, and is Inactive a week later', async () => {
    const host = drive()
    await submit(host, 'offboard')
    host.clock.advance(MINUTE)
    const look = (): unknown[] => {
      const [machine] = host.emulator.machines()
      return [machine?.onboardingStatus, machine?.healthStatus, machine?.lastSeen?.slice(0, 10)]
    }
    expect(look()).toStrictEqual(['Onboarded', 'Active', '2026-11-22'])
    host.clock.advance(8 * DAY)
    expect(look()).toStrictEqual(['Onboarded', 'Inactive', '2026-11-22'])
  })

  test('a machine that was offboarded in the history is silent, unless it was seen again', () => {
    const offboarded = { type: 'Offboard', machineId: HOST, creationDateTimeUtc: '-20d' }
    const silent = drive({ machines: [{ id: HOST, lastSeen: '-20d' }], actions: [offboarded] })
    const again = drive({ machines: [{ id: HOST, lastSeen: '-1h' }], actions: [offboarded] })
    expect(silent.emulator.machines()[0]?.healthStatus).toBe('Inactive')
    expect(again.emulator.machines()[0]?.healthStatus).toBe('Active')
  })
})

describe('machines that do not answer', () => {
  test('an action there is TimeOut after 72 h 14 min, with the recorded result', async () => {
    const host = drive({ machines: [{ id: HOST, offline: true }] })
    const id = await submit(host, 'isolate')
    host.clock.advance(72 * HOUR + 14 * MINUTE - SECOND)
    expect(await statusOf(host, id)).toBe('Pending')
    host.clock.advance(SECOND)
    const { json } = await host.get(`/api/machineactions/${id}`)
    expect([json['status'], json['errorHResult']]).toStrictEqual(['TimeOut', -2_145_844_840])
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('none')
  })

  test.each([
    ['that are Inactive', { healthStatus: 'Inactive' }],
    ['that were merged away', { mergedIntoMachineId: 'a'.repeat(40) }],
  ])('are also those %s', async (_kind, facts) => {
    const host = drive({ machines: [{ id: HOST, ...facts }], behaviour: { offlineTimeout: '1h' } })
    const id = await submit(host, 'isolate')
    host.clock.advance(HOUR)
    expect(await statusOf(host, id)).toBe('TimeOut')
  })

  test('a machine that comes back takes up what waits for it, and reports', async () => {
    const host = drive({ machines: [{ id: HOST, healthStatus: 'Inactive', onlineAt: '+2h' }] })
    const id = await submit(host, 'isolate')
    host.clock.advance(2 * HOUR)
    expect(await statusOf(host, id)).toBe('Pending')
    host.clock.advance(66_400)
    expect(await statusOf(host, id)).toBe('Succeeded')
    expect(host.emulator.machines()[0]).toMatchObject({
      healthStatus: 'Active',
      lastSeen: expect.stringMatching('T20:00'),
    })
  })

  test('a machine that goes away leaves what it was doing where it was', async () => {
    const host = drive({ machines: [{ id: HOST, offlineAt: '+10s' }] })
    const id = await submit(host, 'isolate')
    host.clock.advance(71 * HOUR)
    expect(await statusOf(host, id)).toBe('InProgress')
    host.clock.advance(2 * HOUR)
    expect(await statusOf(host, id)).toBe('TimeOut')
  })

  test('a pending action of the history times out by its own age', async () => {
    const host = drive({
      machines: [{ id: HOST, offline: true }],
      actions: [{ type: 'Isolate', machineId: HOST, status: 'Pending', creationDateTimeUtc: '-72h' }],
    })
    host.clock.advance(14 * MINUTE)
    expect(host.emulator.actions()[0]?.status).toBe('TimeOut')
  })

  test('machines that answer report every day, the others never', () => {
    const other = 'b'.repeat(40)
    const { emulator, clock } = drive({
      machines: [
        { id: HOST, lastSeen: '-3h' },
        { id: other, lastSeen: '-3h', offline: true },
      ],
    })
    clock.advance(3 * DAY)
    expect(emulator.machines().map(({ lastSeen }) => lastSeen?.slice(0, 13))).toStrictEqual([
      '2026-11-25T15',
      '2026-11-22T15',
    ])
  })
})

describe('a second action of a type', () => {
  test('is refused while one is in flight, whoever sent it', async () => {
    const host = drive({ actions: [{ type: 'Isolate', machineId: HOST, status: 'Pending' }] })
    const { status, json } = await host.post(onHost('isolate'))
    expect([status, json.error?.code, json.error?.message]).toStrictEqual([
      400,
      'ActiveRequestAlreadyExists',
      'Action is already in progress',
    ])
    await submit(host, 'unisolate')
    host.clock.advance(2 * MINUTE)
    await submit(host, 'isolate')
  })

  test('is answered with the existing one', async () => {
    const host = drive({ behaviour: { duplicates: 'existing' } })
    const id = await submit(host, 'isolate', { IsolationType: 'Selective' })
    host.clock.advance(4 * SECOND)
    const { status, json } = await host.post(onHost('isolate'), { Comment: 'another' })
    expect([status, json['id'], json['requestorComment'], json['scope']]).toStrictEqual([
      201,
      id,
      'c',
      'Selective',
    ])
    expect(host.emulator.actions()).toHaveLength(1)
  })

  test('sticks in Pending and ends after the releases: the reported order', async () => {
    const host = drive({ behaviour: { duplicates: 'enqueue', enqueuedFor: '10m' } })
    const first = await submit(host, 'isolate')
    const stuck = await submit(host, 'isolate')
    expect(stuck).not.toBe(first)
    host.clock.advance(2 * MINUTE)
    expect(await statusOf(host, stuck)).toBe('Pending')
    await submit(host, 'unisolate')
    host.clock.advance(MINUTE)
    await submit(host, 'unisolate')
    host.clock.advance(MINUTE)
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('none')
    host.clock.advance(10 * MINUTE)
    const ended = host.emulator
      .actions()
      .toSorted((a, b) => (a.lastUpdateDateTimeUtc < b.lastUpdateDateTimeUtc ? -1 : 1))
    expect(ended.map(({ type, status }) => `${type} ${status}`)).toStrictEqual([
      'Isolate Succeeded',
      'Unisolate Succeeded',
      'Unisolate Succeeded',
      'Isolate Succeeded',
    ])
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('Full')
  })

  test('sticks as well on a machine that is already isolated', async () => {
    const host = drive({
      behaviour: { duplicates: 'enqueue' },
      actions: [{ type: 'Isolate', machineId: HOST, scope: 'Full' }],
    })
    const id = await submit(host, 'isolate')
    host.clock.advance(5 * MINUTE)
    expect(await statusOf(host, id)).toBe('Pending')
    host.clock.advance(25 * MINUTE)
    expect(await statusOf(host, id)).toBe('Succeeded')
  })
})

describe('cancelling', () => {
  test('a pending action is Cancelled at once, with the recorded result and times', async () => {
    const host = drive()
    const id = await submit(host, 'isolate')
    const { status, json } = await host.post(`/api/machineactions/${id}/cancel`, { Comment: 'no longer' })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      status: 'Cancelled',
      errorHResult: -2_147_467_260,
      cancellationComment: 'no longer',
      cancellationRequestor: '00000000-0000-0000-0000-000000000000',
    })
    const [cancelled, updated] = [json['cancellationDateTimeUtc'], json['lastUpdateDateTimeUtc']].map(time =>
      Number(
        String(time)
          .replace(/^.*\.|Z$/g, '')
          .padEnd(7, '0'),
      ),
    )
    expect(Number(updated) - Number(cancelled)).toBe(1)
    host.clock.advance(HOUR)
    expect(await statusOf(host, id)).toBe('Cancelled')
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('none')
  })

  test('needs no body', async () => {
    const host = drive()
    const id = await submit(host, 'isolate')
    expect((await host.post(`/api/machineactions/${id}/cancel`, '')).json['cancellationComment']).toBeNull()
  })

  test.each(['Failed', 'Succeeded'] as const)('may take a while and end %s', async end => {
    const host = drive({ behaviour: { cancel: { settle: '10s', end } } })
    const id = await submit(host, 'isolate')
    const { json } = await host.post(`/api/machineactions/${id}/cancel`)
    expect([json['status'], json['cancellationComment']]).toStrictEqual(['Pending', 'INC-4211'])
    host.clock.advance(10 * SECOND)
    expect(await statusOf(host, id)).toBe(end)
    expect(host.emulator.machines()[0]?.truth.isolation).toBe(end === 'Succeeded' ? 'Full' : 'none')
  })

  test('what has ended cannot be cancelled', async () => {
    const host = drive()
    const id = await submit(host, 'unisolate')
    host.clock.advance(MINUTE)
    const { status, json } = await host.post(`/api/machineactions/${id}/cancel`)
    expect([status, json.error?.code]).toStrictEqual([400, 'BadRequest'])
  })
})

describe('fates', () => {
  test.each([
    ['Failed', -2_147_467_259],
    ['TimeOut', -2_145_844_840],
    ['Cancelled', -2_147_467_260],
  ] as const)('a rule can end an action %s', async (end, errorHResult) => {
    const host = drive({ behaviour: { outcomes: [{ type: 'Isolate', end, after: '5s' }] } })
    const id = await submit(host, 'isolate')
    host.clock.advance(5 * SECOND)
    expect((await host.get(`/api/machineactions/${id}`)).json).toMatchObject({ status: end, errorHResult })
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('none')
  })

  test('a rule says who cancelled', async () => {
    const rule = { end: 'Cancelled', cancelledBy: 'ana@contoso.com', cancellationComment: 'stop' } as const
    const host = drive({ behaviour: { outcomes: [rule] } })
    const id = await submit(host, 'isolate')
    host.clock.advance(2 * MINUTE)
    expect((await host.get(`/api/machineactions/${id}`)).json).toMatchObject({
      cancellationRequestor: 'ana@contoso.com',
      cancellationComment: 'stop',
    })
  })

  test('a rule with never leaves it InProgress, or Pending, for ever', async () => {
    const outcomes = [{ type: 'Isolate', end: 'never', inProgressAfter: 'never' }, { end: 'never' }] as const
    const host = drive({ behaviour: { outcomes } })
    const [stuck, working] = [await submit(host, 'isolate'), await submit(host, 'unisolate')]
    host.clock.advance(90 * DAY)
    expect([await statusOf(host, stuck), await statusOf(host, working)]).toStrictEqual([
      'Pending',
      'InProgress',
    ])
    host.emulator.settleAll()
    expect(await statusOf(host, stuck)).toBe('Pending')
  })

  test('a never on a machine that does not answer does not time out either', async () => {
    const host = drive({
      machines: [{ id: HOST, offline: true }],
      actions: [{ type: 'Isolate', machineId: HOST, status: 'Pending', fate: { end: 'never' } }],
    })
    host.clock.advance(10 * DAY)
    expect(host.emulator.actions()[0]?.status).toBe('Pending')
  })

  test('rules choose by machine, by type and by number; the first that applies decides', async () => {
    const machines = [{ computerDnsName: 'a.contoso.com' }, { id: HOST, computerDnsName: 'b.contoso.com' }]
    const host = drive({
      machines,
      behaviour: {
        outcomes: [
          { machine: 'A.contoso.com', end: 'Failed' },
          { machine: HOST, type: 'Unisolate', nth: 2, end: 'TimeOut' },
          { type: 'Unisolate', after: '1s' },
        ],
      },
    })
    const [a] = host.emulator.machines()
    await host.post(`/api/machines/${a?.id}/isolate`)
    for (const _ of [1, 2, 3]) {
      await submit(host, 'unisolate')
      host.clock.advance(2 * MINUTE)
    }
    expect(host.emulator.actions().map(({ status }) => status)).toStrictEqual([
      'Failed',
      'Succeeded',
      'TimeOut',
      'Succeeded',
    ])
  })

  test('a failed live response says why on its first command', async () => {
    const commands = ['x', 'y'].map(value => ({ type: 'GetFile', params: [{ key: 'Path', value }] }))
    const host = drive({ behaviour: { outcomes: [{ end: 'Failed', errors: ['No such file'] }] } })
    const id = await submit(host, 'runliveresponse', { Commands: commands })
    host.clock.advance(HOUR)
    const { json } = await host.get(`/api/machineactions/${id}`)
    expect(json['commands']).toMatchObject([
      { commandStatus: 'Failed', errors: ['No such file'] },
      { commandStatus: 'Created', errors: [] },
    ])
  })

  test('inProgressAfter moves the middle of the way', async () => {
    const host = drive({ behaviour: { outcomes: [{ inProgressAfter: '60s' }] } })
    const id = await submit(host, 'isolate')
    host.clock.advance(59 * SECOND)
    expect(await statusOf(host, id)).toBe('Pending')
    host.clock.advance(SECOND)
    expect(await statusOf(host, id)).toBe('InProgress')
  })
})

describe('late visibility', () => {
  test('a new action is missing in lists and by id until its time, and yet keeps others off', async () => {
    const host = drive({ behaviour: { visibility: { list: '10s', get: '5s' } } })
    const id = await submit(host, 'isolate')
    const look = async (): Promise<unknown[]> => [
      (await host.get(`/api/machineactions/${id}`)).status,
      rowsOf(await host.get(`/api/machineactions?$filter=machineId eq '${HOST}'`)).length,
    ]
    expect(await look()).toStrictEqual([404, 0])
    expect((await host.post(onHost('isolate'))).status).toBe(400)
    host.clock.advance(5 * SECOND)
    expect(await look()).toStrictEqual([200, 0])
    host.clock.advance(5 * SECOND)
    expect(await look()).toStrictEqual([200, 1])
  })
})

describe('what others do', () => {
  test('an action at a time, after a time, and after requests', async () => {
    const host = drive({
      events: [
        { after: '30s', action: { type: 'Unisolate', machineId: HOST, requestorComment: 'timed' } },
        { at: '+1m', action: { type: 'Isolate', machineId: 'fin-ws-014.contoso.com', status: 'Pending' } },
        { afterRequests: 2, on: 'GET /machines', action: { type: 'Offboard', machineId: HOST } },
      ],
    })
    expect(host.emulator.actions()).toHaveLength(0)
    host.clock.advance(30 * SECOND)
    expect(host.emulator.actions()).toMatchObject([
      { type: 'Unisolate', status: 'Succeeded', requestSource: 'Portal', requestor: 'analyst@contoso.com' },
    ])
    host.clock.advance(30 * SECOND)
    expect(host.emulator.actions()).toMatchObject([
      {},
      { type: 'Isolate', status: 'Pending', machineId: HOST },
    ])
    host.clock.advance(2 * MINUTE)
    expect(host.emulator.machines()[0]?.truth.isolation).toBe('Full')
    await host.get('/api/machines')
    await host.get('/api/machineactions')
    expect(host.emulator.actions()).toHaveLength(2)
    await host.get('/api/machines')
    expect(host.emulator.actions()).toHaveLength(3)
  })

  test('somebody cancels what is in flight on a machine', async () => {
    const host = drive({
      events: [{ after: '3s', cancel: { machineId: HOST, type: 'Isolate', requestor: 'ana@contoso.com' } }],
    })
    await submit(host, 'isolate')
    await submit(host, 'restrictCodeExecution')
    host.clock.advance(MINUTE)
    expect(host.emulator.actions()).toMatchObject([
      { status: 'Cancelled', cancellationRequestor: 'ana@contoso.com', cancellationComment: null },
      { status: 'Succeeded' },
    ])
  })

  test('machines change, come and go', () => {
    const host = drive({
      events: [
        { after: '1s', machine: { id: HOST, machineTags: ['new'], offline: true, noAutomation: true } },
        { after: '2s', machine: { computerDnsName: 'late.contoso.com' } },
        { after: '3s', machine: { computerDnsName: 'late.contoso.com', healthStatus: 'Inactive' } },
        { after: '8d', machine: { id: HOST, offline: false, computerDnsName: 'renamed.contoso.com' } },
        { after: '8d', action: { type: 'Isolate', machineId: 'renamed.contoso.com' } },
      ],
    })
    host.clock.advance(4 * SECOND)
    expect(host.emulator.machines()).toMatchObject([
      { machineTags: ['new'] },
      { computerDnsName: 'late.contoso.com', healthStatus: 'Inactive' },
    ])
    host.clock.advance(7 * DAY + 12 * HOUR)
    expect(host.emulator.machines()[0]?.healthStatus).toBe('Inactive')
    host.clock.advance(DAY)
    expect(host.emulator.machines()[0]).toMatchObject({
      healthStatus: 'Active',
      truth: { isolation: 'Full' },
    })
    expect(host.emulator.actions()[0]?.machineId).toBe(HOST)
  })

  test('a test can act by hand', async () => {
    const { emulator, clock } = drive()
    const done = emulator.addAction({ type: 'Isolate', machineId: HOST, scope: 'Selective' })
    expect(done).toMatchObject({
      status: 'Succeeded',
      requestSource: 'Portal',
      computerDnsName: 'fin-ws-014.contoso.com',
    })
    expect(emulator.machines()[0]?.truth.isolation).toBe('Selective')
    const open = emulator.addAction({
      type: 'Unisolate',
      machineId: HOST,
      status: 'Pending',
      fate: { after: '1h' },
    })
    expect(emulator.cancelAs(open.id, { requestor: 'ana@contoso.com', comment: 'wait' })).toMatchObject({
      status: 'Cancelled',
      cancellationComment: 'wait',
    })
    expect(() => emulator.cancelAs(open.id, { requestor: 'ana' })).toThrow(RangeError)
    emulator.addAction({ type: 'Unisolate', machineId: HOST, status: 'Pending' })
    emulator.settleAll()
    expect(emulator.machines()[0]?.truth.isolation).toBe('none')
    const old = emulator.addAction({
      type: 'Isolate',
      machineId: HOST,
      creationDateTimeUtc: '2026-11-01T00:00:00Z',
    })
    expect(emulator.actions()[0]?.id).toBe(old.id)
    expect(emulator.nowMs()).toBe(clock.nowMs())
  })
})

test('the clock may start elsewhere than the real one', async () => {
  const { get, clock, emulator } = drive({ now: '2030-01-01T00:00:00Z', behaviour: { clockSkew: '-10m' } })
  expect((await get('/api/machines')).headers['date']).toBe('Mon, 31 Dec 2029 23:50:00 GMT')
  clock.advance(HOUR)
  expect(emulator.nowMs()).toBe(Date.parse('2030-01-01T01:00:00Z'))
  expect(clock.nowMs()).toBe(Date.parse(START) + HOUR)
})

test('a scenario built in code with a time that is none says so', () => {
  expect(() => drive({ now: 'yesterday' })).toThrow(/"yesterday" is no time/)
  expect(() => drive({ behaviour: { retention: 'long' } })).toThrow(/"long" is no length of time/)
  expect(() => drive({ behaviour: { retention: Number.NaN } })).toThrow(RangeError)
})
