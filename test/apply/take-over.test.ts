import { expect, test } from 'vitest'
import { msBetween } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  type MemoryJournal,
  outcomesOf,
  planFor,
  policyFor,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, isolated, machine, machineId, ownComment } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

const NAMED = /taken over from dead, which last renewed it at 2026-.*never gave it back/

/** Machine 1 is to be isolated, or is held selectively by us and to be held fully, which takes two requests. */
async function setScene(held: boolean) {
  const clock = clockAtNow()
  const own = action({ machineId: machineId(1), scope: 'Selective', requestorComment: ownComment() })
  const service = new FakeService({
    clock,
    machines: [machine({ id: machineId(1) })],
    actions: held ? [own] : [],
    settleMs: { Unisolate: 60_000 },
  })
  return { ...sceneOf(clock, service), plan: await planFor(service, [policyFor([1], isolated('full'))]) }
}

const entryOf = ({ entries }: MemoryJournal, name: string) => entries.find(({ event }) => event === name)

test('a lease taken over names whose it was, in the result and in the journal', async () => {
  const { plan, ...scene } = await setScene(false)
  scene.lease.seize('dead')
  scene.lease.kill()
  const result = await apply(scene, plan)
  expect(result.exit.code).toBe(0)
  expect(result.diagnostics).toMatchObject([
    { severity: 'warning', code: 'lease-taken-over', message: expect.stringMatching(NAMED) },
  ])
  expect(entryOf(scene.journal, 'run-started')).toMatchObject({
    takenOver: { owner: 'dead', planId: null, runId: null, renewedAt: expect.stringContaining('2026-') },
  })
})

test('the plan of whoever had it is named where the lease tells it', async () => {
  const { plan, ...scene } = await setScene(false)
  const lease = scene.lease.as('run-1')
  const former = { owner: 'dead', planId: `sha256:${'4f1c09ab'.repeat(8)}`, runId: 'run-0' }
  const acquire = async () => {
    await lease.acquire()
    const now = scene.clock.now()
    return { kind: 'held', generation: 2, takenOver: { ...former, renewedAt: now, silentFrom: now } } as const
  }
  const result = await apply(scene, plan, {}, { lease: { ...lease, acquire } })
  expect(result.diagnostics[0]?.message).toContain('from dead (plan 4f1c09ab), which')
})

test('a lease that nobody had, or that was given back, is taken without a word', async () => {
  const { plan, ...scene } = await setScene(false)
  expect((await apply(scene, plan)).diagnostics).toStrictEqual([])
  expect(entryOf(scene.journal, 'run-started')).not.toHaveProperty('takenOver')
})

test('where nothing is submitted after all, it is named all the same', async () => {
  const { plan, ...scene } = await setScene(false)
  scene.lease.seize('dead')
  scene.lease.kill()
  scene.service.put(action({ id: actionId(7), machineId: machineId(1), type: 'Unisolate', scope: null }))
  const result = await apply(scene, plan)
  expect(result.diagnostics.map(({ code }) => code)).toStrictEqual(['lease-taken-over', 'moved'])
})

test('taken over in the middle of a run, what the dead holder sent last is let be listed before anything is sent', async () => {
  const { plan, ...scene } = await setScene(true)
  const { clock, lease, service, journal } = scene
  const run = start(scene, plan)
  await clock.advance(59_000)
  expect(lease.isHeld).toBe(false)
  lease.seize('dead')
  lease.kill()
  const renewedAt = clock.now()
  const result = await clock.drive(run)
  expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'succeeded' })
  expect(result.diagnostics).toMatchObject([{ code: 'lease-taken-over' }])
  expect(entryOf(journal, 'lease-taken-over')).toMatchObject({ owner: 'dead' })
  const [, second] = service.posts
  expect(second?.type).toBe('Isolate')
  expect(msBetween(renewedAt, second?.at ?? renewedAt)).toBeGreaterThanOrEqual(15_000)
})
