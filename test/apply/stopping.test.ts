import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import { addMs, msBetween } from '../../src/schema/instant.ts'
import {
  apply,
  clockAtNow,
  MemoryJournal,
  outcomesOf,
  planFor,
  policyFor,
  type Scene,
  sceneOf,
  start,
} from '../support/apply-harness.ts'
import { action, actionId, isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService, type FakeServiceSettings } from '../support/fake-service.ts'

type Setting = { readonly scene: Scene; readonly plan: Awaited<ReturnType<typeof planFor>> }

async function isolations(count: number, over: Partial<FakeServiceSettings> = {}): Promise<Setting> {
  const clock = clockAtNow()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const machines = numbers.map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines, ...over })
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  return { scene: sceneOf(clock, service), plan }
}

/** A journal whose disk is full from its n-th entry on. */
class FullJournal extends MemoryJournal {
  readonly room: number

  constructor(room: number) {
    super()
    this.room = room
  }

  override async append(entry: JournalEntry): Promise<void> {
    if (this.entries.length >= this.room) throw new Error('ENOSPC: no space left on device')
    await super.append(entry)
  }
}

describe('a journal that cannot be written', () => {
  test.each([
    ['at all: nothing is sent', 0, 0, { 'not-attempted': 3 }],
    ['before a POST: that is not sent', 1, 0, { 'not-attempted': 3 }],
    ['after the first intent: nothing is sent that is not out yet', 2, 0, { 'not-attempted': 3 }],
    ['after the POSTs: submitting stops and the outcomes are reported', 4, 3, { pending: 3 }],
  ])('%s', async (_rule, room, posts, summary) => {
    const { scene, plan } = await isolations(3, { settleMs: { Isolate: Number.POSITIVE_INFINITY } })
    const result = await apply(scene, plan, {}, { journal: new FullJournal(room) })
    expect(result.exit).toStrictEqual({ code: 1, name: 'error' })
    expect(result.diagnostics[0]).toMatchObject({ severity: 'error', code: 'journal-failed' })
    expect(result.diagnostics[0]?.message).toContain('ENOSPC: no space left on device')
    expect(scene.service.posts).toHaveLength(posts)
    expect(result.summary).toStrictEqual(summary)
    expect(scene.lease.isHeld).toBe(false)
  })

  test('at the very end makes the exit an error and leaves the outcomes', async () => {
    const { scene, plan } = await isolations(1)
    const result = await apply(scene, plan, {}, { journal: new FullJournal(3) })
    expect(result).toMatchObject({ exit: { code: 1 }, summary: { succeeded: 1 } })
  })
})

describe('a marker that comes back changed', () => {
  test.each([
    ['dropped', null],
    ['cut', 'INC-1 [holdfast policy=contain plan=0a1'],
    ['followed by something', 'INC-1 [holdfast policy=contain plan=00000000 change=00000000] (API)'],
    ['replaced', 'Action by Customer App'],
  ])('(%s) stops submitting', async (_how, comment) => {
    const { scene, plan } = await isolations(30, {
      latencyMs: 400,
      settleMs: { Isolate: Number.POSITIVE_INFINITY },
      fault: ({ index }) => (index === 0 ? { kind: 'comment', comment } : undefined),
    })
    const result = await apply(scene, plan)
    expect(result.exit).toStrictEqual({ code: 1, name: 'error' })
    expect(result.diagnostics).toMatchObject([{ code: 'marker-lost' }])
    expect(scene.service.posts.length).toBeLessThan(10)
    expect(result.outcomes[0]).toMatchObject({ outcome: 'pending', code: 'stopped' })
    expect(result.summary['not-attempted']).toBeGreaterThan(20)
  })
})

describe('a token that is refused', () => {
  const answer = { kind: 'unauthorized', message: 'The token was refused twice.' } as const

  test('by a POST stops submitting, the rest not attempted', async () => {
    const { scene, plan } = await isolations(20, {
      fault: ({ index }) => (index > 3 ? { kind: 'answer', answer } : undefined),
      settleMs: { Isolate: Number.POSITIVE_INFINITY },
    })
    const result = await apply(scene, plan)
    expect(result.exit.code).toBe(1)
    expect(result.diagnostics[0]).toMatchObject({ code: 'unauthorized' })
    expect(result.summary).toStrictEqual({ pending: 4, 'not-attempted': 16 })
    expect(scene.service.lists).toStrictEqual([])
  })

  test.each(['ids', 'machines'] as const)('by a list call (%s) ends the run', async kind => {
    const { scene, plan } = await isolations(120, {
      settleMs: { Isolate: Number.POSITIVE_INFINITY },
      listFault: query =>
        query.kind === kind ? { kind: 'failed', message: answer.message, unauthorized: true } : undefined,
    })
    const result = await apply(scene, plan)
    expect(result.exit.code).toBe(1)
    expect(result.diagnostics[0]).toMatchObject({ code: 'unauthorized' })
  })

  test('while something is looked for ends the run', async () => {
    const { scene, plan } = await isolations(1, {
      fault: () => ({ kind: 'lost-after' }),
      listFault: () => ({ kind: 'failed', message: answer.message, unauthorized: true }),
    })
    const result = await apply(scene, plan)
    expect(result).toMatchObject({ exit: { code: 1 }, summary: { uncertain: 1 } })
  })
})

