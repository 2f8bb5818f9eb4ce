import { describe, expect, test } from 'vitest'
import { rolloutOf } from '../../src/plan/assemble/rollout.ts'
import { apply, MemoryJournal, start } from '../support/apply-harness.ts'
import { DyingProcess } from '../support/dying-process.ts'
import type { FakeServiceSettings } from '../support/fake-service.ts'
import { earlyRequests, type RolloutScene, rolloutScene } from '../support/rollout-scene.ts'

/** In two waves: one machine, then two. */
const MACHINES = 3
const WANTED = ['1 Isolate', '2 Isolate', '3 Isolate']

const SCENES = {
  'slow ends': { settleMs: { Isolate: 90_000 }, listedLateMs: 4000 },
  'lost answers': {
    fault: ({ index }) => (index % 2 === 0 ? { kind: 'lost-after' } : undefined),
    listedLateMs: 4000,
  },
} as const satisfies Readonly<Record<string, Partial<FakeServiceSettings>>>
type Name = keyof typeof SCENES
const NAMES = Object.keys(SCENES) as readonly Name[]

const setScene = (name: Name): Promise<RolloutScene> => rolloutScene(MACHINES, SCENES[name])

/** Runs until the process is killed. */
async function runAndDie({ scene, plan, configuration }: RolloutScene, killAt: number) {
  const { clock, service, journal, lease } = scene
  const dying = new DyingProcess(killAt)
  const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
  await clock.drive(Promise.race([start(scene, plan, {}, { ...ports, configuration }), dying.died]))
  if (dying.isDead) lease.kill()
  return dying
}

function postsOf({ scene }: RolloutScene): readonly string[] {
  return scene.service.posts.map(({ machineId: id, type }) => `${Number.parseInt(id, 16)} ${type}`).sort()
}

const cases = (
  await Promise.all(
    NAMES.map(async name => {
      const { passed } = await runAndDie(await setScene(name), Number.POSITIVE_INFINITY)
      return Array.from({ length: passed }, (_, killAt) => [
        [name, killAt, 'kept'] as const,
        [name, killAt, 'lost'] as const,
      ]).flat()
    }),
  )
).flat()

describe('killed at any boundary, the same apply again keeps the waves, sends nothing twice and ends well', () => {
  test.each(cases)('%s, boundary %i, journal %s', async (name, killAt, kept) => {
    const set = await setScene(name)
    await runAndDie(set, killAt)
    const journal = kept === 'lost' ? new MemoryJournal() : set.scene.journal
    const { configuration, plan } = set
    const again = await apply({ ...set.scene, journal }, plan, { runId: 'run-2' }, { configuration })
    expect(again.exit.code).toBe(0)
    expect(postsOf(set)).toStrictEqual(WANTED)
    expect(earlyRequests(set.scene.service, rolloutOf(plan, configuration)?.waves ?? [])).toStrictEqual([])
    expect(again.rollout?.waves.map(({ state }) => state)).toStrictEqual(['ended', 'ended'])
  })
})

test('what looks for early requests finds one', async () => {
  const set = await setScene('slow ends')
  const { scene, plan, configuration } = set
  await apply(scene, plan, { noWaves: true, reason: 'INC-1' }, { configuration })
  const waves = rolloutOf(plan, configuration)?.waves ?? []
  expect(earlyRequests(scene.service, waves)).toContain('2 Isolate before the end of 1')
})
