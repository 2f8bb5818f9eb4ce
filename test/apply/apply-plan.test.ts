import { expect, test } from 'vitest'
import { apply, clockAtNow, outcomesOf, planFor, policyFor, sceneOf } from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

test('one isolation is sent once, awaited and reported as succeeded', async () => {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: [machine()], settleMs: { Isolate: 66_000 } })
  const scene = sceneOf(clock, service)
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const result = await apply(scene, plan)
  expect(result).toMatchObject({ exit: { code: 0, name: 'ok' }, summary: { succeeded: 1 }, notContained: [] })
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
  expect(service.posts).toHaveLength(1)
  expect(service.posts[0]).toMatchObject({ type: 'Isolate', machineId: machineId(1) })
  expect(scene.lease.isHeld).toBe(false)
})
