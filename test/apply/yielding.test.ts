import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/document/document.ts'
import { msBetween } from '../../src/schema/instant.ts'
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
import {
  action,
  actionId,
  at,
  isolated,
  machine,
  machineId,
  ownComment,
  placed,
} from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

const COUNT = 130
const numbers = Array.from({ length: COUNT }, (_, index) => index + 1)
const LAST = 200

/** An older plan of 130 isolations, more than a minute's quota, and a newer one of another machine. */
async function setScene(over: Partial<FakeServiceSettings> = {}): Promise<{
  scene: Scene
  older: Plan
  newer: Plan
}> {
  const clock = clockAtNow()
  const machines = [...numbers, LAST].map(number =>
    machine({ id: machineId(number), computerDnsName: `ws-${number}` }),
  )
  const service = new FakeService({ clock, machines, ...over })
  return {
    scene: sceneOf(clock, service),
    older: await planFor(service, [policyFor(numbers, isolated('full'))]),
    newer: await planFor(service, [
      policyFor([LAST], { restricted: placed('restricted') }, { name: 'urgent' }),
    ]),
  }
}

const asking = { runId: 'newer', askToYield: true }

/** Who submitted what at which time may never overlap: what the newer run sends comes after all of the older one. */
function sendersInOrder({ service }: Scene): readonly string[] {
  const senders = service.posts.map(({ machineId: id }) => (id === machineId(LAST) ? 'newer' : 'older'))
  return senders.filter((sender, index) => sender !== senders[index - 1])
}

describe('asked to yield', () => {
  test('a run stops submitting at its next renewal, gives the lease back, and says who asked; the other one goes on', async () => {
    const { scene, older, newer } = await setScene({ settleMs: { Isolate: 3_600_000 } })
    const { clock, lease, service } = scene
    const first = start(scene, older, { runId: 'older' })
    await clock.advance(10_000)
    const askedAt = clock.now()
    const second = start({ ...scene, journal: new MemoryJournal() }, newer, { ...asking, noWait: true })
    const [yielded, urgent] = await clock.drive(Promise.all([first, second]))
    expect(yielded.exit).toStrictEqual({ code: 6, name: 'pending' })
    expect(yielded.summary).toStrictEqual({ pending: 100, 'not-attempted': 30 })
    for (const { outcome, code, detail } of yielded.outcomes) {
      expect([outcome, code]).toStrictEqual([outcome === 'pending' ? 'pending' : 'not-attempted', 'yielded'])
      expect(detail).toContain('newer (plan 4f1c09ab) asked this run to yield')
    }
    expect(scene.journal.entries.at(-1)).toMatchObject({ end: 'yielded', yieldedTo: { owner: 'newer' } })
    expect(urgent.summary).toStrictEqual({ pending: 1 })
    expect(urgent.diagnostics).toMatchObject([{ severity: 'info', code: 'lease-yielded' }])
    expect(sendersInOrder(scene)).toStrictEqual(['older', 'newer'])
    const sentAt = service.posts.at(-1)?.at ?? askedAt
    expect(msBetween(askedAt, sentAt)).toBeLessThan(40_000)
    expect(lease.isHeld).toBe(false)
  })

  test('a run that yielded is gone on with afterwards, and sends nothing twice', async () => {
    const { scene, older, newer } = await setScene()
    const first = start(scene, older, { runId: 'older' })
    await scene.clock.advance(10_000)
    await scene.clock.drive(
      Promise.all([first, start({ ...scene, journal: new MemoryJournal() }, newer, asking)]),
    )
    const again = await apply(scene, older, { runId: 'older-2' })
    expect(again.exit.code).toBe(0)
    expect(scene.service.posts).toHaveLength(COUNT + 1)
  })

  test('what was submitted last is let be listed before the other one looks', async () => {
    const { scene, older, newer } = await setScene({ listedLateMs: 14_000 })
    const { clock, service } = scene
    const first = start(scene, older, { runId: 'older' })
    await clock.advance(10_000)
    const second = start({ ...scene, journal: new MemoryJournal() }, newer, asking)
    await clock.drive(Promise.all([first, second]))
    const lastOld = service.posts.filter(({ machineId: id }) => id !== machineId(LAST)).at(-1)
    const newPost = service.posts.find(({ machineId: id }) => id === machineId(LAST))
    expect(msBetween(lastOld?.at ?? clock.now(), newPost?.at ?? clock.now())).toBeGreaterThanOrEqual(15_000)
  })

  test('a run with nothing left to send gives the lease back as ever, and goes on awaiting', async () => {
    const { scene, newer } = await setScene({ settleMs: { Isolate: 60_000 } })
    const { clock, service } = scene
    const small = await planFor(service, [policyFor([1], isolated('full'))])
    const first = start(scene, small, { runId: 'older', lookupMs: 30_000 })
    await clock.advance(5000)
    const second = start({ ...scene, journal: new MemoryJournal() }, newer, asking)
    const [awaited, urgent] = await clock.drive(Promise.all([first, second]))
    expect([awaited.summary, urgent.summary]).toStrictEqual([{ succeeded: 1 }, { succeeded: 1 }])
  })

  test('what becomes due long after the other one is done is sent: a wish that was fulfilled is over', async () => {
    const release = { type: 'Unisolate', scope: null, status: 'Pending', requestorComment: ownComment() }
    const pending = action({
      id: actionId(7),
      machineId: machineId(1),
      ...release,
      creationDateTimeUtc: at('2026-11-22T17:50:00Z'),
    })
    const { scene, newer } = await setScene({ actions: [pending], settleMs: { Cancel: 300_000 } })
    const { clock, service } = scene
    const small = await planFor(service, [policyFor([1], isolated('full'))])
    expect(small.changes.map(({ operations }) => operations)).toStrictEqual([['cancel', 'impose']])
    const first = start(scene, small, { runId: 'older', lookupMs: 30_000 })
    await clock.advance(5000)
    const second = start({ ...scene, journal: new MemoryJournal() }, newer, asking)
    const [awaited] = await clock.drive(Promise.all([first, second]))
    expect(awaited.summary).toStrictEqual({ succeeded: 1 })
  })
})