test('looks that fail three times in a row stop submitting', async () => {
  const { scene, plan } = await isolations(120, {
    listFault: ({ kind }) =>
      kind === 'machines'
        ? { kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false }
        : undefined,
  })
  const result = await apply(scene, plan)
  expect(result.exit.code).toBe(1)
  expect(result.diagnostics[0]).toMatchObject({ code: 'look-failed' })
  expect(scene.service.posts).toHaveLength(100)
  expect(result.summary['not-attempted']).toBe(20)
})

test('a look that fails once is repeated', async () => {
  let isDown = true
  const { scene, plan } = await isolations(120, {
    listFault: ({ kind }) => {
      if (kind !== 'machines' || !isDown) return undefined
      isDown = false
      return { kind: 'failed', message: 'connect ECONNREFUSED', unauthorized: false }
    },
  })
  expect((await apply(scene, plan)).summary).toStrictEqual({ succeeded: 120 })
})

describe('an interrupt', () => {
  test('stops submitting, keeps what is in flight pending, and ends within five seconds', async () => {
    const { scene, plan } = await isolations(130, { settleMs: { Isolate: Number.POSITIVE_INFINITY } })
    const interrupt = new AbortController()
    const run = start(scene, plan, { signal: interrupt.signal })
    await scene.clock.advance(20_000)
    const interruptedAt = scene.clock.now()
    interrupt.abort()
    const result = await scene.clock.drive(run)
    expect(msBetween(interruptedAt, scene.clock.now())).toBeLessThan(5000)
    expect(result.exit).toStrictEqual({ code: 128, name: 'signal' })
    expect(result.summary).toStrictEqual({ pending: 100, 'not-attempted': 30 })
    expect(result.outcomes[0]).toMatchObject({ code: 'interrupted' })
    expect(scene.journal.entries.at(-1)).toMatchObject({ event: 'run-ended', exit: { name: 'signal' } })
    expect(scene.lease.isHeld).toBe(false)
  })

  test('leaves a POST that is not answered in time uncertain, and the same apply finds it', async () => {
    const { scene, plan } = await isolations(1, { latencyMs: 40_000, settleMs: { Isolate: 60_000 } })
    const interrupt = new AbortController()
    const run = start(scene, plan, { signal: interrupt.signal })
    await scene.clock.advance(25_000)
    interrupt.abort()
    const result = await scene.clock.drive(run)
    expect(outcomesOf(result)).toStrictEqual({ '#1/isolated': 'uncertain (unanswered)' })
    expect(result.exit.name).toBe('signal')
    await scene.clock.advance(60_000)
    const again = await apply(scene, plan, { runId: 'run-2' })
    expect(outcomesOf(again)).toStrictEqual({ '#1/isolated': 'adopted' })
    expect(scene.service.posts).toHaveLength(1)
  })

  test('between an intent and its POST leaves nothing sent', async () => {
    const { scene, plan } = await isolations(1)
    const interrupt = new AbortController()
    const { journal } = scene
    const append = journal.append.bind(journal)
    journal.append = async entry => {
      if (entry.event === 'intent') interrupt.abort()
      await append(entry)
    }
    const result = await apply(scene, plan, { signal: interrupt.signal })
    expect(scene.service.posts).toStrictEqual([])
    expect(journal.entries.find(({ event }) => event === 'answer')).toMatchObject({ kind: 'not-sent' })
    expect(result.summary).toStrictEqual({ 'not-attempted': 1 })
  })

  test('that comes while a stopped run waits for its last answers cuts that short', async () => {
    const { scene, plan } = await isolations(3, {
      latencyMs: 100_000,
      fault: ({ index }) => (index === 0 ? { kind: 'comment', comment: null } : undefined),
    })
    const { clock, service } = scene
    const { submit } = service
    const bound = submit.bind(service)
    service.submit = async (id, type, body) => {
      if (id !== machineId(1)) await clock.sleep(60_000)
      return bound(id, type, body)
    }
    const interrupt = new AbortController()
    const run = start(scene, plan, { signal: interrupt.signal })
    await clock.advance(110_000)
    const interruptedAt = clock.now()
    interrupt.abort()
    const result = await clock.drive(run)
    expect(msBetween(interruptedAt, clock.now())).toBeLessThan(5000)
    expect(result).toMatchObject({ exit: { code: 1 }, summary: { succeeded: 1, uncertain: 2 } })
  })

  test('that comes when everything has ended changes nothing', async () => {
    const { scene, plan } = await isolations(1)
    const interrupt = new AbortController()
    const { journal } = scene
    const append = journal.append.bind(journal)
    journal.append = async entry => {
      if (entry.event === 'run-ended') interrupt.abort()
      await append(entry)
    }
    expect((await apply(scene, plan, { signal: interrupt.signal })).exit.code).toBe(0)
  })
})

