import { describe, expect, test } from 'vitest'
import { renderProgress } from '../../../src/report/terminal/render-progress.ts'
import { at, ENDED, progress, progressItem, SENT } from '../sample-progress.ts'

const STYLE = { color: false, width: 80 }

test('a frame shows counts, limits, a bar and every open machine with its state and age', () => {
  const items = [
    progressItem(1, ENDED),
    progressItem(2),
    progressItem(3, SENT),
    progressItem(4, { state: 'sending' }),
    progressItem(5, { ...SENT, status: null }),
  ]
  const limits = { deadline: at('18:35:00'), heldUntil: at('18:06:00'), submitMsLeft: 300_000 }
  expect(renderProgress(progress(items, { ...limits, now: at('18:05:00') }), STYLE)).toBe(
    `Awaiting the ends: 1 queued, 1 sending, 2 in flight; 1 succeeded
  the quota makes what is left take about 5m
  submission is held back until 2026-11-22 18:06Z (1m left)
  waiting until 2026-11-22 18:35Z (30m left)
[####................] 1 of 5 ended
= fin-ws-4.contoso.com  Isolate  sending
= fin-ws-3.contoso.com  Isolate  Pending, 1m
= fin-ws-5.contoso.com  Isolate  sent, 1m
  fin-ws-2.contoso.com  Isolate  queued`,
  )
})

test('many open machines collapse into a count, within twenty lines', () => {
  const items = Array.from({ length: 50 }, (_, index) => progressItem(index, SENT))
  const lines = renderProgress(progress(items), STYLE).split('\n')
  expect(lines).toHaveLength(20)
  expect(lines.at(-1)).toBe('  ... and 33 more')
})

test('as many as just fit are all shown', () => {
  const items = Array.from({ length: 3 }, (_, index) => progressItem(index, SENT))
  expect(renderProgress(progress(items), { ...STYLE, rows: 5 })).not.toContain('more')
  expect(renderProgress(progress(items), { ...STYLE, rows: 4 })).toContain('... and 2 more')
})

test('a frame without room for machines still shows the counts', () => {
  const items = [progressItem(1, SENT)]
  expect(renderProgress(progress(items), { ...STYLE, rows: 2 })).toBe(
    'Awaiting the ends: 1 in flight\n[....................] 0 of 1 ended',
  )
})

test('a long name is cut, so that a machine takes one line', () => {
  const frame = progress([progressItem(1, { ...SENT, dnsName: 'n'.repeat(100) })])
  expect(renderProgress(frame, { color: false, width: 50 }).split('\n').at(-1)).toBe(
    `= ${'n'.repeat(21)}..  Isolate  Pending, 1m 1s`,
  )
})

test('a machine without a name is called by its id, a list facet by its key', () => {
  const item = progressItem(1, { dnsName: null, type: 'LiveResponse', address: 'abc/liveResponse/triage' })
  expect(renderProgress(progress([item]), STYLE)).toContain('\n  abc  LiveResponse triage  queued')
})

test('nothing to do is a full bar', () => {
  expect(renderProgress(progress([], { phase: 'done' }), STYLE)).toBe(
    'Ended\n[####################] 0 of 0 ended',
  )
})

test('the bar uses blocks where the terminal has them', () => {
  const items = [progressItem(1, ENDED), progressItem(2)]
  expect(renderProgress(progress(items), { ...STYLE, unicode: true })).toContain(
    '[██████████░░░░░░░░░░] 1 of 2 ended',
  )
})

describe('limits that are over', () => {
  test('a hold that has ended is not shown', () => {
    expect(renderProgress(progress([], { heldUntil: at('18:05:00') }), STYLE)).not.toContain('held back')
  })

  test('a deadline that has passed has nothing left', () => {
    expect(renderProgress(progress([], { deadline: at('18:04:00') }), STYLE)).toContain('(0s left)')
  })

  test('an answer stamped after now has no age', () => {
    const item = progressItem(1, { ...SENT, submittedAt: at('18:06:00') })
    expect(renderProgress(progress([item]), STYLE)).toContain('Pending, 0s')
  })
})

test('what a signal left pending has not ended', () => {
  const items = [1, 2].map(number => progressItem(number, { ...SENT, state: 'ended', outcome: 'pending' }))
  expect(renderProgress(progress(items, { phase: 'done' }), STYLE)).toContain('] 0 of 2 ended')
})
