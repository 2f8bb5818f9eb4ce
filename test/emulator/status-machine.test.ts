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
