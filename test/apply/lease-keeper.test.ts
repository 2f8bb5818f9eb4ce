import { expect, test } from 'vitest'
import { LeaseKeeper } from '../../src/apply/lease-keeper.ts'
import { FakeClock } from '../support/fake-clock.ts'

test.each([60_000, 15_000])('a lease of %d ms is renewed three times in its length', async lengthMs => {
  const clock = new FakeClock()
  let renewed = 0
  const keeper = new LeaseKeeper(
    {
      lengthMs,
      acquire: async () => ({ kind: 'held', generation: 1 }),
      async renew() {
        renewed += 1
        return true
      },
      isStillHeld: async () => true,
      release: async () => undefined,
      askToYield: async () => undefined,
      withdraw: async () => undefined,
      yieldAskedBy: async () => null,
    },
    clock,
  )
  await keeper.acquire()
  await clock.advance(lengthMs)
  expect(renewed).toBe(3)
  await keeper.release()
})
