import { expect, test } from 'vitest'
import { msBetween } from '../../src/schema/instant.ts'
import { apply, clockAtNow, planFor, policyFor, sceneOf } from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

const MACHINES = 1600
const HOUR_MS = 3_600_000

test('1,600 isolations finish within 2 % of what the quota allows, without a 429, polls under 1 % of the calls', async () => {
  const clock = clockAtNow()
  const numbers = Array.from({ length: MACHINES }, (_, index) => index + 1)
  const machines = numbers.map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines, settleMs: { Isolate: 66_000 }, latencyMs: 300 })
  const scene = sceneOf(clock, service)
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  const begun = clock.now()
  const result = await apply(scene, plan)
  expect(result.summary).toStrictEqual({ succeeded: MACHINES })
  expect(service.throttled).toBe(0)
  const last = service.posts.at(-1)
  // 1,500 go in the first quarter of an hour; the 1,501st has to wait until the first one is an hour old.
  expect(msBetween(begun, last?.at ?? begun)).toBeLessThan(HOUR_MS * 1.02)
  const polls = service.lists.filter(({ kind }) => kind === 'ids')
  expect(polls.length).toBeLessThanOrEqual(service.posts.length / 100)
  expect(service.lists.length).toBeLessThanOrEqual(60)
  expect(scene.lease.renewed).toBeGreaterThan(150)
}, 60_000)
