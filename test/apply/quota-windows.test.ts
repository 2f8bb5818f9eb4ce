import { describe, expect, test } from 'vitest'
import { QuotaWindows } from '../../src/apply/quota-windows.ts'
import { addMs, msBetween } from '../../src/schema/instant.ts'
import { at } from '../support/build-core.ts'

const NOW = at('2026-11-22T18:00:00Z')
const SMALL = () => ({ perMinute: 2, perHour: 3 })

function earlier(...ms: readonly number[]): { path: string; at: typeof NOW }[] {
  return ms.map(before => ({ path: 'isolate', at: addMs(NOW, -before) }))
}

describe('one more request may go', () => {
  test.each(
    Object.entries({
      'at once on an unused path': [[], 0],
      'at once while a minute has room': [earlier(1000), 0],
      'when the first of a full minute is a minute old': [earlier(1000, 20_000), 40_100],
      'when the first of a full hour is an hour old': [earlier(100_000, 200_000, 300_000), 3_300_100],
      'at once when what was sent is an hour old': [earlier(3_700_000, 3_700_000, 3_700_000), 0],
      'by the later of both windows': [earlier(1000, 2000, 3_590_000), 58_100],
      'whatever the order in which earlier ones are given': [earlier(20_000, 1000), 40_100],
    } as const),
  )('%s', (_rule, [sent, ms]) => {
    const ready = new QuotaWindows(SMALL, sent).readyAt('isolate', NOW)
    expect(msBetween(NOW, ready ?? NOW)).toBe(ms)
  })

  test('only after an answer where as many are out as the quota has', () => {
    const windows = new QuotaWindows(SMALL, [])
    windows.take('isolate')
    windows.take('isolate')
    expect(windows.readyAt('isolate', NOW)).toBeNull()
    expect(windows.readyAt('isolate', NOW, 1)).toBe(NOW)
    expect(windows.readyAt('unisolate', NOW)).toBe(NOW)
    windows.settle('isolate', NOW)
    expect(windows.readyAt('isolate', NOW)).toBe(addMs(NOW, 60_100))
    windows.giveBack('isolate')
    expect(windows.readyAt('isolate', NOW)).toBe(NOW)
  })

  test('not before a Retry-After has passed, and the longest counts', () => {
    const windows = new QuotaWindows(SMALL, [])
    windows.hold('isolate', NOW, 90_000)
    windows.hold('isolate', NOW, 5000)
    expect(windows.readyAt('isolate', NOW)).toBe(addMs(NOW, 90_000))
    expect(windows.readyAt('isolate', addMs(NOW, 90_000))).toBe(addMs(NOW, 90_000))
  })
})

test('the time for many requests is that of the slowest path', () => {
  const windows = new QuotaWindows(() => ({ perMinute: 100, perHour: 1500 }), [])
  const counts = new Map([
    ['isolate', 250],
    ['runAntiVirusScan', 10],
  ])
  expect(windows.msFor(counts, NOW)).toBe(2 * 60_100)
  expect(windows.msFor(new Map(), NOW)).toBe(0)
  expect(windows.msFor(new Map([['isolate', 1501]]), NOW)).toBe(3_600_100)
})
