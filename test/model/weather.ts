import fc from 'fast-check'
import type { Weather } from './client.ts'
import { anyAct, anyCancelFate, anyFate } from './people.ts'
import type { Manner } from './world.ts'

const anyWeather: fc.Arbitrary<Weather> = fc.record({
  fates: fc.array(anyFate, { maxLength: 5 }),
  cancels: fc.array(anyCancelFate, { maxLength: 2 }),
  mishaps: fc.array(
    fc.constantFrom('none', 'none', 'none', 'lost-before', 'lost-after', 'throttled', 'refused'),
    { maxLength: 6 },
  ),
  readFailures: fc.array(
    fc.boolean().map(one => one),
    { maxLength: 3 },
  ),
  latencyMs: fc.constantFrom(10, 50, 1500),
  listedLateMs: fc.constantFrom(0, 0, 4000, 11_000),
})

/** How an apply is run: half of them in one piece, all of them among people who act at any moment. */
export const anyManner: fc.Arbitrary<Manner> = fc.record({
  skipMoved: fc.boolean(),
  noWait: fc.constantFrom(false, false, false, true),
  killAt: fc.option(fc.nat(90), { freq: 2, nil: null }),
  interruptAfterMs: fc.option(fc.nat(120_000), { freq: 6, nil: null }),
  overrides: fc.constantFrom([], [], ['maxMachines' as const]),
  weather: anyWeather,
  meanwhile: fc.array(fc.record({ afterMs: fc.nat(150_000), act: anyAct }), { maxLength: 4 }),
})
