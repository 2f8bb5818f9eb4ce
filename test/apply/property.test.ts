import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMarker } from '../../src/posture/marker.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  planFor,
  policyFor,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, machine, machineId, ownComment, placed } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { FakeService, type Fault } from '../support/fake-service.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const FAULTS: Readonly<Record<string, Fault | undefined>> = {
  none: undefined,
  lostBefore: { kind: 'lost-before' },
  lostAfter: { kind: 'lost-after' },
  throttled: { kind: 'answer', answer: { kind: 'throttled', retryAfterMs: 3000 } },
}

const ENDS = ['Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'TimeOut', 'Cancelled']

const weather = fc.record({
  faults: fc.array(fc.constantFrom(...Object.keys(FAULTS)), { minLength: 0, maxLength: 24 }),
  settles: fc.array(fc.integer({ min: 100, max: 90_000 }), { minLength: 5, maxLength: 5 }),
  ends: fc.array(fc.constantFrom(...ENDS), { minLength: 5, maxLength: 5 }),
  // With the way there, less than `lookup`: what takes longer to turn up nobody can know of.
  listedLateMs: fc.integer({ min: 0, max: 11_000 }),
  latencyMs: fc.integer({ min: 2, max: 3000 }),
  killAt: fc.integer({ min: 0, max: 120 }),
  keepsJournal: fc.boolean(),
})

type Weather = typeof weather extends fc.Arbitrary<infer T> ? T : never

async function setScene({ faults, settles, ends, listedLateMs, latencyMs }: Weather) {
  const clock = clockAtNow()
  const types = ['Isolate', 'Unisolate', 'RestrictCodeExecution', 'RunAntiVirusScan', 'Cancel']
  const byType = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(
      types.flatMap((type, index) => (values[index] === undefined ? [] : [[type, values[index]]])),
    )
  const { Cancel: _cancels, ...endAs } = byType(ends)
  const service = new FakeService({
    clock,
    machines: [1, 2, 3].map(number => machine({ id: machineId(number) })),
    actions: [
      action({
        id: actionId(2),
        machineId: machineId(2),
        scope: 'Selective',
        requestorComment: ownComment(),
      }),
      action({
        id: actionId(3),
        machineId: machineId(3),
        type: 'Unisolate',
        scope: null,
        status: 'Pending',
        creationDateTimeUtc: at('2026-11-22T17:00:00Z'),
        requestorComment: ownComment(),
      }),
    ],
    settleMs: byType(settles),
    endAs,
    listedLateMs,
    latencyMs,
    duplicates: 'enqueue',
    fault: ({ index }) => FAULTS[faults[index] ?? 'none'],
  })
  const state = {
    isolated: placed('full' as const),
    restricted: placed('restricted' as const),
    scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }),
  }
  const plan = await planFor(service, [policyFor([1, 2, 3], state)])
  return { scene: sceneOf(clock, service), plan }
}

test('whatever is lost, late, throttled, failed or killed: nothing is created twice, and everything has one outcome', async () => {
  await fc.assert(
    fc.asyncProperty(weather, async drawn => {
      const { scene, plan } = await setScene(drawn)
      const { clock, service, journal, lease } = scene
      const dying = new DyingProcess(drawn.killAt)
      const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
      await clock.drive(Promise.race([start(scene, plan, {}, ports), dying.died]))
      if (dying.isDead) lease.kill()
      const kept = drawn.keepsJournal ? journal : new MemoryJournal()
      const result = await apply({ ...scene, journal: kept }, plan, { runId: 'run-2' })

      expect(result.outcomes.map(({ address }) => address)).toStrictEqual(
        plan.changes.map(({ address }) => address),
      )
      const submitted = service.actions.flatMap(({ type, requestorComment, id }) =>
        service.created.includes(id) ? [`${parseMarker(requestorComment)?.change} ${type}`] : [],
      )
      expect(new Set(submitted).size).toBe(submitted.length)
      for (const { outcome, status, address } of result.outcomes) {
        if (outcome === 'succeeded' || outcome === 'adopted')
          expect([address, status]).toStrictEqual([address, 'Succeeded'])
      }
      expect(lease.isHeld).toBe(false)
    }),
    seededRuns('properties of an apply', 150),
  )
})