describe('the lease', () => {
  test('of a dead holder whose journal is not there lets his last actions be listed first', async () => {
    const { scene, plan } = await isolations(1)
    const { clock, lease, service } = scene
    lease.seize('dead')
    lease.kill()
    const renewedAt = clock.now()
    await clock.advance(5000)
    await apply(scene, plan)
    expect(msBetween(renewedAt, service.posts[0]?.at ?? renewedAt)).toBeGreaterThanOrEqual(15_000)
  })

  test('of a dead holder whose journal is there is taken over at once', async () => {
    const { scene, plan } = await isolations(1)
    const { clock, lease, service, journal } = scene
    lease.seize('dead')
    lease.kill()
    const renewedAt = clock.now()
    journal.entries.push({ event: 'run-started', at: renewedAt, runId: 'run-0', planId: plan.planId })
    await apply(scene, plan)
    expect(msBetween(renewedAt, service.posts[0]?.at ?? renewedAt)).toBeLessThan(1000)
  })

  test('that is lost while submitting is waited for, and everything is looked at again', async () => {
    const { scene, plan } = await isolations(110)
    const { clock, lease, service } = scene
    const run = start(scene, plan)
    await clock.advance(10_000)
    lease.seize('another')
    service.put(action({ id: actionId(7), machineId: machineId(110), creationDateTimeUtc: clock.now() }))
    await clock.advance(100_000)
    expect(service.posts).toHaveLength(100)
    lease.vacate()
    const result = await clock.drive(run)
    expect(result.summary['succeeded']).toBe(109)
    expect(result.summary['unchanged']).toBe(1)
    expect(service.posts).toHaveLength(109)
  })

  test('that does not come back before the deadline ends the run as locked', async () => {
    const { scene, plan } = await isolations(110)
    const { clock, lease } = scene
    const run = start(scene, plan)
    await clock.advance(10_000)
    lease.seize('another')
    const result = await clock.drive(run)
    expect(result.exit).toStrictEqual({ code: 7, name: 'locked' })
    expect(result.summary).toStrictEqual({ succeeded: 100, 'not-attempted': 10 })
    expect(result.outcomes.find(({ outcome }) => outcome === 'not-attempted')?.code).toBe('locked')
  })

  test('that cannot be renewed or taken again stops submitting', async () => {
    const { scene, plan } = await isolations(110)
    const { clock, lease } = scene
    const port = lease.as('run-1')
    let isBroken = false
    const broken = () => Promise.reject(new Error('EIO: /state'))
    const run = start(
      scene,
      plan,
      {},
      {
        lease: {
          ...port,
          acquire: () => (isBroken ? broken() : port.acquire()),
          renew: () => (isBroken ? broken() : port.renew()),
          release: () => (isBroken ? broken() : port.release()),
        },
      },
    )
    await clock.advance(10_000)
    isBroken = true
    const result = await clock.drive(run)
    expect(result.exit.code).toBe(1)
    expect(result.diagnostics[0]).toMatchObject({ code: 'lease-failed' })
  })

  test('that cannot be given back is told, and is no failure', async () => {
    const { scene, plan } = await isolations(1)
    const port = scene.lease.as('run-1')
    const release = () => Promise.reject(new Error('EIO: /state'))
    const result = await apply(scene, plan, {}, { lease: { ...port, release } })
    expect(result.exit.code).toBe(0)
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'lease-not-released' }])
  })
})

test('a port that breaks its contract rejects the apply and gives the lease back', async () => {
  const { scene, plan } = await isolations(3)
  scene.service.submit = () => Promise.reject(new TypeError('defect'))
  const outcome = await apply(scene, plan).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(TypeError)
  expect(scene.lease.isHeld).toBe(false)
})

test('the clock of the service may be ahead of ours', async () => {
  const clock = clockAtNow()
  const service = new FakeService({ clock, machines: [machine()], skewMs: 240_000 })
  const plan = await planFor(service, [policyFor([1], isolated('full'))])
  const result = await apply(sceneOf(clock, service), plan)
  expect(result).toMatchObject({ exit: { code: 0 }, summary: { succeeded: 1 } })
  expect(addMs(clock.now(), 240_000) > clock.now()).toBe(true)
})
