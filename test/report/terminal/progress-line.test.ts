import { expect, test } from 'vitest'
import { progressLine } from '../../../src/report/terminal/progress-line.ts'
import { at, ENDED, progress, progressItem, SENT } from '../sample-progress.ts'

const ONE = progress([progressItem(1, SENT), progressItem(2)])

test('the first frame tells the phase, its limits and what is on its way, not what is queued', () => {
  expect(progressLine(null, { ...ONE, phase: 'submitting', submitMsLeft: 60_000 })).toStrictEqual([
    '2026-11-22T18:05:00Z submitting; the quota makes what is left take about 1m',
    '2026-11-22T18:05:00Z fin-ws-1.contoso.com isolated: Isolate Pending',
  ])
})

test('nothing new is no line', () => expect(progressLine(ONE, ONE)).toStrictEqual([]))

test.each(
  Object.entries({
    'an end tells its outcome': [ENDED, 'Isolate succeeded'],
    'an end without an outcome is an end': [{ ...ENDED, outcome: null }, 'Isolate ended'],
    'a new status is told': [{ ...SENT, status: 'InProgress' }, 'Isolate InProgress'],
    'an answer without a status is told as sent': [{ ...SENT, status: null }, 'Isolate sent'],
    'the next request of a chain is told': [{ state: 'sending', type: 'Unisolate' }, 'Unisolate sending'],
  } as const),
)('%s', (_rule, [change, want]) => {
  const next = progress([progressItem(1, change), progressItem(2)])
  expect(progressLine(ONE, next)).toStrictEqual([
    `2026-11-22T18:05:00Z fin-ws-1.contoso.com isolated: ${want}`,
  ])
})

test('many changes are told as counts', () => {
  const items = Array.from({ length: 11 }, (_, index) => progressItem(index, ENDED))
  expect(progressLine(ONE, progress(items))).toStrictEqual(['2026-11-22T18:05:00Z 11 succeeded'])
})

test('ten changes are told one by one', () => {
  const items = Array.from({ length: 10 }, (_, index) => progressItem(100 + index, ENDED))
  expect(progressLine(ONE, progress(items))).toHaveLength(10)
})

test('a quota that begins to hold submission back is told once', () => {
  const held = { ...ONE, heldUntil: at('18:06:00') }
  expect(progressLine(ONE, held)).toStrictEqual([
    '2026-11-22T18:05:00Z submission is held back until 2026-11-22 18:06Z',
  ])
  expect(progressLine(held, held)).toStrictEqual([])
  expect(progressLine(ONE, { ...ONE, heldUntil: at('18:05:00') })).toStrictEqual([])
})

test('a machine without a name is called by its id', () => {
  const next = progress([progressItem(1, { ...SENT, dnsName: null, address: 'abc/isolated' })])
  expect(progressLine(ONE, next)).toStrictEqual(['2026-11-22T18:05:00Z abc isolated: Isolate Pending'])
})
