import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import { markerOf } from '../../src/plan/document/marker-of.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { addMs, formatInstant, msBetween } from '../../src/schema/instant.ts'
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
  entry,
  isolated,
  machine,
  machineId,
  ownComment,
  PLACE,
} from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

/** Machine 1 to be isolated; machine 2, held selectively by us, to be held fully. */
async function setScene(): Promise<{ scene: Scene; plan: Plan; comments: readonly string[] }> {
  const clock = clockAtNow()
  const machines = [1, 2].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const held = action({ machineId: machineId(2), scope: 'Selective', requestorComment: ownComment() })
  const service = new FakeService({ clock, machines, actions: [held] })
  const plan = await planFor(service, [policyFor([1, 2], isolated('full'))])
  const comments = plan.changes.map(change => appendMarker('INC-1', markerOf(plan.planId, change, undefined)))
  await clock.advance(60_000)
  return { scene: sceneOf(clock, service), plan, comments }
}

describe('what an earlier run of the plan submitted', () => {
  test.each([
    ['Succeeded', 'adopted'],
    ['Failed', 'failed (failed)'],
    ['TimeOut', 'timed-out (timed-out)'],
  ])('and ended %s has that outcome, and is not sent again', async (status, outcome) => {
    const { scene, plan, comments } = await setScene()
    const sent = {
      id: actionId(7),
      status,
      requestorComment: comments[0] ?? '',
      creationDateTimeUtc: addMs(scene.clock.now(), -30_000),
    }
    scene.service.put(action(sent))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome, '#2/isolated': 'succeeded' })
    expect(result.outcomes[0]).toMatchObject({ adopted: true, actionId: actionId(7), status })
    expect(scene.service.posts.filter(({ machineId: id }) => id === machineId(1))).toStrictEqual([])
  })

  test('and is in flight is awaited', async () => {
    const { scene, plan, comments } = await setScene()
    const sent = { id: actionId(7), status: 'Pending', requestorComment: comments[0] ?? '' }
    scene.service.put(action(sent), addMs(scene.clock.now(), 40_000))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#1/isolated']).toBe('adopted')
  })

  test.each([
    ['Pending', 'pending (stale)'],
    ['Succeeded', 'adopted'],
  ])('and is %s is told as %s where the plan is stale by now', async (status, outcome) => {
    const { scene, plan, comments } = await setScene()
    scene.service.put(action({ id: actionId(7), status, requestorComment: comments[0] ?? '' }))
    const moved = { id: actionId(8), machineId: machineId(2), type: 'Unisolate', scope: null }
    scene.service.put(action({ ...moved, creationDateTimeUtc: scene.clock.now() }))
    const result = await apply(scene, plan)
    expect(result.exit.code).toBe(3)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': outcome, '#2/isolated': 'refused (moved)' })
    expect(result.outcomes[0]).toMatchObject({ adopted: true, actionId: actionId(7) })
  })

  test('is not refused by a configuration that would refuse it by now', async () => {
    const { scene, plan, comments } = await setScene()
    const lifted = {
      id: actionId(7),
      type: 'Unisolate',
      scope: null,
      machineId: machineId(2),
      requestorComment: comments[1] ?? '',
      creationDateTimeUtc: scene.clock.now(),
    }
    scene.service.put(action(lifted))
    const place = { file: 'holdfast.yaml', line: 1, column: 1 }
    const match = { fields: { id: [machineId(2)] }, all: false, missing: 'error', place } as const
    const configuration = permissive({ protected: [{ match, allow: [], place }] })
    const result = await apply(scene, plan, {}, { configuration })
    expect(outcomesOf(result)['#2/isolated']).toBe('succeeded')
  })
})

