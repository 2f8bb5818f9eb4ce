import { describe, expect, test } from 'vitest'
import { configuration } from '../support/build-core.ts'
import { type Happening, INTERVAL_MS, play, type Scene, type Seen } from './lapse-scene.ts'
import type { Nature } from './tenant.ts'

/** 1,000 machines over 30 days at night, 50 over 9 days else. */
const IS_NIGHT = Number(process.env['PROPERTY_RUNS'] ?? 0) >= 10_000
const [MACHINES, DAYS] = IS_NIGHT ? [1000, 30] : [50, 9]

const EVERYTHING: readonly Happening[] = [
  'nothing',
  'nothing',
  'released',
  'played',
  'isolated',
  'away',
  'offboarded',
]

function scene(nature: Nature, happenings: readonly Happening[], over: Scene['over'] = {}): Promise<Seen> {
  return play({ machines: MACHINES, days: DAYS, seed: 7, nature, over, happenings })
}

/** Nothing that must never be, whatever the service does. */
const NEVER = { silences: [], overruled: [], renewedAgain: [] }

describe.each([
  ['without reports', false],
  ['with reports that lag', true],
] as const)('a fleet declared isolated over days, looked at every five minutes, %s', (_how, reports) => {
  test.each([
    ['as its own', { lapses: 'written' }],
    ['without a requestor', { lapses: 'unnamed' }],
    ['not at all', { lapses: 'silent' }],
  ] as const)('where the service writes a lapse down %s', async (_as, nature) => {
    const seen = await scene({ ...nature, reports }, ['nothing'])
    expect(seen).toMatchObject(NEVER)
    expect(seen.lapses).toBeGreaterThanOrEqual(MACHINES)
    // At most one isolation for each lapse, none while the hold stands, and nothing open for longer than a look takes.
    expect(seen.early).toBe(0)
    expect(seen.sent - MACHINES).toBeLessThanOrEqual(seen.lapses)
    expect(seen.longestOpenMs).toBeLessThanOrEqual(INTERVAL_MS + 60_000)
  })

  test.each([
    ['as its own', { lapses: 'written' }],
    ['not at all', { lapses: 'silent' }],
    ['as its own, an hour late', { lapses: 'written', lateMs: 3_600_000 }],
  ] as const)(
    'and people, playbooks, offline days and offboarding come between; written %s',
    async (_as, nature) => {
      const seen = await scene({ ...nature, reports }, EVERYTHING)
      expect(seen).toMatchObject(NEVER)
      expect(seen.lapses).toBeGreaterThan(MACHINES / 4)
    },
  )

  test('where `extends` is wrong nobody is overruled, and what nobody touched is closed in time', async () => {
    const { effects } = configuration()
    const over = { effects: { ...effects, isolated: { ...effects.isolated, extends: true } } }
    const seen = await scene({ lapses: 'silent', reports }, ['nothing', 'isolated'], over)
    expect(seen).toMatchObject({ overruled: [], renewedAgain: [] })
    expect(seen.longestOpenMs).toBeLessThanOrEqual(INTERVAL_MS + 60_000)
  })
})

test('a device that a script frees is told as soon as it reports, and is never renewed', async () => {
  const seen = await scene({ lapses: 'silent', reports: true }, ['nothing', 'freed'])
  expect(seen).toMatchObject(NEVER)
})