describe('a machine that a chain is about to open or has opened', () => {
  /** As before, and machine 1 is held selectively by us, which takes two requests. */
  async function chained(settleMs: number) {
    const own = action({
      id: actionId(7),
      machineId: machineId(1),
      scope: 'Selective',
      requestorComment: ownComment(),
    })
    const setting = await setScene({ actions: [own], settleMs: { Unisolate: settleMs } })
    const { scene, older, newer } = setting
    const first = start(scene, older, { runId: 'older' })
    await scene.clock.advance(1000)
    const second = start({ ...scene, journal: new MemoryJournal() }, newer, asking)
    const [yielded] = await scene.clock.drive(Promise.all([first, second]))
    return {
      scene,
      older,
      yielded,
      chain: yielded.outcomes.find(({ address }) => address.startsWith(machineId(1))),
    }
  }

  test('keeps its hold where the first half is still under way: that is cancelled', async () => {
    const { yielded, chain } = await chained(3_600_000)
    expect([chain?.outcome, chain?.code]).toStrictEqual(['cancelled', 'chain-cancelled'])
    expect(yielded.chainOpen).toStrictEqual([])
  })

  test('is closed first where the first half took effect', async () => {
    const { scene, yielded, chain } = await chained(5000)
    expect(chain?.outcome).not.toBe('not-attempted')
    expect(yielded.chainOpen).toStrictEqual([])
    const onMachine = scene.service.posts.filter(({ machineId: id }) => id === machineId(1))
    expect(onMachine.map(({ type }) => type)).toStrictEqual(['Unisolate', 'Isolate'])
    expect(sendersInOrder(scene)).toStrictEqual(['older', 'newer'])
  })
})

describe('who asks', () => {
  test('waits a bounded time for a holder that does not answer, then ends with 7 and waits no more', async () => {
    const { scene, newer } = await setScene()
    const { clock, lease } = scene
    lease.seize('deaf')
    const notes: string[] = []
    const begun = clock.now()
    const result = await apply(scene, newer, asking, { onNote: text => notes.push(text) })
    expect([result.exit.code, scene.service.posts]).toStrictEqual([7, []])
    expect(result.diagnostics[0]?.message).toContain('It was asked to yield and has not.')
    expect(msBetween(begun, clock.now())).toBe(120_000)
    expect(notes).toStrictEqual([expect.stringContaining('deaf is asked to yield')])
    expect(await lease.as('deaf').yieldAskedBy()).toBeNull()
  })

  test('does not go on asking whoever took the lease instead', async () => {
    const { scene, newer } = await setScene()
    const { clock, lease } = scene
    lease.seize('first')
    const run = start(scene, newer, asking)
    await clock.advance(5000)
    lease.seize('third')
    const result = await clock.drive(run)
    expect([result.exit.code, result.diagnostics[0]?.message]).toStrictEqual([
      7,
      expect.stringContaining('third'),
    ])
  })

  test('stops waiting when it is interrupted', async () => {
    const { scene, newer } = await setScene()
    const interrupt = new AbortController()
    scene.lease.seize('deaf')
    const run = start(scene, newer, { ...asking, signal: interrupt.signal })
    await scene.clock.advance(3000)
    interrupt.abort()
    const before = scene.clock.now()
    const result = await scene.clock.drive(run)
    expect(msBetween(before, scene.clock.now())).toBe(0)
    expect(result.exit.name).toBe('signal')
  })

  test('without the wish nobody is asked: 7 at once', async () => {
    const { scene, newer } = await setScene()
    scene.lease.seize('deaf')
    const begun = scene.clock.now()
    expect((await apply(scene, newer)).exit.code).toBe(7)
    expect(scene.clock.now()).toBe(begun)
  })
})

describe('a lease that was given back after submitting', () => {
  test('lets the next run look only once lists have all of it', async () => {
    const { scene, newer } = await setScene()
    const { clock, service } = scene
    const small = await planFor(service, [policyFor([1], isolated('full'))])
    await apply(scene, small, { runId: 'older', noWait: true })
    const first = service.posts.at(-1)?.at ?? clock.now()
    await apply({ ...scene, journal: new MemoryJournal() }, newer, { runId: 'newer', noWait: true })
    expect(msBetween(first, service.posts.at(-1)?.at ?? first)).toBeGreaterThanOrEqual(15_000)
  })

  test('is taken at once by the next run of the same plan, which has the journal', async () => {
    const { scene } = await setScene({ settleMs: { Isolate: 1000 } })
    const { clock, service } = scene
    const small = await planFor(service, [policyFor([1], isolated('full'))])
    await apply(scene, small, { runId: 'older', noWait: true })
    const begun = clock.now()
    await apply(scene, small, { runId: 'older-2', noWait: true })
    expect(msBetween(begun, clock.now())).toBeLessThan(5000)
  })

  test('is passed on with that wait by a run that submitted nothing', async () => {
    const { scene } = await setScene({ listedLateMs: 4000 })
    const { service } = scene
    const small = await planFor(service, [policyFor([1], isolated('full'))])
    for (const runId of ['older', 'older-2']) await apply(scene, small, { runId, noWait: true })
    await apply({ ...scene, journal: new MemoryJournal() }, small, { runId: 'journal-lost', noWait: true })
    expect(service.posts).toHaveLength(1)
  })
})
