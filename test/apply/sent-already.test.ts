import { expect, test } from 'vitest'
import {
  apply,
  clockAtNow,
  outcomesOf,
  planFor,
  policyFor,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService, type Fault } from '../support/fake-service.ts'
import { machines, rolloutScene } from '../support/rollout-scene.ts'

test('a plan that is applied by two runs at once, which take turns at the lease between waves, is sent once', async () => {
  const settings = { rollout: { waves: [machines(1)] }, settleMs: { Isolate: 30_000 } }
  const { scene, plan, configuration } = await rolloutScene(131, settings)
  const first = start(scene, plan, { runId: 'first' }, { configuration })
  await scene.clock.advance(20_000)
  const second = start(scene, plan, { runId: 'second' }, { configuration })
  const results = await scene.clock.drive(Promise.all([first, second]))
  expect(results.map(({ exit }) => exit.code)).toStrictEqual([0, 0])
  expect(scene.service.posts).toHaveLength(131)
  expect(scene.service.created).toHaveLength(131)
})

const AFTER_THE_LOSS: readonly (Fault | undefined)[] = [
  { kind: 'lost-after' },
  { kind: 'answer', answer: { kind: 'throttled', retryAfterMs: 60_000 } },
]

test('what is listed only after it was to be sent again is found on the look before that', async () => {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: [machine({ id: machineId(1), computerDnsName: 'ws-1' })],
    listedLateMs: 40_000,
    settleMs: { Isolate: 5000 },
    fault: ({ index }) => AFTER_THE_LOSS[index],
  })
  const scene = sceneOf(clock, service)
  const result = await apply(scene, await planFor(service, [policyFor([1], isolated('full'))]))
  expect(service.created).toHaveLength(1)
  expect(Object.values(outcomesOf(result))).toStrictEqual(['succeeded'])
})
