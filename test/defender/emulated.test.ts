import { describe, expect, test } from 'vitest'
import { createActionApi } from '../../src/defender/action-api.ts'
import { createReadClient } from '../../src/defender/read-client.ts'
import { type Send, TransportError } from '../../src/defender/transport.ts'
import { manualClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { Behaviour, Scenario } from '../../src/emulator/scenario-types.ts'
import type { Need } from '../../src/plan/select/observation.ts'
import { addMs, formatInstant, type Instant, toEpochMs } from '../../src/schema/instant.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { dependencies, target } from './clients.ts'
import { actionId, machineId } from './rows.ts'

const NOW = '2026-11-20T10:00:00.0000000Z' as Instant
const MACHINES = 30
const NEED: Need = {
  scope: 'tenant',
  ids: [],
  dnsNames: [],
  historyFrom: '2026-05-24T10:00:00.0000000Z' as Instant,
  countOnboarded: false,
}
const NAMED: Need = {
  ...NEED,
  scope: 'named',
  ids: [3, 4, 5].map(machineId),
  dnsNames: ['ws-6.contoso.com'],
  countOnboarded: true,
}

function scenario(behaviour: Behaviour): Scenario {
  const numbers = Array.from({ length: MACHINES }, (_, number) => number)
  return {
    now: formatInstant(NOW),
    machines: numbers.map(number => ({ id: machineId(number), computerDnsName: `ws-${number}.contoso.com` })),
    actions: numbers.map(number => ({
      id: actionId(number),
      type: 'Isolate',
      machineId: machineId(number),
      status: 'Succeeded',
      creationDateTimeUtc: formatInstant(addMs(NOW, -3_600_000 + Math.floor(number / 4) * 1000)),
    })),
    behaviour,
  }
}

/** Sends straight into an emulator. */
function into(emulator: Emulator): Send {
  return async request => {
    const answer = await emulator.handle(request)
    if (answer.kind !== 'response') throw new TransportError('ECONNRESET', answer.kind)
    return { status: answer.status, headers: answer.headers, body: answer.body.toString() }
  }
}

function emulated(behaviour: Behaviour, pageSize = 10_000) {
  const emulator = createEmulator({ scenario: scenario(behaviour), clock: manualClock(toEpochMs(NOW)) })
  const clock = new FakeClock(NOW)
  const endpoint = target({ endpoint: 'http://127.0.0.1' })
  const parts = dependencies(into(emulator), { clock, target: endpoint, limits: { pageSize } })
  return { parts, clock, emulator, client: createReadClient(parts) }
}

describe('over the emulator', () => {
  test.each<[string, Behaviour, number?]>([
    ['as it is', {}],
    ['page by page', {}, 4],
    ['whose server cuts pages', { pageLimit: 7 }],
    ['whose server cuts pages shorter than those asked for', { pageLimit: 3 }, 8],
    ['that loses a row', { faults: [{ on: 'GET /machineactions', fault: 'skip-row', nth: 2 }] }, 4],
    ['that repeats rows', { faults: [{ on: 'GET /machineactions', fault: 'repeat-row' }] }, 4],
    ['that refuses $orderby', { refuse: ['orderby'] }, 7],
    ['that refuses $filter', { refuse: ['filter'] }, 7],
    ['that refuses $filter and $orderby', { refuse: ['filter', 'orderby'] }, 7],
    ['that refuses or, in and $count', { refuse: ['or', 'in', 'count'] }],
    ['that allows a hundred nodes in a filter', { filterNodeLimit: 100 }],
    ['that fails twice', { faults: [{ on: 'GET /machineactions', first: 2, status: 503, body: 'html' }] }],
    ['that cuts a body', { faults: [{ on: 'GET /machines', nth: 1, fault: 'cut-body' }] }],
    ['that sends what is no JSON', { faults: [{ on: 'GET /machines', nth: 1, fault: 'invalid-json' }] }],
  ])('%s, a look finds everything that it asks for', async (_what, behaviour, pageSize) => {
    const tenant = emulated(behaviour, pageSize)
    const whole = await tenant.clock.drive(tenant.client.observe(NEED))
    expect(whole.failures).toStrictEqual([])
    expect([whole.machines.length, whole.actions.length]).toStrictEqual([MACHINES, MACHINES])
    const some = emulated(behaviour, pageSize)
    const named = await some.clock.drive(some.client.observe(NAMED))
    expect(named.failures).toStrictEqual([])
    expect(named.onboarded).toBe(MACHINES)
    const wanted = [3, 4, 5, 6]
    expect(named.machines.map(machine => machine.id)).toStrictEqual(
      expect.arrayContaining(wanted.map(machineId)),
    )
    expect(named.actions.map(action => action.id)).toStrictEqual(expect.arrayContaining(wanted.map(actionId)))
    if (named.scope === 'named') expect([named.machines.length, named.actions.length]).toStrictEqual([4, 4])
  })

  test('a look at the tenant is two calls, one at named machines and the guard five', async () => {
    const { client, emulator } = emulated({})
    expect((await client.observe(NEED)).apiCalls).toBe(2)
    expect((await client.observe(NAMED)).apiCalls).toBe(5)
    expect(emulator.requests()).toHaveLength(7)
  })

  test('an empty tenant is empty, whichever way the service says so', async () => {
    for (const noMachines of ['list', 'not-found'] as const) {
      const empty = createEmulator({
        scenario: { machines: [], behaviour: { noMachines } },
        clock: manualClock(toEpochMs(NOW)),
      })
      const parts = dependencies(into(empty), { target: target({ endpoint: 'http://127.0.0.1' }) })
      const observation = await parts.clock.drive(createReadClient(parts).observe(NEED))
      expect(observation).toMatchObject({ machines: [], actions: [], failures: [], onboarded: 0 })
    }
  })

  test('a nextLink to another host is a failure, and the token is not sent there', async () => {
    const { client } = emulated({ pageLimit: 3, nextLinkHost: 'https://evil.example' })
    const { failures } = await client.observe(NEED)
    expect(failures.map(failure => failure.code)).toStrictEqual([
      'next-link-elsewhere',
      'next-link-elsewhere',
    ])
  })

  test('a clock that is ahead is seen', async () => {
    const { client } = emulated({ clockSkew: '7m' })
    expect((await client.observe(NEED)).clockSkewMs).toBe(420_000)
  })

  test('a submission is accepted, found, cancelled, and a second one is in flight already', async () => {
    const { parts } = emulated({})
    const api = createActionApi(parts)
    const body = { Comment: 'INC-1', IsolationType: 'Full' }
    const sent = await api.submit(machineId(1), 'Isolate', body)
    if (sent.kind !== 'accepted') throw new Error(sent.kind)
    expect((await api.submit(machineId(1), 'Isolate', body)).kind).toBe('active-exists')
    const listed = await api.listActions({ kind: 'ids', ids: [sent.action.id] })
    expect(listed).toMatchObject({
      kind: 'listed',
      actions: [{ id: sent.action.id, requestorComment: 'INC-1' }],
    })
    expect(await api.cancel(sent.action.id, 'stop')).toMatchObject({ kind: 'accepted' })
    expect(await api.submit('0'.repeat(40).replace(/0$/, 'f'), 'Unisolate', { Comment: 'x' })).toMatchObject({
      kind: 'accepted',
    })
    expect(await api.submit('f'.repeat(40), 'Unisolate', { Comment: 'x' })).toMatchObject({
      kind: 'rejected',
      status: 404,
      code: 'ResourceNotFound',
    })
  })

  test('a service that is not the API is told apart from an empty one', async () => {
    const { client } = emulated({ faults: [{ on: 'GET /machines', status: 404, body: 'html' }] })
    const { failures } = await client.observe(NEED)
    expect(failures.map(failure => failure.code)).toStrictEqual(['not-the-service'])
  })
})
