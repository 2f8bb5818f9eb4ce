import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import type { Observation } from '../../src/plan/select/observation.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  permissive,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
} from '../support/apply-harness.ts'
import {
  action,
  actionId,
  at,
  isolated,
  lasting,
  machine,
  machineId,
  ownComment,
} from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

const THREE = [1, 2, 3].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))

async function setScene(): Promise<{ scene: Scene; plan: Plan }> {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: THREE })
  const plan = await planFor(service, [policyFor([1, 2, 3], isolated('full'))])
  return { scene: sceneOf(clock, service), plan }
}

/** The service with something about its observation changed. */
function observing(service: FakeService, over: Partial<Observation>): FakeService {
  const observe = service.observe.bind(service)
  service.observe = async need => ({ ...(await observe(need)), ...over })
  return service
}

const ISOLATED = { facet: 'isolated', operations: ['impose'], before: 'none', after: 'full' } as const

describe('nothing is submitted where', () => {
  test.each<[string, (plan: Plan) => Plan, object]>([
    ['the plan was made with an error', plan => ({ ...plan, errored: true }), { code: 1, name: 'error' }],
    ['the plan is for another time', plan => ({ ...plan, asOf: '2026-11-01' }), { code: 1, name: 'error' }],
    [
      'the read of the plan was incomplete',
      plan => ({ ...plan, observed: { ...plan.observed, complete: false } }),
      { code: 1, name: 'error' },
    ],
    ['the plan is not applyable', plan => ({ ...plan, applyable: false }), { code: 1, name: 'error' }],
    [
      'a guard failed',
      plan => ({
        ...plan,
        applyable: false,
        guards: [{ name: 'maxMachines', limit: 1, actual: 3, status: 'fail' }],
      }),
      { code: 4, name: 'refused' },
    ],
    [
      'there is nothing but blocked items',
      plan => ({
        ...plan,
        changes: [],
        blocked: plan.changes.map(({ address, machine: one, policy, basis }) => ({
          ...{ address, machine: one, policy, basis, facet: ISOLATED.facet, before: 'none', after: 'full' },
          ...{ code: 'protected', message: 'protected', wouldBe: ['impose'] as const },
        })),
      }),
      { code: 4, name: 'refused' },
    ],
    [
      'the plan has expired',
      plan => ({ ...plan, expiresAt: '2026-11-22T18:00:00Z' }),
      { code: 3, name: 'stale' },
    ],
    [
      'the plan is for another endpoint',
      plan => ({ ...plan, target: { ...plan.target, endpoint: 'https://eu.api.security.microsoft.com' } }),
      { code: 3, name: 'stale' },
    ],
    [
      'the plan is for another tenant',
      plan => ({ ...plan, target: { ...plan.target, tenantId: 'a tenant' } }),
      { code: 3, name: 'stale' },
    ],
  ])('%s', async (_rule, change, exit) => {
    const { scene, plan } = await setScene()
    const changed = change(plan)
    const result = await apply(scene, changed)
    expect(result.exit).toStrictEqual(exit)
    expect(scene.service.posts).toStrictEqual([])
    expect(result.outcomes).toHaveLength(3)
    expect(result.outcomes.every(({ outcome }) => ['not-attempted', 'refused'].includes(outcome))).toBe(true)
    expect(result.notContained).toStrictEqual(['ws-1', 'ws-2', 'ws-3'])
    expect(result.diagnostics).toHaveLength(1)
    expect(scene.lease.isHeld).toBe(false)
  })

  test('a read failed', async () => {
    const { scene, plan } = await setScene()
    observing(scene.service, { failures: [{ code: 'forbidden', message: 'Machine.Read.All is missing.' }] })
    const result = await apply(scene, plan)
    expect(result.exit).toStrictEqual({ code: 1, name: 'error' })
    expect(result.diagnostics[0]?.message).toContain('forbidden: Machine.Read.All is missing.')
    expect(result.summary).toStrictEqual({ 'not-attempted': 3 })
    expect(scene.service.posts).toStrictEqual([])
  })

  test('somebody else holds the lease, whose owner and end are named', async () => {
    const { scene, plan } = await setScene()
    scene.lease.seize('process 7 on ci-2')
    const result = await apply(scene, plan)
    expect(result.exit).toStrictEqual({ code: 7, name: 'locked' })
    expect(result.diagnostics[0]?.message).toMatch(/process 7 on ci-2 .* until 2026-/)
    expect(scene.service.observed).toBe(1)
    expect(scene.service.posts).toStrictEqual([])
  })

  test.each([
    ['journal', 'journal-failed'],
    ['lease', 'lease-failed'],
  ] as const)('the %s cannot be read', async (port, code) => {
    const { scene, plan } = await setScene()
    const broken = () => Promise.reject(new Error('EACCES: /state'))
    const deps =
      port === 'journal'
        ? { journal: { append: broken, read: broken } }
        : { lease: { ...scene.lease.as('run-1'), acquire: broken, renew: broken, release: broken } }
    const result = await apply(scene, plan, {}, deps)
    expect(result.exit.code).toBe(1)
    expect(result.diagnostics[0]).toMatchObject({ code, severity: 'error' })
    expect(result.diagnostics[0]?.message).toContain('EACCES: /state')
    expect(scene.service.posts).toStrictEqual([])
  })

  test('the run is interrupted before it observed', async () => {
    const { scene, plan } = await setScene()
    const result = await apply(scene, plan, { signal: AbortSignal.abort() })
    expect(result.exit.name).toBe('signal')
    expect(scene.service.observed).toBe(1)
    expect(scene.service.posts).toStrictEqual([])
  })

  test('the run is interrupted while it observes', async () => {
    const { scene, plan } = await setScene()
    const interrupt = new AbortController()
    const observe = scene.service.observe.bind(scene.service)
    scene.service.observe = need => {
      interrupt.abort()
      return observe(need)
    }
    const result = await apply(scene, plan, { signal: interrupt.signal })
    expect(result.exit.name).toBe('signal')
    expect(scene.service.posts).toStrictEqual([])
  })
})

