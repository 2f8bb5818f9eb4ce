import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/schema/duration.ts'

test.each([
  ['30s', 30_000],
  ['90m', 5_400_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['0s', 0],
  ['007d', 604_800_000],
])('%s is a duration', (text, ms) => expect(parseDuration(text)).toStrictEqual({ text, ms }))

test.each([
  '',
  '7',
  'd',
  '7 d',
  '-7d',
  '1.5h',
  '7D',
  '7days',
  '1h30m',
  '1h30',
  '1M',
  '1,5h',
  'P7D',
  '-P7D',
  '1234567890s',
  ' 7d',
  '7d\n',
  '0x7d',
])('`%s` is no duration', text => expect(parseDuration(text)).toBeUndefined())

test.each([
  [0, '0s'],
  [-5000, '0s'],
  [1, '1s'],
  [7000, '7s'],
  [60_000, '1m'],
  [61_001, '1m 2s'],
  [3_600_000, '1h'],
  [266_400_000, '3d 2h'],
  [266_461_000, '3d 2h'],
  [86_400_000 + 5000, '1d 5s'],
])('%i ms are written for people in at most two units, rounded up', (ms, want) =>
  expect(formatDuration(ms)).toBe(want),
)
