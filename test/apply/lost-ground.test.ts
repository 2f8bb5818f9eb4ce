import { describe, expect, test } from 'vitest'
import {
  apply,
  clockAtNow,
  outcomesOf,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, isolated, machine, machineId } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

const HELD = isolated('full')
const UNSEEN = { unseenRuns: true }

function setScene(count: number, over: Partial<FakeServiceSettings> = {}): Scene {
  const clock = clockAtNow()
  const machines = Array.from({ length: count }, (_, index) =>
    machine({ id: machineId(index + 1), computerDnsName: `ws-${index + 1}` }),
  )
  return sceneOf(clock, new FakeService({ clock, machines, ...over }))
}

/** The same service seen from another host: another journal, another lease. */
function elsewhere({ clock, service }: Scene): Scene {
  return sceneOf(clock, service)
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

describe('a run that cannot see those of other hosts', () => {
  test.each(['enqueue', 'reject'] as const)(
    'sends nothing that one which was killed a moment ago has sent: listed late, duplicates %s',
    async duplicates => {
      const first = setScene(20, { listedLateMs: 10_000, duplicates, settleMs: { Isolate: 60_000 } })
      const plan = await planFor(first.service, [policyFor(numbers(20), HELD)])
      const dying = new DyingProcess(60)
      const { clock, service, journal, lease } = first
      const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
      await clock.drive(Promise.race([start(first, plan, {}, ports), dying.died]))
      expect(service.posts.length).toBeGreaterThan(0)
      expect(service.posts.length).toBeLessThan(20)
      // Nothing of it is left there.
      const second = elsewhere(first)
      const again = await planFor(first.service, [policyFor(numbers(20), HELD)])
      const result = await apply(second, again, { ...UNSEEN, runId: 'run-2' })
      const isolations = first.service.actions.map(({ machineId: id }) => id)
      expect(new Set(isolations).size).toBe(isolations.length)
      expect(isolations).toHaveLength(20)
      expect(result.exit.name).toBe('ok')
    },
  )

  test('waits until lists have what was sent before its first look, says so, and rests on another look', async () => {
    const scene = setScene(2)
    const plan = await planFor(scene.service, [policyFor([1, 2], HELD)])
    const notes: string[] = []
    const { observed } = scene.service
    const run = start(scene, plan, UNSEEN, { onNote: text => notes.push(text) })
    await scene.clock.advance(14_900)
    expect([scene.service.posts.length, scene.service.observed - observed]).toStrictEqual([0, 1])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('Waiting 15s before the first request: a run on another host')
    expect(notes[0]).toContain('`store`')
    scene.service.put(
      action({ machineId: machineId(1), requestorComment: 'SOAR', creationDateTimeUtc: scene.service.now() }),
    )
    const result = await scene.clock.drive(run)
    expect(scene.service.observed - observed).toBe(2)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'unchanged', '#2/isolated': 'succeeded' })
  })

  test('waits for nothing where nothing is to be sent', async () => {
    const scene = setScene(1, { actions: [action()] })
    const plan = await planFor(elsewhere(setScene(1)).service, [policyFor([1], HELD)])
    const { observed } = scene.service
    const result = await apply(scene, plan, { ...UNSEEN, skipMoved: true })
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'unchanged' })
    expect(scene.service.observed - observed).toBe(1)
  })

  test('waits no longer than it takes where looking took that long', async () => {
    const scene = setScene(1)
    const plan = await planFor(scene.service, [policyFor([1], HELD)])
    const observe = scene.service.observe.bind(scene.service)
    const notes: string[] = []
    scene.service.observe = async need => {
      const seen = await observe(need)
      await scene.clock.sleep(20_000)
      return seen
    }
    await apply(scene, plan, UNSEEN, { onNote: text => notes.push(text) })
    expect([notes, scene.service.posts.length]).toStrictEqual([[], 1])
  })

  test('ends the wait at an interrupt, with nothing sent', async () => {
    const scene = setScene(1)
    const plan = await planFor(scene.service, [policyFor([1], HELD)])
    const interrupt = new AbortController()
    const run = start(scene, plan, { ...UNSEEN, signal: interrupt.signal })
    await scene.clock.advance(3000)
    interrupt.abort()
    expect((await scene.clock.drive(run)).exit.name).toBe('signal')
    expect(scene.service.posts).toStrictEqual([])
  })
})
