import { expect, test } from 'vitest'
import { writeActionRow } from '../../src/emulator/action-row.ts'
import { manualClock, realClock } from '../../src/emulator/clock.ts'
import { createWorld } from '../../src/emulator/create-world.ts'
import { createOccurrence } from '../../src/emulator/occurrence.ts'
import { createRandom } from '../../src/emulator/random.ts'
import { httpDate } from '../../src/emulator/reply.ts'
import { Schedule } from '../../src/emulator/schedule.ts'
import { parseScenarioTime, parseSpan } from '../../src/emulator/span.ts'
import { addTicks, createStamper, instantAt } from '../../src/emulator/stamp.ts'
import { toWireAction } from '../../src/emulator/stored-action.ts'
import { START } from './drive.ts'
import { randomScenario } from './random-scenario.ts'

test.each([
  ['66s', 66_000],
  ['1.7s', 1700],
  ['250ms', 250],
  ['3d14m', 3 * 86_400_000 + 14 * 60_000],
  ['1h 30m', 5_400_000],
  ['2w', 1_209_600_000],
  ['-10m', -600_000],
  ['+2h', 7_200_000],
  [42, 42],
  ['', undefined],
  ['5', undefined],
  ['5 minutes', undefined],
  ['1h-', undefined],
  [Number.POSITIVE_INFINITY, undefined],
])('the length of time %o is %o ms', (span, ms) => {
  expect(parseSpan(span)).toBe(ms)
})

test.each([
  ['2026-11-20T10:00:00.1234567Z', '2026-11-20T10:00:00.1234567Z'],
  ['-1h', '2026-11-22T17:00:00.0000000Z'],
  ['+2h', '2026-11-22T20:00:00.0000000Z'],
  ['2h', undefined],
  ['yesterday', undefined],
])('the time %s is %s', (text, instant) => {
  expect(parseScenarioTime(text, Date.parse(START))).toBe(instant)
})

test('a real clock runs as fast as it is told, a manual one by hand', async () => {
  const [slow, fast, manual] = [realClock(), realClock(100_000), manualClock(5)]
  const [slowStart, fastStart] = [slow.nowMs(), fast.nowMs()]
  await new Promise(resolve => setTimeout(resolve, 10))
  expect(slow.nowMs() - slowStart).toBeLessThan(10_000)
  expect(fast.nowMs() - fastStart).toBeGreaterThan(500_000)
  expect(Math.abs(slowStart - Date.now())).toBeLessThan(10_000)
  manual.advance(7)
  expect(manual.nowMs()).toBe(12)
})

test('equal seeds give equal numbers, other seeds others', () => {
  const [one, same, other] = [createRandom(7), createRandom(7), createRandom(8)]
  expect(one.guid()).toBe(same.guid())
  expect(one.hex(10)).toBe(same.hex(10))
  expect(one.guid()).not.toBe(other.guid())
  expect(one.guid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(one.hex(3)).toHaveLength(3)
  const numbers = Array.from({ length: 1000 }, () => one.below(10))
  expect(new Set(numbers).size).toBe(10)
  expect(Math.max(...numbers)).toBe(9)
})

test.each([
  ['all', {}, '1111111111'],
  ['one', { nth: 3 }, '0010000000'],
  ['some', { nth: [1, 4] }, '1001000000'],
  ['the first ones', { first: 2 }, '1100000000'],
  ['every third', { every: 3 }, '0010010010'],
  ['every second of the first four', { every: 2, first: 4 }, '0101000000'],
  ['none by chance', { probability: 0 }, '0000000000'],
  ['all by chance', { probability: 1 }, '1111111111'],
])('a rule can apply to %s', (_which, occurrence, expected) => {
  const applies = createOccurrence(occurrence, 1)
  expect(Array.from({ length: 10 }, () => Number(applies())).join('')).toBe(expected)
})

test('a chance of one in ten applies to about one in ten', () => {
  const applies = createOccurrence({ probability: 0.1 }, 3)
  const count = Array.from({ length: 2000 }, () => Number(applies())).reduce((sum, one) => sum + one)
  expect(count).toBeGreaterThan(140)
  expect(count).toBeLessThan(260)
})

test('a schedule runs what is due, in order of time, then of planning', () => {
  const schedule = new Schedule()
  const ran: string[] = []
  for (const [atMs, name] of [
    [5, 'e'],
    [1, 'a'],
    [3, 'c'],
    [3, 'd'],
    [9, 'x'],
    [2, 'b'],
  ] as const)
    schedule.at(atMs, due => ran.push(`${name}${due}`))
  schedule.at(4, () => schedule.at(4, due => ran.push(`nested${due}`)))
  schedule.advance(0)
  expect(ran).toStrictEqual([])
  schedule.advance(5)
  expect(ran).toStrictEqual(['a1', 'b2', 'c3', 'd3', 'nested4', 'e5'])
  schedule.advance(100)
  expect(ran.at(-1)).toBe('x9')
})

test('stamps carry ticks across milliseconds and never repeat', () => {
  expect(instantAt(Date.parse(START), 10_001)).toBe('2026-11-22T18:00:00.0010001Z')
  expect(addTicks(instantAt(Date.parse(START), 0), -1)).toBe('2026-11-22T17:59:59.9999999Z')
  const stamper = createStamper(createRandom(1))
  const stamps = Array.from({ length: 100 }, () => stamper.stamp(Date.parse(START)))
  expect(stamps).toStrictEqual([...new Set(stamps)].toSorted())
})

test('dates of headers', () => {
  expect(httpDate(Date.parse('2026-01-01T00:00:00Z'))).toBe('Thu, 01 Jan 2026 00:00:00 GMT')
  expect(httpDate(Date.parse('2024-02-29T23:59:59.9Z'))).toBe(
    new Date('2024-02-29T23:59:59.9Z').toUTCString(),
  )
})

test('a row is what JSON.stringify gives for the action', () => {
  const startMs = Date.parse(START)
  const strange = '"quoted" \\ \u2028 \u0007 ünïcode 🧨'
  const { world } = createWorld(
    {
      ...randomScenario(5, 10, 300),
      actions: [
        ...(randomScenario(5, 10, 300).actions ?? []),
        {
          type: 'LiveResponse',
          machineId: 'x',
          title: strange,
          requestorComment: strange,
          troubleshootInfo: strange,
          creationDateTimeUtc: '2026-11-01T00:00:00Z',
          lastUpdateDateTimeUtc: '2026-11-01T00:01:00.10Z',
          relatedFileInfo: { fileIdentifier: strange, fileIdentifierType: 'Sha1' },
          commands: [{ type: 'GetFile', params: [{ key: 'Path', value: strange }] }],
        },
      ],
    },
    startMs,
    () => startMs,
    1,
  )
  for (const record of world.actions.all())
    expect(writeActionRow(record, { Failed: strange }, 'lastUpdateDateTimeUtc')).toBe(
      JSON.stringify(toWireAction(record, { Failed: strange })),
    )
})
