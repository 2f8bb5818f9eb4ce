import { describe, expect, test } from 'vitest'
import type { JournalEntry, Lease } from '../../src/apply/ports.ts'
import { addMs } from '../../src/schema/instant.ts'
import { clockAtNow, planFor, policyFor, sceneOf, start } from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeService } from '../support/fake-service.ts'

/** 110 machines are to be isolated, ten more than a minute's quota, under a lease as a store gives it. */
async function setScene(over: Partial<ConstructorParameters<typeof FakeService>[0]> = {}) {
  const clock = clockAtNow()
  const numbers = Array.from({ length: 110 }, (_, index) => index + 1)
  const machines = numbers.map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines, ...over })
  const plan = await planFor(service, [policyFor(numbers, isolated('full'))])
  const scene = sceneOf(clock, service)
  const lease: Lease = { ...scene.lease.as('run-1'), isFenced: true }
  return { scene, plan, service, clock, lease }
}

/** What a store says that cannot be reached. */
const AWAY = Object.assign(new Error('The store cannot be used: HTTP 503.'), { code: 'store-not-usable' })

describe('a lease in a store', () => {
  test('that is lost after the first request ends submitting: what was sent is awaited, the rest is left, exit 6', async () => {
    const { scene, plan, service, clock, lease } = await setScene()
    const run = start(scene, plan, {}, { lease })
    await clock.advance(10_000)
    scene.lease.seize('another')
    const result = await clock.drive(run)
    expect(service.posts).toHaveLength(100)
    expect(result.exit).toStrictEqual({ code: 6, name: 'pending' })
    expect(result.summary).toStrictEqual({ succeeded: 100, 'not-attempted': 10 })
    expect(result.outcomes.find(({ outcome }) => outcome === 'not-attempted')?.code).toBe('lease-lost')
    expect(result.diagnostics).toMatchObject([{ severity: 'error', code: 'lease-lost' }])
    expect(scene.lease.isHeld).toBe(true)
  })

  test('that is lost before the first request is an error, and nothing was sent', async () => {
    const { scene, plan, service, clock, lease } = await setScene()
    const taken: Lease = {
      ...lease,
      isStillHeld: async () => false,
    }
    const result = await clock.drive(start(scene, plan, {}, { lease: taken }))
    expect(service.posts).toHaveLength(0)
    expect(result.exit).toStrictEqual({ code: 1, name: 'error' })
    expect(result.diagnostics).toMatchObject([{ severity: 'error', code: 'lease-lost' }])
    expect(result.summary).toStrictEqual({ 'not-attempted': 110 })
  })

  test('that is lost while what the one before sent is waited for is an error, too', async () => {
    const { scene, plan, service, clock, lease } = await setScene()
    const now = clock.now()
    const former = {
      owner: 'dead',
      planId: null,
      runId: null,
      renewedAt: now,
      silentFrom: addMs(now, 30_000),
    }
    const taken: Lease = {
      ...lease,
      acquire: async () => ({ kind: 'held', generation: 2, takenOver: former }),
      renew: async () => false,
    }
    const result = await clock.drive(start(scene, plan, {}, { lease: taken }))
    expect(service.posts).toHaveLength(0)
    expect(result.exit).toStrictEqual({ code: 1, name: 'error' })
    expect(result.diagnostics.map(({ code }) => code)).toStrictEqual(['lease-lost', 'lease-taken-over'])
  })

  test('that is given back is not lost', async () => {
    const { scene, plan, clock, lease } = await setScene({ settleMs: { Isolate: 600_000 } })
    const result = await clock.drive(start(scene, plan, {}, { lease }))
    expect(result.summary).toStrictEqual({ succeeded: 110 })
    expect(result.diagnostics).toStrictEqual([])
  })
})

describe('a store that goes away', () => {
  test.each([
    ['before the first request is an error', 0, 1, { 'not-attempted': 110 }],
    ['after it ends submitting as a lost lease does', 40, 6, undefined],
  ])('%s', async (_rule, after, code, summary) => {
    const { scene, plan, service, clock, lease } = await setScene()
    const journal = {
      ...scene.journal,
      read: () => scene.journal.read(),
      append: (entry: JournalEntry) =>
        service.posts.length >= after ? Promise.reject(AWAY) : scene.journal.append(entry),
    }
    const result = await clock.drive(start(scene, plan, {}, { lease, journal }))
    expect(result.exit.code).toBe(code)
    expect(result.diagnostics).toMatchObject([
      { code: 'lease-lost', message: expect.stringContaining('HTTP 503') },
    ])
    if (summary !== undefined) expect(result.summary).toStrictEqual(summary)
    expect((result.summary['succeeded'] ?? 0) + (result.summary['not-attempted'] ?? 0)).toBe(110)
    expect(service.posts.length).toBe(result.summary['succeeded'] ?? 0)
  })
})
