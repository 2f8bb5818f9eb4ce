import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  earliestOf,
  formatFreshness,
  joinFreshness,
  parseFreshness,
} from '../../../src/plan/judge/freshness.ts'
import { fromEpochMs } from '../../../src/schema/instant.ts'
import type { Freshness } from '../../../src/schema/policy.ts'
import { at, lasting, NOW } from '../../support/build-core.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('properties of freshness', 100)

const early = { since: at('2026-11-01') }
const late = { since: at('2026-11-20') }
const week = { within: lasting('7d') }
const hours = { within: lasting('12h') }

describe('two wishes join so that both hold', () => {
  test.each([
    ['the later since', early, late, late],
    ['the shorter within', week, hours, hours],
    ['both kinds', early, week, { ...early, ...week }],
    ['a wish and none', week, {}, week],
    ['a since and none', {}, late, late],
    ['none', {}, {}, {}],
    ['the same', late, late, late],
  ] as const)('%s', (_what, a, b, joined) => {
    expect(joinFreshness(a, b)).toStrictEqual(joined)
    expect(joinFreshness(b, a)).toStrictEqual(joined)
  })
})

describe('the earliest creation that satisfies', () => {
  test.each([
    ['is undefined where any time does', {}, undefined],
    ['is the since', late, '2026-11-20T00:00:00.0000000Z'],
    ['is counted back from now', week, '2026-11-15T18:00:00.0000000Z'],
    ['is the since where it is later', { ...late, ...week }, '2026-11-20T00:00:00.0000000Z'],
    ['is the rolling one where it is later', { ...early, ...week }, '2026-11-15T18:00:00.0000000Z'],
  ] as const)('%s', (_what, freshness, earliest) => {
    expect(earliestOf(freshness, NOW)).toBe(earliest)
  })
})

test.each([
  [{}, ''],
  [late, ' since 2026-11-20'],
  [{ since: at('2026-11-20T06:30:00.5Z') }, ' since 2026-11-20T06:30:00.5Z'],
  [week, ' within 7d'],
  [{ ...late, ...hours }, ' since 2026-11-20 within 12h'],
] as const)('%o is written as "%s", whatever the clock says', (freshness, text) => {
  expect(formatFreshness(freshness)).toBe(text)
})

test('what is written is read back', () => {
  const wish = fc.record<Freshness>(
    {
      since: fc.integer({ min: 0, max: 4_102_444_800_000 }).map(fromEpochMs),
      within: fc.constantFrom('90m', '7d', '12h', '2w').map(lasting),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  fc.assert(
    fc.property(wish, freshness => {
      expect(parseFreshness(`full${formatFreshness(freshness)}`)).toStrictEqual(freshness)
    }),
    RUNS,
  )
})
