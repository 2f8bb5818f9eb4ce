import { describe, expect, test } from 'vitest'
import { DAY, type Drive, drive, HOST, HOUR, MINUTE, onHost, SECOND } from './drive.ts'

async function submit({ post }: Drive, method: string, body: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await post(onHost(method), { Comment: 'c', ...body })
  expect(status).toBe(201)
  return String(json['id'])
}

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
