import { describe, expect, test } from 'vitest'
import { DAY, type Drive, drive, HOST, HOUR, MINUTE, onHost, SECOND } from './drive.ts'

async function submit({ post }: Drive, method: string, body: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await post(onHost(method), { Comment: 'c', ...body })
  expect(status).toBe(201)
  return String(json['id'])
}

async function statusOf({ get }: Drive, id: string): Promise<unknown> {
  return (await get(`/api/machineactions/${id}`)).json['status']
}

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
