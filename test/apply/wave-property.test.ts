import fc from 'fast-check'
import { expect, test } from 'vitest'
import { machinesOf, rolloutOf } from '../../src/plan/assemble/rollout.ts'
import type { Amount } from '../../src/schema/configuration.ts'
import { apply, MemoryJournal, start } from '../support/apply-harness.ts'
import { machineId } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { earlyRequests, inWaves, machines, refuse, rolloutScene, share } from '../support/rollout-scene.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('wave property', 60)

const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map(machines),
  fc.integer({ min: 1, max: 100 }).map(share),
)

const weather = fc.record({
  machines: fc.integer({ min: 2, max: 14 }),
  waves: fc.array(amount, { maxLength: 4 }),
  failed: amount,
  silentRule: fc.option(amount, { nil: undefined }),
  /** Machines that do not report, those that refuse, and those that fall silent on the way. */
  silent: fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 4 }),
  refusing: fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 5 }),
  falling: fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 3 }),
  settleMs: fc.integer({ min: 100, max: 90_000 }),
  end: fc.constantFrom('Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'Cancelled'),
  latencyMs: fc.integer({ min: 2, max: 2000 }),
  killAt: fc.integer({ min: 0, max: 150 }),
  keepsJournal: fc.boolean(),
})

test('whatever the waves, the failures and the crash: no wave before its time, no stop rule broken, nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(weather, async drawn => {
      const stopWhen = {
        failed: drawn.failed,
        ...(drawn.silentRule === undefined ? {} : { silent: drawn.silentRule }),
      }
      const rollout = { waves: drawn.waves, stopWhen }
      const { silent, settleMs, end, latencyMs } = drawn
      const set = await rolloutScene(drawn.machines, {
        rollout,
        silent,
        latencyMs,
        settleMs: { Isolate: settleMs },
        endAs: { Isolate: end },
        fault: refuse(...drawn.refusing),
      })
      const { scene, plan } = set
      const { clock, service, journal, lease } = scene
      const configuration = inWaves(rollout)
      const waves = rolloutOf(plan, configuration)?.waves ?? []
      expect(waves.flat().toSorted()).toStrictEqual(plan.changes.map(({ machine }) => machine.id).toSorted())

      const dying = new DyingProcess(drawn.killAt)
      const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
      const first = start(scene, plan, {}, { ...ports, configuration })
      await clock.drive(Promise.race([first, dying.died]))
      if (dying.isDead) lease.kill()
      service.machines = service.machines.map(machine =>
        drawn.falling.some(number => machineId(number) === machine.id)
          ? { ...machine, healthStatus: 'NoSensorData' }
          : machine,
      )
      // What had left when it was killed arrives all the same.
      await clock.advance(2 * drawn.latencyMs + 100)
      const createdBefore = new Set(service.created)
      const kept = drawn.keepsJournal ? journal : new MemoryJournal()
      const result = await apply({ ...scene, journal: kept }, plan, { runId: 'run-2' }, { configuration })

      expect(result.outcomes.map(({ address }) => address)).toStrictEqual(
        plan.changes.map(({ address }) => address),
      )
      expect(earlyRequests(service, waves)).toStrictEqual([])
      const created = service.actions.filter(({ id }) => service.created.includes(id))
      expect(new Set(created.map(({ machineId: id }) => id)).size).toBe(created.length)
      const states = result.rollout?.waves ?? []
      expect(states.map(wave => wave.machines)).toStrictEqual(waves.map(({ length }) => length))
      const stopped = states.findIndex(({ state }) => state === 'stopped')
      for (const [place, { state, failed, machines: size }] of states.entries()) {
        const isLast = place === states.length - 1
        const limit = machinesOf(drawn.failed, size)
        if (state === 'ended' && !isLast) expect(failed).toBeLessThan(Math.max(1, limit))
        if (stopped >= 0 && place > stopped) expect(state).toBe('not-started')
      }
      const beyond = new Set(stopped < 0 ? [] : waves.slice(stopped + 1).flat())
      // What fell silent since may stop an earlier wave than the one that the killed run had come to.
      const now = created.filter(({ id }) => !createdBefore.has(id))
      expect(now.filter(({ machineId: id }) => beyond.has(id))).toStrictEqual([])
    }),
    RUNS,
  )
})
