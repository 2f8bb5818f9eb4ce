import { expect, test } from 'vitest'
import { LeaseKeeper } from '../../src/apply/lease-keeper.ts'
import type { Lease } from '../../src/apply/ports.ts'
import { RunClock } from '../../src/apply/run-clock.ts'
import { FakeClock } from '../support/fake-clock.ts'

function keeperOf(clock: FakeClock, over: Partial<Lease> = {}) {
  const lease: Lease = {
    lengthMs: 60_000,
    acquire: async () => ({ kind: 'held', generation: 1 }),
    renew: async () => true,
    isStillHeld: async () => true,
    release: async () => undefined,
    askToYield: async () => undefined,
    withdraw: async () => undefined,
    yieldAskedBy: async () => null,
    ...over,
  }
  return new LeaseKeeper(lease, new RunClock(clock))
}

test.each([60_000, 15_000])('a lease of %d ms is renewed three times in its length', async lengthMs => {
  const clock = new FakeClock()
  let renewed = 0
  const renew = async (): Promise<boolean> => {
    renewed += 1
    return true
  }
  const keeper = keeperOf(clock, { lengthMs, renew })
  await keeper.acquire()
  await clock.advance(lengthMs)
  expect(renewed).toBe(3)
  await keeper.release()
})

test.each<[string, (clock: FakeClock) => void]>([
  ['stopped', clock => clock.stop(60_001)],
  ['suspended', clock => clock.setWall(60_001)],
  ['set back', clock => clock.setWall(-60_001)],
])(
  'is not held beyond doubt once its length passed unseen (%s), until it was asked about',
  async (_how, pass) => {
    const clock = new FakeClock()
    const keeper = keeperOf(clock)
    expect([keeper.isSure, await keeper.confirm()]).toStrictEqual([false, false])
    await keeper.acquire()
    expect(keeper.isSure).toBe(true)
    pass(clock)
    expect([keeper.isHeld, keeper.isSure]).toStrictEqual([true, false])
    expect(await keeper.confirm()).toBe(true)
    expect(keeper.isSure).toBe(true)
    await keeper.release()
  },
)

test('is lost where it is not this run’s any more when it is asked about', async () => {
  const clock = new FakeClock()
  const keeper = keeperOf(clock, { isStillHeld: async () => false })
  await keeper.acquire()
  expect([await keeper.confirm(), keeper.isHeld, clock.sleeping]).toStrictEqual([false, false, 0])
})
