import { expect, test } from 'vitest'
import type { Policy } from '../../src/schema/policy.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  permissive,
  planFor,
  policyFor,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { entry, isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'
import { inWaves, machines } from '../support/rollout-scene.ts'

const MINUTE = 60_000
const BOTH = policyFor([1, 2], isolated('full'))
const TAGGED: Policy = { ...BOTH, machines: [entry({ fields: { tag: ['INC-4211'] } })] }

function declared(...policies: readonly Policy[]) {
  return { declared: { policies, hasMoved: true } }
}

async function setScene(policy: Policy) {
  const clock = clockAtNow()
  const service = new FakeService({
    clock,
    machines: [1, 2].map(number =>
      machine({ id: machineId(number), computerDnsName: `ws-${number}`, machineTags: ['INC-4211'] }),
    ),
    settleMs: { Isolate: 2 * MINUTE },
  })
  return { ...sceneOf(clock, service), plan: await planFor(service, [policy]) }
}

test('a plan that the policies still ask for is applied', async () => {
  const { plan, ...scene } = await setScene(BOTH)
  expect((await apply(scene, plan, {}, declared(BOTH))).summary).toStrictEqual({ succeeded: 2 })
})

test('what they do not ask for any more has moved: nothing is sent, and each says why', async () => {
  const { plan, ...scene } = await setScene(BOTH)
  const narrowed = policyFor([1], isolated('full'))
  const result = await apply(scene, plan, {}, declared(narrowed))
  expect(result.exit).toStrictEqual({ code: 3, name: 'stale' })
  expect(result.moved).toMatchObject([{ address: `${machineId(2)}/isolated` }])
  expect(result.moved[0]?.message).toContain('no policy asks for isolated here any more (contain did)')
  expect(scene.service.posts).toStrictEqual([])
})

test('with --skip-moved the rest is applied', async () => {
  const { plan, ...scene } = await setScene(BOTH)
  const narrowed = policyFor([1], isolated('full'))
  const result = await apply(scene, plan, { skipMoved: true }, declared(narrowed))
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded', '#2/isolated': 'refused (moved)' })
})

test('a record that leaves its selector before its wave has moved', async () => {
  const { plan, ...scene } = await setScene(TAGGED)
  const configuration = permissive(inWaves({ waves: [machines(1)], stopWhen: {} }))
  const run = start(scene, plan, {}, { configuration, ...declared(TAGGED) })
  await scene.clock.advance(MINUTE)
  scene.service.machines = scene.service.machines.map(each =>
    each.id === machineId(2) ? { ...each, machineTags: [] } : each,
  )
  const result = await scene.clock.drive(run)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded', '#2/isolated': 'refused (moved)' })
})

test('a policy that expires while the plan is under way asks for nothing from then on', async () => {
  const { plan, ...scene } = await setScene(BOTH)
  const configuration = permissive(inWaves({ waves: [machines(1)], stopWhen: {} }))
  const expires = '2026-11-22T18:01:30.0000000Z' as NonNullable<Policy['expires']>
  const result = await apply(scene, plan, {}, { configuration, ...declared({ ...BOTH, expires }) })
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded', '#2/isolated': 'refused (moved)' })
})

test('what was sent already is awaited, whatever the policies say now', async () => {
  const { plan, ...scene } = await setScene(BOTH)
  await apply(scene, plan, { noWait: true }, declared(BOTH))
  const result = await apply(scene, plan, { runId: 'run-2' }, declared())
  expect(result.summary).toStrictEqual({ adopted: 2 })
})
