import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addMs,
  displayInstant,
  formatInstant,
  fromEpochMs,
  type Instant,
  isInstant,
  msBetween,
  nextTick,
  parseInstant,
  toEpochMs,
} from '../../src/schema/instant.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('instant', 100)

function instant(text: string): Instant {
  const parsed = parseInstant(text)
  if (parsed === undefined) throw new Error(`no instant: ${text}`)
  return parsed
}

const epochMs = fc.integer({ min: Date.UTC(1600, 0, 1), max: Date.UTC(2400, 0, 1) })

describe('parseInstant', () => {
  test.each(
    Object.entries({
      'a bare date is midnight in UTC': ['2026-11-20', '2026-11-20T00:00:00.0000000Z'],
      'seconds may be left out': ['2026-11-20T10:05Z', '2026-11-20T10:05:00.0000000Z'],
      'a blank and small letters are taken': ['2026-11-20 10:05:06z', '2026-11-20T10:05:06.0000000Z'],
      'a small t is taken': ['2026-11-20t10:05:06z', '2026-11-20T10:05:06.0000000Z'],
      'dropped zeros of the fraction come back': [
        '2026-11-20T10:00:00.154974Z',
        '2026-11-20T10:00:00.1549740Z',
      ],
      'seven digits are kept': ['2026-11-20T10:00:00.1234567Z', '2026-11-20T10:00:00.1234567Z'],
      'digits beyond 100 ns are cut': ['2026-11-20T10:00:00.123456789Z', '2026-11-20T10:00:00.1234567Z'],
      'an eastern offset is earlier in UTC': ['2026-11-20T01:00:00+02:00', '2026-11-19T23:00:00.0000000Z'],
      'a western offset without colon is later in UTC': [
        '2026-12-31T23:00:00-0530',
        '2027-01-01T04:30:00.0000000Z',
      ],
      'a leap day exists in a leap year': ['2028-02-29', '2028-02-29T00:00:00.0000000Z'],
      'the leap day of a year that 400 divides exists': ['2000-02-29', '2000-02-29T00:00:00.0000000Z'],
      'the earliest time that can be written': ['0000-01-01', '0000-01-01T00:00:00.0000000Z'],
      'the latest time that can be written': ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.9999999Z'],
    }),
  )('%s', (_rule, [text = '', want]) => expect(parseInstant(text)).toBe(want))

  test.each(
    Object.entries({
      'a time without offset': '2026-11-20T10:00:00',
      'an offset without time': '2026-11-20Z',
      'a day that does not exist': '2026-02-30',
      'a leap day outside a leap year': '2027-02-29',
      'a leap day in a century': '1900-02-29',
      'month 0': '2026-00-10',
      'month 13': '2026-13-10',
      'day 0': '2026-11-00',
      'hour 24': '2026-11-20T24:00Z',
      'minute 60': '2026-11-20T10:60Z',
      'a leap second': '2026-11-20T23:59:60Z',
      'an offset beyond 14 hours': '2026-11-20T10:00+15:00',
      'an offset of hours alone': '2026-11-20T10:00:00+01',
      'an offset with 60 minutes': '2026-11-20T10:00+01:60',
      'a time before the year 0000 in UTC': '0000-01-01T00:00+01:00',
      'a time after the year 9999 in UTC': '9999-12-31T23:59-01:00',
      'ten digits of fraction': '2026-11-20T10:00:00.1234567890Z',
      'text around it': ' 2026-11-20',
      'another order': '20.11.2026',
      nothing: '',
    }),
  )('%s is no instant', (_rule, text) => expect(parseInstant(text)).toBeUndefined())

  test('agrees with the platform on every millisecond', () => {
    fc.assert(
      fc.property(epochMs, ms => {
        const iso = new Date(ms).toISOString()
        expect(parseInstant(iso)).toBe(iso.replace('Z', '0000Z'))
      }),
      RUNS,
    )
  })
})

describe('instants', () => {
  test('are canonical text and milliseconds at once', () => {
    fc.assert(
      fc.property(epochMs, ms => {
        const text = fromEpochMs(ms)
        expect(isInstant(text)).toBe(true)
        expect(toEpochMs(text)).toBe(ms)
        expect(text.slice(0, 23)).toBe(new Date(ms).toISOString().slice(0, 23))
      }),
      RUNS,
    )
  })

  test('compare as text in the order of time', () => {
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        expect(fromEpochMs(a) < fromEpochMs(b)).toBe(a < b)
      }),
      RUNS,
    )
  })

  test('keep the digits below the millisecond when moved', () => {
    expect(addMs(instant('2026-11-20T10:00:00.1234567Z'), 90_000)).toBe('2026-11-20T10:01:30.1234567Z')
  })

  test('move back by a negative time, fractions of a millisecond cut downwards', () => {
    expect(addMs(instant('2026-03-01'), -0.5)).toBe('2026-02-28T23:59:59.9990000Z')
  })

  test('never leave the years that can be written', () => {
    expect(addMs(instant('2026-11-20'), 1e18)).toBe('9999-12-31T23:59:59.9990000Z')
    expect(addMs(instant('2026-11-20'), -1e18)).toBe('0000-01-01T00:00:00.0000000Z')
  })

  test('are apart by what was added', () => {
    fc.assert(
      fc.property(epochMs, fc.integer({ min: -1e11, max: 1e11 }), (ms, apart) => {
        expect(msBetween(fromEpochMs(ms), addMs(fromEpochMs(ms), apart))).toBe(apart)
      }),
      RUNS,
    )
  })

  test.each(['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.123456Z', '2026-1-20T10:00:00.1234567Z', ''])(
    '%s is not canonical',
    text => expect(isInstant(text)).toBe(false),
  )
})

describe('an instant is written', () => {
  test.each([
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z'],
    ['2026-11-20T10:00:00.150Z', '2026-11-20T10:00:00.15Z'],
    ['2026-11-20T10:00:00.0000001Z', '2026-11-20T10:00:00.0000001Z'],
    ['2026-11-20T10:00:50Z', '2026-11-20T10:00:50Z'],
    ['2026-11-20', '2026-11-20T00:00:00Z'],
  ])('for documents without trailing zeros: %s', (text, want) => {
    expect(formatInstant(instant(text))).toBe(want)
    expect(parseInstant(want)).toBe(instant(text))
  })

  test.each([
    ['2026-12-01T06:00:59Z', '2026-12-01 06:00Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01'],
    ['2026-12-01T00:00:00.0000001Z', '2026-12-01 00:00Z'],
  ])('for people to the minute, a midnight as the date: %s', (text, want) =>
    expect(displayInstant(instant(text))).toBe(want),
  )
})

test.each([
  ['2026-11-20T10:00:00.1234567Z', '2026-11-20T10:00:00.1234568Z'],
  ['2026-11-20T10:00:00.9999999Z', '2026-11-20T10:00:01.0000000Z'],
])('the next tick after %s is %s', (before, after) => {
  expect(nextTick(parseInstant(before) as Instant)).toBe(after)
})
