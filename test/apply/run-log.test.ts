import { expect, test } from 'vitest'
import { summarizeRuns } from '../../src/apply/run-summary.ts'
import { addMs } from '../../src/schema/instant.ts'
import { apply, clockAtNow, planFor, policyFor, sceneOf, start } from '../support/apply-harness.ts'
import { action, isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

async function setScene(count: number, health = 'Active') {
  const clock = clockAtNow()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const machines = numbers.map(number => machine({ id: machineId(number), healthStatus: health }))
  const service = new FakeService({ clock, machines })
  const policies = [policyFor(numbers, isolated('full'))]
  return { scene: sceneOf(clock, service), policies, plan: await planFor(service, policies) }
}

test('while it runs the journal tells what was sent, what is in flight and how the rest ended', async () => {
  const { scene, plan } = await setScene(2)
  const { clock, service, journal } = scene
  const run = start(scene, plan)
  await clock.advance(3000)
  service.end(service.created[0] ?? '', 'Failed')
  await clock.advance(4000)
  expect(summarizeRuns(journal.entries)).toMatchObject([
    {
      items: 2,
      end: null,
      submitted: new Set([`${machineId(1)}/isolated`, `${machineId(2)}/isolated`]),
      states: new Map([
        [`${machineId(1)}/isolated`, 'failed'],
        [`${machineId(2)}/isolated`, 'in-flight'],
      ]),
    },
  ])
  await clock.drive(run)
  expect(summarizeRuns(journal.entries)[0]?.end).toMatchObject({ code: 5, name: 'partial' })
})

test('what an earlier run or somebody else sent is told as in flight, once', async () => {
  const { scene, policies } = await setScene(1)
  const { clock, service, journal } = scene
  const foreign = action({ machineId: machineId(1), status: 'Pending', creationDateTimeUtc: clock.now() })
  service.put(foreign, addMs(clock.now(), 60_000))
  const plan = await planFor(service, policies)
  await apply(scene, plan)
  const told = journal.entries.filter(({ event }) => event === 'progress').map(({ inFlight }) => inFlight)
  expect(told.flat()).toStrictEqual([`${machineId(1)}/isolated`])
})

test('a long hold by quota is told once, and until when; a short one is not', async () => {
  const { scene, plan } = await setScene(130)
  const held = (): readonly unknown[] => scene.journal.entries.filter(({ event }) => event === 'held')
  const run = start(scene, plan)
  await scene.clock.advance(30_000)
  expect(held()).toHaveLength(1)
  const [summary] = summarizeRuns(scene.journal.entries)
  expect(Date.parse(summary?.heldUntil ?? '')).toBeGreaterThan(Date.parse(scene.clock.now()))
  await scene.clock.drive(run)
  expect(held()).toHaveLength(1)
})