describe('the configuration as it is at apply is checked again', () => {
  test('a machine that is protected by now is refused and the rest goes on', async () => {
    const { scene, plan } = await setScene()
    const place = { file: 'holdfast.yaml', line: 1, column: 1 }
    const match = { fields: { id: [machineId(2)] }, all: false, missing: 'error', place } as const
    const configuration = permissive({ protected: [{ match, allow: [], place }] })
    const result = await apply(scene, plan, {}, { configuration })
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'succeeded',
      '#2/isolated': 'refused (protected)',
      '#3/isolated': 'succeeded',
    })
    expect(result.exit.code).toBe(5)
    expect(result.notContained).toStrictEqual(['ws-2'])
  })

  test('a plan of which it refuses everything is refused as a whole', async () => {
    const { scene, plan } = await setScene()
    const place = { file: 'holdfast.yaml', line: 1, column: 1 }
    const match = { fields: {}, all: true, missing: 'error', place } as const
    const configuration = permissive({ protected: [{ match, allow: [], place }] })
    const result = await apply(scene, plan, {}, { configuration })
    expect(result.exit.code).toBe(4)
    expect(result.summary).toStrictEqual({ refused: 3 })
    expect(scene.service.posts).toStrictEqual([])
  })

  test('a guard that the plan would fail by now refuses it, unless it is overridden by name with a reason', async () => {
    const { scene, plan } = await setScene()
    const configuration = permissive({ guards: { maxMachines: 2 } })
    const refused = await apply(scene, plan, {}, { configuration })
    expect(refused.exit.code).toBe(4)
    expect(refused.diagnostics[0]?.message).toContain('the limit is 2')
    expect(scene.service.posts).toStrictEqual([])
    const over = { overriddenGuards: ['maxMachines'], reason: 'INC-1' } as const
    const result = await apply(scene, plan, over, { configuration })
    expect(result).toMatchObject({ exit: { code: 0 }, overriddenGuards: ['maxMachines'], reason: 'INC-1' })
    const started = scene.journal.entries.find(({ event }) => event === 'run-started')
    expect(started).toMatchObject({ overriddenGuards: ['maxMachines'], reason: 'INC-1' })
  })
})

describe('a guard that failed on the plan', () => {
  test('is passed when it is overridden by name', async () => {
    const { scene, plan } = await setScene()
    const guards = [{ name: 'maxMachines', limit: 1, actual: 3, status: 'fail' }] as const
    const failed = { ...plan, applyable: false, guards }
    const result = await apply(scene, failed, { overriddenGuards: ['maxMachines'], reason: 'INC-1' })
    expect(result.exit.code).toBe(0)
  })

  test('stops nothing where it is maxLifts, since the lifts are blocked already', async () => {
    const { scene, plan } = await setScene()
    const guards = [{ name: 'maxLifts', limit: 1, actual: 3, status: 'fail' }] as const
    expect((await apply(scene, { ...plan, guards })).exit.code).toBe(0)
  })
})

