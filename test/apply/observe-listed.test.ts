import { expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  planFor,
  policyFor,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, machine, machineId, ownComment, placed } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

const HELD = { isolated: placed('full' as const) }

function setScene(over: Partial<FakeServiceSettings> = {}) {
  const clock = clockAtNow()
  const machines = [1, 2, 3].map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}` }),
  )
  const service = new FakeService({ clock, machines, listedLateMs: 8000, duplicates: 'enqueue', ...over })
  return sceneOf(clock, service)
}

function isolations(service: FakeService): readonly string[] {
  return service.posts.map(({ machineId: id, type }) => `${id.replace(/^0+/, '#')} ${type}`).sort()
}

test('what another plan sent a moment ago is waited for until it is listed, and not sent again', async () => {
  const scene = setScene()
  await apply(scene, await planFor(scene.service, [policyFor([1, 2], HELD)]), { noWait: true })
  const wider = await planFor(scene.service, [policyFor([1, 2, 3], HELD)])
  expect(wider.changes).toHaveLength(3)
  const result = await apply(scene, wider, { runId: 'run-2' })
  expect(isolations(scene.service)).toStrictEqual(['#1 Isolate', '#2 Isolate', '#3 Isolate'])
  expect(outcomesOf(result)).toStrictEqual({
    '#1/isolated': 'unchanged',
    '#2/isolated': 'unchanged',
    '#3/isolated': 'succeeded',
  })
})

test('the same holds for a plan made anew after the process that sent the first was killed', async () => {
  const scene = setScene()
  const plan = await planFor(scene.service, [policyFor([1, 2], HELD)])
  const { clock, service, journal, lease } = scene
  // Dies as the second of two answers has come: nothing says so in the journal.
  const dying = new DyingProcess(21)
  const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
  await clock.drive(Promise.race([start(scene, plan, {}, ports), dying.died]))
  lease.kill()
  const sent = service.posts.length
  expect(sent).toBeGreaterThan(0)
  const again = await planFor(service, [policyFor([1, 2, 3], HELD)])
  const result = await apply(scene, again, { runId: 'run-2' })
  expect(isolations(service)).toStrictEqual(['#1 Isolate', '#2 Isolate', '#3 Isolate'])
  expect(result.exit.name).toBe('ok')
})

test('what is listed already, and what was sent longer ago than it takes to be listed, delays nothing', async () => {
  const scene = setScene({ listedLateMs: 0 })
  await apply(scene, await planFor(scene.service, [policyFor([1], HELD)]), { noWait: true })
  const wider = await planFor(scene.service, [policyFor([1, 2], HELD)])
  const before = scene.service.observed
  await apply(scene, wider, { runId: 'run-2' })
  expect(scene.service.observed).toBe(before + 1)
})

const INTENT: JournalEntry = {
  event: 'intent',
  at: '2026-11-22T17:59:55Z',
  runId: 'run-0',
  planId: 'sha256:other',
  intent: 0,
  path: 'isolate',
}

test('a request that the service refused delays nothing', async () => {
  const scene = setScene()
  scene.journal.entries.push(INTENT, { ...INTENT, event: 'answer', kind: 'rejected', actionId: null })
  const plan = await planFor(scene.service, [policyFor([1], HELD)])
  const { observed } = scene.service
  await apply(scene, plan)
  expect(scene.service.observed - observed).toBe(1)
})

test('a request whose answer nobody wrote down is waited for as well', async () => {
  const scene = setScene()
  scene.journal.entries.push(INTENT)
  const plan = await planFor(scene.service, [policyFor([1], HELD)])
  const { observed } = scene.service
  const run = start(scene, plan)
  await scene.clock.advance(9000)
  expect([scene.service.observed - observed, scene.service.posts.length]).toStrictEqual([1, 0])
  await scene.clock.drive(run)
  expect([scene.service.observed - observed, scene.service.posts.length]).toStrictEqual([2, 1])
})

test('an interrupt ends the wait, and nothing is sent', async () => {
  const scene = setScene()
  await apply(scene, await planFor(scene.service, [policyFor([1], HELD)]), { noWait: true })
  const wider = await planFor(scene.service, [policyFor([1, 2], HELD)])
  const interrupt = new AbortController()
  const run = start(scene, wider, { runId: 'run-2', signal: interrupt.signal })
  await scene.clock.advance(1000)
  interrupt.abort()
  expect((await scene.clock.drive(run)).exit.name).toBe('signal')
  expect(isolations(scene.service)).toStrictEqual(['#1 Isolate'])
})

test('an apply that ends early has one outcome of an address with two actions in flight', async () => {
  const flights = [1, 2].map(number =>
    action({
      id: actionId(number),
      machineId: machineId(1),
      status: 'Pending',
      requestorComment: ownComment(),
      creationDateTimeUtc: at('2026-11-22T17:59:00Z'),
    }),
  )
  const scene = setScene({ actions: flights })
  const plan = await planFor(scene.service, [policyFor([1, 2], HELD)])
  scene.lease.seize('another host')
  const result = await apply(scene, plan)
  expect(result.exit.name).toBe('locked')
  expect(result.outcomes.map(({ address }) => address.replace(/^0+/, '#'))).toStrictEqual([
    '#1/isolated',
    '#2/isolated',
  ])
})
