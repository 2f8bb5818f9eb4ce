import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  planFor,
  policyFor,
  type Scene,
  SharedLease,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, machine, machineId, ownComment, placed } from '../support/build-core.ts'
import { DyingProcess } from '../support/dying-process.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

const SHA = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'
const OTHER_SHA = '97662bc3d60e4200ceaf7aae249d1c343f4b83c9'

/** One machine of each kind: new hold with a run, change of scope, cancelled opposite, two of a type, a release. */
async function setScene(over: Partial<FakeServiceSettings> = {}): Promise<{ scene: Scene; plan: Plan }> {
  const clock = clockAtNow()
  const machines = [1, 2, 3, 4, 5].map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}` }),
  )
  const service = new FakeService({
    clock,
    machines,
    listedLateMs: 4000,
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
      action({ id: actionId(5), machineId: machineId(5), requestorComment: ownComment() }),
    ],
    ...over,
  })
  const policies = [
    policyFor([1], { isolated: placed('full'), scanned: placed({ scan: 'quick', since: at('2026-11-20') }) }),
    policyFor([2, 3], { isolated: placed('full') }, { name: 'hold' }),
    policyFor(
      [4],
      {
        quarantined: [SHA, OTHER_SHA].map(sha1 => ({ sha1, place: { file: 'a', line: 1, column: 1 } })),
      },
      { name: 'files' },
    ),
    policyFor([5], { isolated: placed('none') }, { name: 'release' }),
  ]
  return { scene: sceneOf(clock, service), plan: await planFor(service, policies) }
}

/** What every run of the plan has to have asked of the service when all is done, and no more. */
const WANTED = [
  '1 Isolate',
  '1 RunAntiVirusScan',
  '2 Isolate',
  '2 Unisolate',
  '3 Cancel',
  '3 Isolate',
  '4 StopAndQuarantineFile',
  '4 StopAndQuarantineFile',
  '5 Unisolate',
]

function postsOf(service: FakeService): readonly string[] {
  return service.posts.map(({ machineId: id, type }) => `${id.replace(/^0+/, '')} ${type}`).sort()
}

/** Runs until the process is killed, then lets the service go on by itself for a while. */
async function runAndDie(scene: Scene, plan: Plan, killAt: number): Promise<DyingProcess> {
  const { clock, service, journal, lease } = scene
  const dying = new DyingProcess(killAt)
  const ports = dying.wrap({ clock, api: service, journal, lease: lease.as('run-1') })
  const run = start(scene, plan, { runId: 'run-1' }, ports)
  await clock.drive(Promise.race([run, dying.died]))
  if (dying.isDead) lease.kill()
  return dying
}

async function countBoundaries(over: Partial<FakeServiceSettings>): Promise<number> {
  const { scene, plan } = await setScene(over)
  return (await runAndDie(scene, plan, Number.POSITIVE_INFINITY)).passed
}

/** Slow ends make the run give the lease back and take it again; lost answers make it look for what it sent. */
const SCENES = {
  'quick ends': {},
  'slow ends': { settleMs: { Unisolate: 60_000, Cancel: 45_000, StopAndQuarantineFile: 90_000 } },
  'lost answers': {
    fault: ({ index }) => (index % 2 === 0 ? { kind: 'lost-after' } : undefined),
    settleMs: { Cancel: 30_000 },
  },
} as const satisfies Readonly<Record<string, Partial<FakeServiceSettings>>>

/** What the next run finds of the one that was killed: all, no journal, or nothing, as on a host of its own. */
type Left = 'kept' | 'lost' | 'lost with the lease'

const cases: readonly (readonly [scene: keyof typeof SCENES, killAt: number, journal: Left])[] = (
  await Promise.all(
    (Object.keys(SCENES) as (keyof typeof SCENES)[]).map(async scene =>
      Array.from({ length: await countBoundaries(SCENES[scene]) }, (_, killAt) => [
        [scene, killAt, 'kept'] as const,
        [scene, killAt, 'lost'] as const,
        [scene, killAt, 'lost with the lease'] as const,
      ]).flat(),
    ),
  )
).flat()

test.each(Object.keys(SCENES) as (keyof typeof SCENES)[])(
  'an apply that is left alone sends each request once and ends well (%s)',
  async name => {
    const { scene, plan } = await setScene(SCENES[name])
    const result = await apply(scene, plan)
    expect(result.outcomes.map(({ outcome }) => outcome)).toStrictEqual(Array(7).fill('succeeded'))
    expect(result.exit.code).toBe(0)
    expect(postsOf(scene.service)).toStrictEqual(WANTED)
  },
)

describe('killed at any journal or service boundary, the same apply again sends nothing twice and comes to the same end', () => {
  test.each(cases)('%s, boundary %i, journal %s', async (name, killAt, kept) => {
    const isElsewhere = kept === 'lost with the lease'
    const { scene, plan } = await setScene({
      ...SCENES[name],
      ...(isElsewhere ? { listedLateMs: 10_000 } : {}),
    })
    await runAndDie(scene, plan, killAt)
    const journal = kept === 'kept' ? scene.journal : new MemoryJournal()
    const lease = isElsewhere ? new SharedLease(scene.clock) : scene.lease
    const again = await apply({ ...scene, journal, lease }, plan, { runId: 'run-2', unseenRuns: isElsewhere })
    expect(postsOf(scene.service)).toStrictEqual(WANTED)
    expect(again.exit).toStrictEqual({ code: 0, name: 'ok' })
    expect(again.outcomes.every(({ outcome }) => outcome === 'succeeded' || outcome === 'adopted')).toBe(true)
  })
})