describe('what moved since the plan was made', () => {
  test('makes the plan stale: what moved is refused and listed, the rest not attempted', async () => {
    const { scene, plan } = await setScene()
    scene.service.put(action({ id: actionId(7), machineId: machineId(2), scope: 'Selective' }))
    const result = await apply(scene, plan)
    expect(result.exit).toStrictEqual({ code: 3, name: 'stale' })
    expect(result.moved.map(({ address }) => address)).toStrictEqual([`${machineId(2)}/isolated`])
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'not-attempted (stale)',
      '#2/isolated': 'refused (moved)',
      '#3/isolated': 'not-attempted (stale)',
    })
    expect(scene.service.posts).toStrictEqual([])
  })

  test('is refused alone with --skip-moved', async () => {
    const { scene, plan } = await setScene()
    scene.service.put(action({ id: actionId(7), machineId: machineId(2), scope: 'Selective' }))
    const result = await apply(scene, plan, { skipMoved: true })
    expect(result.exit.code).toBe(5)
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'succeeded',
      '#2/isolated': 'refused (moved)',
      '#3/isolated': 'succeeded',
    })
    expect(result.notContained).toStrictEqual([])
  })

  test('to what is declared leaves the change unchanged', async () => {
    const { scene, plan } = await setScene()
    scene.service.put(action({ id: actionId(7), machineId: machineId(2) }))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#2/isolated']).toBe('unchanged')
    expect(result.outcomes[1]).toMatchObject({ actionId: actionId(7) })
    expect(scene.service.posts).toHaveLength(2)
  })

  test('toward what is declared and in flight is adopted, and nothing is submitted for it', async () => {
    const { scene, plan } = await setScene()
    const flight = action({ id: actionId(7), machineId: machineId(2), status: 'InProgress' })
    scene.service.put(flight, at('2026-11-22T18:01:00Z'))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#2/isolated']).toBe('adopted')
    expect(result.outcomes[1]).toMatchObject({ adopted: true, actionId: actionId(7), status: 'Succeeded' })
    expect(scene.service.posts).toHaveLength(2)
  })

  test('toward what is declared and ends badly takes the word of its end', async () => {
    const { scene, plan } = await setScene()
    const flight = action({ id: actionId(7), machineId: machineId(2), status: 'Pending' })
    scene.service.put(flight, at('2026-11-22T18:01:00Z'), 'TimeOut')
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#2/isolated']).toBe('timed-out (timed-out)')
    expect(result.outcomes[1]).toMatchObject({ adopted: true })
    expect(result.exit.code).toBe(5)
    expect(result.notContained).toStrictEqual(['ws-2'])
  })
})

describe('what the plan found in flight', () => {
  const pending = action({ id: actionId(9), status: 'Pending', requestorComment: ownComment() })

  test.each([
    ['Succeeded', 'adopted', 0],
    ['Cancelled', 'cancelled (cancelled)', 5],
  ])('is awaited, and one that ends %s is %s', async (status, outcome, code) => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: THREE })
    service.put(pending, at('2026-11-22T18:01:00Z'), status)
    const plan = await planFor(service, [policyFor([1], isolated('full'))])
    expect(plan.changes).toStrictEqual([])
    const result = await apply(sceneOf(clock, service), plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome })
    expect(result.outcomes[0]).toMatchObject({ adopted: true, actionId: actionId(9) })
    expect(result.exit.code).toBe(code)
    expect(service.posts).toStrictEqual([])
  })

  test('is not missed where the plan wants the machine free and cancels it', async () => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: THREE })
    service.put(pending, at('2026-11-22T18:30:00Z'))
    const plan = await planFor(service, [policyFor([1], isolated('none'))])
    expect(plan.changes).toMatchObject([{ operations: ['cancel'], after: 'none' }])
    const result = await apply(sceneOf(clock, service), plan)
    expect(result.exit.name).toBe('ok')
    expect(result.notContained).toStrictEqual([])
  })

  test('is pending when nothing was read', async () => {
    const clock = clockAtNow()
    const service = new FakeService({ clock, machines: THREE })
    service.put(pending)
    const plan = await planFor(service, [policyFor([1], isolated('full'))])
    const scene = sceneOf(clock, service)
    scene.lease.seize('another')
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'pending (locked)' })
    expect(result.notContained).toStrictEqual(['ws-1'])
  })
})

test('a run that waits for its machine is reported and has no effect on the exit', async () => {
  const clock = clockAtNow()
  const asleep = machine({ healthStatus: 'Inactive' })
  const service = new FakeService({ clock, machines: [asleep] })
  const plan = await planFor(service, [
    policyFor([1], {
      collected: { value: { within: lasting('7d') }, place: { file: 'a', line: 1, column: 1 } },
    }),
  ])
  expect(plan.blocked).toMatchObject([{ code: 'waiting-for-machine' }])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result.exit).toStrictEqual({ code: 0, name: 'ok' })
  expect(outcomesOf(result)).toStrictEqual({ '#1/collected': 'refused (waiting-for-machine)' })
})

test('a plan with nothing in it ends well with no outcome', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: THREE,
    actions: [action({ requestorComment: ownComment() })],
  })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result).toMatchObject({ exit: { code: 0 }, outcomes: [], summary: {}, notContained: [] })
})