describe('the second half of a chain whose first half an earlier run sent', () => {
  async function lifted(): Promise<Awaited<ReturnType<typeof setScene>>> {
    const setting = await setScene()
    const { scene, comments } = setting
    const at = addMs(scene.clock.now(), -30_000)
    const lift = {
      id: actionId(7),
      type: 'Unisolate',
      scope: null,
      machineId: machineId(2),
      creationDateTimeUtc: at,
    }
    scene.service.put(action({ ...lift, requestorComment: comments[1] ?? '' }))
    return setting
  }

  test('is sent, before everything', async () => {
    const { scene, plan } = await lifted()
    const result = await apply(scene, plan)
    expect(result.exit.code).toBe(0)
    expect(scene.service.posts.map(({ machineId: id }) => id)).toStrictEqual([machineId(2), machineId(1)])
  })

  test('is adopted where somebody put the hold back', async () => {
    const { scene, plan } = await lifted()
    const back = {
      id: actionId(8),
      machineId: machineId(2),
      creationDateTimeUtc: addMs(scene.clock.now(), -10_000),
    }
    scene.service.put(action(back))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#2/isolated']).toBe('adopted')
    expect(result.outcomes[1]).toMatchObject({ adopted: true, actionId: actionId(8) })
    expect(scene.service.posts).toHaveLength(1)
  })

  test('is awaited where somebody is putting the hold back', async () => {
    const { scene, plan } = await lifted()
    const back = {
      id: actionId(8),
      machineId: machineId(2),
      status: 'Pending',
      creationDateTimeUtc: scene.clock.now(),
    }
    scene.service.put(action(back), addMs(scene.clock.now(), 20_000))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#2/isolated']).toBe('adopted')
    expect(scene.service.posts).toHaveLength(1)
  })

  test('is refused where somebody else moved it, and the plan is not stale for that', async () => {
    const { scene, plan } = await lifted()
    const moved = {
      id: actionId(8),
      machineId: machineId(2),
      type: 'Unisolate',
      scope: null,
      creationDateTimeUtc: scene.clock.now(),
    }
    scene.service.put(action(moved))
    const result = await apply(scene, plan)
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'succeeded',
      '#2/isolated': 'refused (chain-open)',
    })
    expect(result).toMatchObject({ exit: { code: 5 }, chainOpen: ['ws-2'], notContained: ['ws-2'] })
    expect(result.outcomes[1]?.detail).toContain('Unisolate')
  })
})

test('an intent that was answered by nothing is looked for as long as it may be listed late', async () => {
  const { scene, plan } = await setScene()
  const { clock, journal } = scene
  journal.entries.push({
    event: 'intent',
    at: formatInstant(addMs(clock.now(), -5000)),
    runId: 'run-0',
    planId: plan.planId,
    intent: 0,
    address: `${machineId(1)}/isolated`,
    request: 0,
    path: 'isolate',
  })
  const begun = clock.now()
  const result = await apply(scene, plan)
  expect(outcomesOf(result)['#1/isolated']).toBe('succeeded')
  const [sent] = scene.service.posts.filter(({ machineId: id }) => id === machineId(1))
  const ms = msBetween(begun, sent?.at ?? begun)
  expect(ms).toBeGreaterThanOrEqual(10_000)
  expect(ms).toBeLessThan(12_000)
})

test('an intent that left nothing behind is not sent again where the configuration refuses it by now', async () => {
  const { scene, plan } = await setScene()
  scene.journal.entries.push({
    event: 'intent',
    at: formatInstant(addMs(scene.clock.now(), -5000)),
    runId: 'run-0',
    planId: plan.planId,
    intent: 0,
    address: `${machineId(1)}/isolated`,
    request: 0,
    path: 'isolate',
  })
  const match = entry({ fields: { id: [machineId(1)] } })
  const configuration = permissive({ protected: [{ match, allow: [], place: PLACE }] })
  const result = await apply(scene, plan, {}, { configuration })
  expect(outcomesOf(result)).toStrictEqual({
    '#1/isolated': 'refused (protected)',
    '#2/isolated': 'succeeded',
  })
  expect(scene.service.posts.filter(({ machineId: id }) => id === machineId(1))).toStrictEqual([])
})

describe('what an earlier run was told was accepted, and no list has', () => {
  async function accepted(agoMs: number): Promise<Awaited<ReturnType<typeof setScene>>> {
    const setting = await setScene()
    const { scene, plan } = setting
    const request = { runId: 'run-0', planId: plan.planId, intent: 0, request: 0 }
    scene.journal.entries.push({
      event: 'answer',
      at: formatInstant(addMs(scene.clock.now(), -agoMs)),
      ...request,
      address: `${machineId(1)}/isolated`,
      kind: 'accepted',
      actionId: actionId(7),
    })
    return setting
  }

  test('is awaited while it may be listed late', async () => {
    const { scene, plan } = await accepted(540_000)
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#1/isolated']).toBe('pending (deadline)')
    expect(scene.service.posts.filter(({ machineId: id }) => id === machineId(1))).toStrictEqual([])
  })

  test('is looked for once more and sent again after ten minutes, or it would be awaited for ever', async () => {
    const { scene, plan } = await accepted(660_000)
    const result = await apply(scene, plan)
    expect(outcomesOf(result)['#1/isolated']).toBe('succeeded')
    expect(scene.service.posts.filter(({ machineId: id }) => id === machineId(1))).toHaveLength(1)
  })
})
