import { describe, expect, test } from 'vitest'
import type { Machine } from '../../src/posture/machine.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { addMs, msBetween } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import {
  apply,
  clockAtNow,
  outcomesOf,
  permissive,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, at, entry, isolated, machine, machineId, placed } from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'
import { inWaves, machines } from '../support/rollout-scene.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const HELD = isolated('full')
const SCANNED = { scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }) }

interface Told {
  readonly scene: Scene
  readonly plan: Awaited<ReturnType<typeof planFor>>
}

async function isolations(
  count: number,
  over: Partial<FakeServiceSettings> & { readonly state?: Policy['state'] } = {},
): Promise<Told> {
  const { state = HELD, ...settings } = over
  const clock = clockAtNow()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const all: Machine[] = numbers.map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}` }),
  )
  const service = new FakeService({ clock, machines: all, ...settings })
  return { scene: sceneOf(clock, service), plan: await planFor(service, [policyFor(numbers, state)]) }
}

/** Does something once, when the first request is about to leave. */
function atFirst(happens: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    happens()
  }
}

/** An analyst's action, created and ended now. */
function byAnalyst(service: FakeService, number: number, over: Partial<MachineAction> = {}): MachineAction {
  const now = service.now()
  return action({
    id: actionId(500 + number),
    machineId: machineId(number),
    type: 'Unisolate',
    scope: null,
    requestor: 'analyst@contoso.com',
    requestSource: 'Portal',
    requestorComment: 'clean',
    creationDateTimeUtc: now,
    lastUpdateDateTimeUtc: now,
    ...over,
  })
}

function sentTo({ service }: Scene): readonly number[] {
  return service.posts.map(({ machineId: id }) => Number.parseInt(id, 16))
}

describe('whatever slept before a request left looks again', () => {
  test.each<[string, (scene: Scene) => void]>([
    ['a process that was stopped', ({ clock }) => clock.stop(80_000)],
    [
      'a machine that was suspended: the clock that nobody sets stands still',
      ({ clock }) => clock.setWall(80_000),
    ],
  ])('%s', async (_who, sleep) => {
    let told: Told | undefined
    const beforeLeaving = atFirst(() => {
      if (told === undefined) return
      const { scene } = told
      sleep(scene)
      for (const number of [1, 3]) scene.service.put(byAnalyst(scene.service, number))
    })
    told = await isolations(3, { beforeLeaving })
    const { scene, plan } = told
    const result = await apply(scene, plan)
    expect(sentTo(scene)).toStrictEqual([2])
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'refused (moved)',
      '#2/isolated': 'succeeded',
      '#3/isolated': 'refused (moved)',
    })
    expect(scene.journal.entries.filter(({ kind }) => kind === 'not-sent')).not.toHaveLength(0)
  })

  test('a run whose lease somebody took when the intent was written', async () => {
    const { scene, plan } = await isolations(1)
    const seize = atFirst(() => {
      scene.lease.seize('another')
      scene.service.put(byAnalyst(scene.service, 1))
    })
    const { journal } = scene
    const append: typeof journal.append = async line => {
      await journal.append(line)
      if (line.event === 'intent') seize()
    }
    const run = start(scene, plan, {}, { journal: { append, read: () => journal.read() } })
    await scene.clock.advance(1000)
    scene.lease.vacate()
    expect(outcomesOf(await scene.clock.drive(run))).toStrictEqual({ '#1/isolated': 'refused (moved)' })
    expect(sentTo(scene)).toStrictEqual([])
  })

  test('one that slept less than the look may be old sends at once', async () => {
    let told: Told | undefined
    const beforeLeaving = atFirst(() => told?.scene.clock.stop(40_000))
    told = await isolations(1, { beforeLeaving })
    await apply(told.scene, told.plan)
    expect(told.scene.journal.entries.filter(({ kind }) => kind === 'not-sent')).toStrictEqual([])
    expect(sentTo(told.scene)).toStrictEqual([1])
  })

  test('an interrupt that came meanwhile keeps the request here', async () => {
    const interrupt = new AbortController()
    const { scene, plan } = await isolations(2, { beforeLeaving: atFirst(() => interrupt.abort()) })
    const result = await apply(scene, plan, { signal: interrupt.signal })
    expect(sentTo(scene)).toStrictEqual([])
    expect(result.summary).toStrictEqual({ 'not-attempted': 2 })
  })

  test('a lease that cannot be asked about is not held beyond doubt', async () => {
    const { scene, plan } = await isolations(1)
    const lease = scene.lease.as('run-1')
    let asked = 0
    const isStillHeld = async () => {
      asked += 1
      if (asked === 1) throw new Error('EIO')
      return true
    }
    await apply(scene, plan, {}, { lease: { ...lease, isStillHeld } })
    expect([asked, sentTo(scene).length]).toStrictEqual([2, 1])
  })

  test('what depends on what moved is not attempted, the rest goes on', async () => {
    let told: Told | undefined
    const beforeLeaving = atFirst(() => {
      if (told === undefined) return
      told.scene.clock.stop(80_000)
      told.scene.service.put(byAnalyst(told.scene.service, 1))
    })
    told = await isolations(2, { beforeLeaving, state: { ...HELD, ...SCANNED } })
    const { scene } = told
    const dependsOn = [`${machineId(1)}/isolated`]
    const plan = {
      ...told.plan,
      changes: told.plan.changes.map(change =>
        change.machine.id === machineId(2) && change.facet === 'scanned' ? { ...change, dependsOn } : change,
      ),
    }
    expect(outcomesOf(await apply(scene, plan))).toStrictEqual({
      '#1/isolated': 'refused (moved)',
      '#1/scanned': 'succeeded',
      '#2/isolated': 'succeeded',
      '#2/scanned': 'not-attempted (dependency-failed)',
    })
  })
})

describe('the clock of the wall moves', () => {
  test.each([-HOUR, HOUR])('by %d ms in the middle, and no wait gets longer or shorter', async ms => {
    const plain = await isolations(230)
    const began = plain.scene.clock.steady()
    await apply(plain.scene, plain.plan)
    const usual = msBetween(began, plain.scene.clock.steady())
    const { scene, plan } = await isolations(230)
    const run = start(scene, plan)
    await scene.clock.advance(90_000)
    scene.clock.setWall(ms)
    const result = await scene.clock.drive(run)
    expect(result.summary).toStrictEqual({ succeeded: 230 })
    const took = msBetween(began, scene.clock.steady())
    expect(Math.abs(took - usual)).toBeLessThan(MINUTE)
    expect(scene.service.throttled).toBe(0)
  })

  test('back between two runs: what is written down is not waited for until then', async () => {
    const { scene, plan } = await isolations(2, {
      fault: ({ index }) => (index === 0 ? { kind: 'lost-before' } : undefined),
    })
    const interrupt = new AbortController()
    const run = start(scene, plan, { signal: interrupt.signal })
    await scene.clock.advance(1000)
    interrupt.abort()
    await scene.clock.drive(run)
    scene.clock.setWall(-HOUR)
    const began = scene.clock.steady()
    const result = await apply(scene, plan, { runId: 'run-2' })
    expect(result.summary['succeeded'] ?? 0).toBeGreaterThan(0)
    expect(result.exit.name).toBe('ok')
    expect(msBetween(began, scene.clock.steady())).toBeLessThan(2 * MINUTE)
  })
})

describe('the record of a machine is judged at each look', () => {
  const TAGGED = permissive({
    ...inWaves({ waves: [machines(1)], stopWhen: {} }),
    protected: [
      {
        match: entry({ fields: { tag: ['keep'] } }),
        allow: [],
        place: { file: 'holdfast.yaml', line: 1, column: 1 },
      },
    ],
  })

  test('a tag that protects it, set before its wave, keeps it out', async () => {
    const { scene, plan } = await isolations(3, { settleMs: { Isolate: 2 * MINUTE } })
    const run = start(scene, plan, {}, { configuration: TAGGED })
    await scene.clock.advance(MINUTE)
    scene.service.machines = scene.service.machines.map(each =>
      each.id === machineId(3) ? { ...each, machineTags: ['keep'] } : each,
    )
    const result = await scene.clock.drive(run)
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'succeeded',
      '#2/isolated': 'succeeded',
      '#3/isolated': 'refused (protected)',
    })
  })

  test('a machine that has no record any more is refused', async () => {
    const { scene, plan } = await isolations(2, { settleMs: { Isolate: 2 * MINUTE } })
    const run = start(scene, plan, {}, { configuration: TAGGED })
    await scene.clock.advance(MINUTE)
    scene.service.machines = scene.service.machines.filter(({ id }) => id === machineId(1))
    expect(outcomesOf(await scene.clock.drive(run))['#2/isolated']).toBe('refused (machine-gone)')
  })
})

describe('a lift of somebody that crossed an impose', () => {
  async function crossed(over: Partial<FakeServiceSettings>, lift: Partial<MachineAction> = {}) {
    let told: Told | undefined
    const beforeLeaving = atFirst(() => {
      if (told === undefined) return
      const { service } = told.scene
      service.put(byAnalyst(service, 1, { status: 'Pending', ...lift }))
    })
    told = await isolations(2, { beforeLeaving, ...over })
    const result = await apply(told.scene, told.plan)
    return { ...told, result }
  }

  test('is told, and the impose is cancelled while it can be', async () => {
    const { scene, result, plan } = await crossed({ settleMs: { Isolate: 5 * MINUTE } })
    expect(outcomesOf(result)).toStrictEqual({
      '#1/isolated': 'cancelled (crossed)',
      '#2/isolated': 'succeeded',
    })
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'crossed' }])
    expect(result.diagnostics[0]?.message).toContain('Unisolate on ws-1 by analyst@contoso.com')
    expect(result.exit.name).toBe('partial')
    const cancels = scene.service.posts.filter(({ type }) => type === 'Cancel')
    expect(cancels.map(({ comment }) => comment.includes(`plan=${plan.planId.slice(7, 15)}`))).toStrictEqual([
      true,
    ])
    expect(scene.journal.entries.map(({ event }) => event)).toContain('crossed-cancel-answer')
  })

  test('is not cancelled on a look that is older than a request may rest on', async () => {
    let isAsleep = false
    let told: Told | undefined
    const beforeLeaving = () => {
      if (told === undefined) return
      const { clock, service } = told.scene
      if (service.posts.length === 0) service.put(byAnalyst(service, 1, { status: 'Pending' }))
      else if (!isAsleep && clock.monotonicMs() > 10_000) {
        isAsleep = true
        clock.stop(61_000)
      }
    }
    told = await isolations(1, { beforeLeaving, settleMs: { Isolate: 5 * MINUTE } })
    const result = await apply(told.scene, told.plan)
    expect(isAsleep).toBe(true)
    expect(told.scene.service.posts.filter(({ type }) => type === 'Cancel')).toStrictEqual([])
    expect(result.diagnostics.map(({ code }) => code)).toContain('crossed')
  })

  test('is told alone once the impose has ended', async () => {
    const { scene, result } = await crossed({ settleMs: { Isolate: 2000 } })
    expect(scene.service.posts.filter(({ type }) => type === 'Cancel')).toStrictEqual([])
    expect(result.diagnostics).toMatchObject([{ code: 'crossed' }])
    expect(outcomesOf(result)['#1/isolated']).toBe('succeeded')
  })

  test.each<[string, Partial<MachineAction>]>([
    ['came after it', { creationDateTimeUtc: addMs(clockAtNow().now(), 5000) }],
    ['was called off', { status: 'Cancelled' }],
    ['is of the other pair', { type: 'UnrestrictCodeExecution' }],
  ])('does not count where it %s', async (_rule, lift) => {
    const { result } = await crossed({ settleMs: { Isolate: 5 * MINUTE } }, lift)
    expect(result.diagnostics.map(({ code }) => code)).not.toContain('crossed')
  })

  test('does not count where the service itself ended a hold at its time', async () => {
    const week = 7 * 24 * HOUR
    const began = addMs(clockAtNow().now(), -week)
    const ended = action({ id: actionId(7), creationDateTimeUtc: began, requestorComment: 'SOAR' })
    const nobody = {
      requestor: null,
      requestSource: null,
      requestorComment: null,
      status: 'Succeeded',
    } as const
    const { result, plan } = await crossed({ actions: [ended], settleMs: { Isolate: 5 * MINUTE } }, nobody)
    expect(plan.changes).toHaveLength(2)
    expect(result.diagnostics.map(({ code }) => code)).not.toContain('crossed')
  })

  test('counts where nobody says who asked, and no hold ended then', async () => {
    const nobody = { requestor: null, requestSource: null, requestorComment: null } as const
    const { result } = await crossed({ settleMs: { Isolate: 5 * MINUTE } }, nobody)
    expect(result.diagnostics.map(({ code }) => code)).toContain('crossed')
  })

  test('is looked for again where the history could not be read', async () => {
    let fails = 1
    const { result } = await crossed({
      settleMs: { Isolate: 5 * MINUTE },
      listFault: ({ kind }) => {
        if (kind === 'ids' || fails === 0) return undefined
        fails -= 1
        return { kind: 'failed', message: 'x', unauthorized: false }
      },
    })
    expect(outcomesOf(result)['#1/isolated']).toBe('cancelled (crossed)')
  })

  test('one look takes in all imposes of its time', async () => {
    const { scene, plan } = await isolations(60, { settleMs: { Isolate: 50_000 } })
    await apply(scene, plan)
    const looks = scene.service.lists.filter(({ kind }) => kind === 'machines')
    // At most one each 15 s while 60 requests leave, and one at the end.
    expect(looks.length).toBeLessThanOrEqual(4)
  })
})

test('a scan is no impose: nothing is looked for', async () => {
  const { scene, plan } = await isolations(1, {
    state: SCANNED,
    settleMs: { RunAntiVirusScan: 2 * MINUTE },
  })
  await apply(scene, plan)
  expect(scene.service.lists.filter(({ kind }) => kind === 'machines')).toStrictEqual([])
})
