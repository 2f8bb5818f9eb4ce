import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, machine, machineId, ownComment, placed } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

/**
 * A plan of which a run sent everything and half failed: an isolation, the second half of a change of scope, so that
 * machine 2 is open, and a scan. Another isolation and a release succeeded.
 */
async function setScene(over: Partial<FakeServiceSettings> = {}): Promise<{ scene: Scene; plan: Plan }> {
  const clock = clockAtNow()
  const endAs: Record<string, string> = { Isolate: 'Failed', RunAntiVirusScan: 'TimeOut' }
  const held = { requestorComment: ownComment() }
  const service = new FakeService({
    clock,
    machines: [1, 2, 3].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` })),
    listedLateMs: 4000,
    actions: [
      action({ id: actionId(2), machineId: machineId(2), scope: 'Selective', ...held }),
      action({ id: actionId(3), machineId: machineId(3), ...held }),
    ],
    ...over,
    endAs,
  })
  const scanned = placed({ scan: 'quick', since: at('2026-11-20') } as const)
  const plan = await planFor(service, [
    policyFor([1], { isolated: placed('full'), scanned }),
    policyFor([2], { isolated: placed('full') }, { name: 'hold' }),
    policyFor([3], { isolated: placed('none') }, { name: 'release' }),
  ])
  const scene = sceneOf(clock, service)
  const first = await apply(scene, plan, { runId: 'run-0' })
  expect(first.summary).toStrictEqual({ failed: 2, 'timed-out': 1, succeeded: 1 })
  expect(first.chainOpen).toStrictEqual(['ws-2'])
  for (const type of Object.keys(endAs)) delete endAs[type]
  return { scene, plan }
}

/** What the service is asked for in all: what failed once more, the rest once. */
const WANTED = [
  '1 Isolate',
  '1 Isolate',
  '1 RunAntiVirusScan',
  '1 RunAntiVirusScan',
  '2 Isolate',
  '2 Isolate',
  '2 Unisolate',
  '3 Unisolate',
]

function postsOf(service: FakeService): readonly string[] {
  return service.posts.map(({ machineId: id, type }) => `${id.replace(/^0+/, '')} ${type}`).sort()
}

async function runAndDie({ scene, plan }: { scene: Scene; plan: Plan }, killAt: number): Promise<number> {
  const { clock, service, journal, lease } = scene
  const dying = new DyingProcess(killAt)
  const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
  const run = start(scene, plan, { runId: 'run-1', retryFailed: true }, ports)
  await clock.drive(Promise.race([run, dying.died]))
  if (dying.isDead) lease.kill()
  return dying.passed
}

/** Lost answers make the retry look for what it sent, among what came after it alone. */
const SCENES = {
  'quick ends': {},
  'lost answers': { fault: ({ index }) => (index >= 5 ? { kind: 'lost-after' } : undefined) },
} as const satisfies Readonly<Record<string, Partial<FakeServiceSettings>>>

type SceneName = keyof typeof SCENES

const cases = (
  await Promise.all(
    (Object.keys(SCENES) as SceneName[]).map(async name => {
      const boundaries = await runAndDie(await setScene(SCENES[name]), Number.POSITIVE_INFINITY)
      return Array.from({ length: boundaries }, (_, killAt) =>
        (['kept', 'lost'] as const).map(journal => [name, killAt, journal] as const),
      ).flat()
    }),
  )
).flat()

test.each(Object.keys(SCENES) as SceneName[])(
  'a retry sends what failed once more, and ends well (%s)',
  async name => {
    const { scene, plan } = await setScene(SCENES[name])
    const result = await apply(scene, plan, { runId: 'run-1', retryFailed: true })
    expect(result.exit).toStrictEqual({ code: 0, name: 'ok' })
    expect(postsOf(scene.service)).toStrictEqual(WANTED)
  },
)

describe('killed at any boundary of a retry, the same command again sends nothing twice and comes to the same end', () => {
  test.each(cases)('%s, boundary %i, journal %s', async (name, killAt, kept) => {
    const { scene, plan } = await setScene(SCENES[name])
    await runAndDie({ scene, plan }, killAt)
    const journal = kept === 'lost' ? new MemoryJournal() : scene.journal
    const again = await apply({ ...scene, journal }, plan, { runId: 'run-2', retryFailed: true })
    expect(postsOf(scene.service)).toStrictEqual(WANTED)
    expect(again.exit).toStrictEqual({ code: 0, name: 'ok' })
  })
})
