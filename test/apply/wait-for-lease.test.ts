import { expect, test } from 'vitest'
import { apply, clockAtNow, planFor, policyFor, sceneOf, start } from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

/** Machine 1 is to be isolated, and somebody else has the lease. */
async function setScene() {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: [machine({ id: machineId(1) })] })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const scene = sceneOf(clock, service)
  scene.lease.seize('other')
  const notes: string[] = []
  return { scene, plan, notes, told: { onNote: (text: string) => void notes.push(text) } }
}

test('a lease that somebody else holds is waited for as long as was asked, and taken once he gives it back', async () => {
  const { scene, plan, notes, told } = await setScene()
  const run = start(scene, plan, { leaseTimeoutMs: 600_000 }, told)
  await scene.clock.advance(120_000)
  scene.lease.vacate()
  expect((await scene.clock.drive(run)).exit.code).toBe(0)
  expect(notes).toStrictEqual([expect.stringContaining('other holds the lease; it is waited for up to 10m.')])
})

test('waited for in vain it is locked, and nothing was sent', async () => {
  const { scene, plan, told } = await setScene()
  const before = scene.clock.now()
  const result = await apply(scene, plan, { leaseTimeoutMs: 5000 }, told)
  expect(result.exit).toStrictEqual({ code: 7, name: 'locked' })
  expect(result.finishedAt > before).toBe(true)
  expect(scene.service.posts).toHaveLength(0)
})

test('without being asked nobody waits', async () => {
  const { scene, plan, notes, told } = await setScene()
  expect((await apply(scene, plan, {}, told)).exit.code).toBe(7)
  expect([scene.clock.slept, notes]).toStrictEqual([[], []])
})

test('an interrupt ends the wait', async () => {
  const { scene, plan, told } = await setScene()
  const interrupt = new AbortController()
  const run = start(scene, plan, { leaseTimeoutMs: 600_000, signal: interrupt.signal }, told)
  await scene.clock.advance(3000)
  interrupt.abort()
  const result = await scene.clock.drive(run)
  expect(result.exit.name).toBe('signal')
  expect(scene.lease.acquired).toBe(0)
})
