import { expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import { markerOf } from '../../src/plan/document/marker-of.ts'
import { appendMarker } from '../../src/posture/marker.ts'
import { addMs } from '../../src/schema/instant.ts'
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
import { action, actionId, isolated, machine, machineId, NOW, ownComment } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

const HOUR = 3_600_000

/** Machine 1 to be isolated, machine 2 with another scope, machine 3 to be isolated and touched since: the plan is stale. */
async function setScene(): Promise<{
  scene: Scene
  plan: Plan
  sent: (index: number, ...rest: Sent) => void
}> {
  const clock = clockAtNow()
  const machines = [1, 2, 3].map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}` }),
  )
  const held = action({ machineId: machineId(2), scope: 'Selective', requestorComment: ownComment() })
  const service = new FakeService({ clock, machines, actions: [held] })
  const plan = await planFor(service, [policyFor([1, 2, 3], isolated('full'))])
  await clock.advance(HOUR)
  const sent = (index: number, id: number, type: string, agoMs: number): void => {
    const change = plan.changes[index]
    if (change === undefined) throw new Error('no such change')
    const requestorComment = appendMarker('INC-1', markerOf(plan.planId, change, undefined))
    const at = addMs(clock.now(), -agoMs)
    const { id: on } = change.machine
    service.put(
      action({
        id: actionId(id),
        type,
        machineId: on,
        creationDateTimeUtc: at,
        scope: null,
        requestorComment,
      }),
    )
  }
  const moved = { id: actionId(50), machineId: machineId(3), type: 'Unisolate', scope: null }
  service.put(action({ ...moved, creationDateTimeUtc: addMs(clock.now(), -1000) }))
  return { scene: sceneOf(clock, service), plan, sent }
}

type Sent = readonly [id: number, type: string, agoMs: number]

test('a hold that an earlier run imposed and somebody has lifted since is not told as adopted', async () => {
  const { scene, plan, sent } = await setScene()
  sent(0, 7, 'Isolate', 60_000)
  const lifted = { id: actionId(8), type: 'Unisolate', scope: null }
  scene.service.put(action({ ...lifted, creationDateTimeUtc: addMs(scene.clock.now(), -30_000) }))
  const result = await apply(scene, plan)
  expect(result.exit.name).toBe('stale')
  expect(outcomesOf(result)['#1/isolated']).toBe('failed (undone)')
  expect(result.notContained).toContain('ws-1')
})

test('a hold that an earlier run imposed and that stands is adopted', async () => {
  const { scene, plan, sent } = await setScene()
  sent(0, 7, 'Isolate', 60_000)
  const result = await apply(scene, plan)
  expect(result.exit.name).toBe('stale')
  expect(outcomesOf(result)['#1/isolated']).toBe('adopted')
})

test('a machine that the first half of an earlier run left open is told, though nothing is sent', async () => {
  const { scene, plan, sent } = await setScene()
  sent(1, 7, 'Unisolate', 60_000)
  const result = await apply(scene, plan)
  expect(result.exit.name).toBe('stale')
  expect(result.chainOpen).toStrictEqual(['ws-2'])
  expect(outcomesOf(result)['#2/isolated']).toBe('not-attempted (chain-open)')
  expect(scene.service.posts).toStrictEqual([])
})

const FREEZE = {
  owner: 'anna@contoso.com',
  reason: 'INC-1',
  until: addMs(NOW, 24 * HOUR),
  place: { file: 'holdfast.yaml', line: 1, column: 1 },
}

test.each([
  ['an interrupt right after the first look', true, undefined, 'signal'],
  ['a freeze', false, FREEZE, 'refused'],
] as const)('%s ends it, and the machine that was left open is told', async (_what, aborts, freeze, name) => {
  const { scene, plan, sent } = await setScene()
  sent(1, 7, 'Unisolate', 60_000)
  const { service } = scene
  const controller = new AbortController()
  const observe = service.observe.bind(service)
  service.observe = async (...given) => {
    const seen = await observe(...given)
    if (aborts) controller.abort()
    return seen
  }
  const configuration = permissive(freeze === undefined ? {} : { freeze })
  const result = await apply(scene, plan, { signal: controller.signal }, { configuration })
  expect(result.exit.name).toBe(name)
  expect(result.chainOpen).toStrictEqual(['ws-2'])
  expect(service.posts).toStrictEqual([])
})
