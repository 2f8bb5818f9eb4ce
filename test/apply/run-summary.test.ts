import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import { hasFailed, isUnfinished, summarizeRuns } from '../../src/apply/run-summary.ts'

const T1 = '2026-11-22T17:00:00Z'
const T2 = '2026-11-22T17:00:05Z'

type Over = Readonly<Record<string, unknown>>

const entry = (event: string, over: Over = {}): JournalEntry => ({
  event,
  at: T1,
  runId: 'r',
  planId: 'p',
  ...over,
})
const started = entry('run-started', { changes: 3, process: { pid: 7 } })
const intent = (address: string): JournalEntry => entry('intent', { address })
const answer = (address: string, kind: string): JournalEntry => entry('answer', { address, kind })
const ended = (outcomes: Over, over: Over = {}): JournalEntry =>
  entry('run-ended', { at: T2, exit: { code: 6, name: 'pending' }, outcomes, ...over })
const nextRun = { runId: 'r2', at: T2 }

function only(...entries: readonly JournalEntry[]) {
  const [run] = summarizeRuns([started, ...entries])
  if (run === undefined) throw new Error('no run')
  return run
}

describe('a change stands', () => {
  test.each(
    Object.entries({
      'nowhere before its intent': [[], undefined],
      'as sending after its intent': [[intent('a')], 'sending'],
      'in flight once it was accepted': [[intent('a'), answer('a', 'accepted')], 'in-flight'],
      'in flight once it was found': [
        [intent('a'), answer('a', 'unknown'), answer('a', 'found')],
        'in-flight',
      ],
      'as sending while nobody knows': [[intent('a'), answer('a', 'unknown')], 'sending'],
      'as sending while what was there before is looked at': [
        [intent('a'), answer('a', 'existing')],
        'sending',
      ],
      'nowhere after a 429': [[intent('a'), answer('a', 'throttled')], undefined],
      'as failed once the service refused it': [[intent('a'), answer('a', 'rejected')], 'failed'],
      'in flight where an earlier action is awaited': [
        [entry('progress', { inFlight: ['a'], ended: {} })],
        'in-flight',
      ],
      'with its outcome once that was told': [
        [intent('a'), entry('progress', { inFlight: [], ended: { a: 'succeeded' } })],
        'succeeded',
      ],
      'with the outcome of the end, which has the last word': [
        [entry('progress', { ended: { a: 'succeeded' } }), ended({ a: 'failed' })],
        'failed',
      ],
      'nowhere where an entry of another version is met': [
        [entry('something-new', { address: 'a' })],
        undefined,
      ],
    } as const satisfies Readonly<Record<string, readonly [readonly JournalEntry[], string | undefined]>>),
  )('%s', (_rule, [entries, state]) => {
    expect(only(...entries).states.get('a')).toBe(state)
  })
})

test('a run has its beginning, its size, its process, its last entry and its end', () => {
  expect(only()).toMatchObject({ startedAt: T1, lastAt: T1, items: 3, process: { pid: 7 }, end: null })
  expect(only(ended({}))).toMatchObject({ lastAt: T2, end: { at: T2, code: 6, name: 'pending' } })
  expect(only(entry('run-ended')).end).toStrictEqual({ at: T1, code: 1, name: 'error' })
  expect(summarizeRuns([entry('intent', { address: 'a', runId: 7 })])[0]).toMatchObject({
    runId: '',
    items: 0,
  })
})

test('what was accepted or is awaited counts as submitted, and nothing else', () => {
  const run = only(
    ...['a', 'b', 'c'].map(intent),
    answer('a', 'accepted'),
    answer('b', 'rejected'),
    entry('progress', { inFlight: ['d'] }),
  )
  expect([...run.submitted]).toStrictEqual(['a', 'd'])
})

test('the time until which quota holds submitting back is the last that was told', () => {
  expect(only().heldUntil).toBeNull()
  expect(only(entry('held', { until: T1 }), entry('held', { until: T2 })).heldUntil).toBe(T2)
})

test('the wave is the one that was opened last, until a stop rule ended it', () => {
  const inWaves = (...waves: readonly number[]) => ({ ...started, waves })
  const waveOf = (...entries: readonly JournalEntry[]) => summarizeRuns(entries)[0]?.wave
  const opened = entry('wave-opened', { wave: 2, of: 3, machines: 12 })
  const stopped = entry('wave-stopped', { wave: 2, of: 3, rule: 'failed', machines: 3, limit: 3 })
  const second = { number: 2, of: 3, machines: 12, stopped: false }
  expect(waveOf(started)).toBeNull()
  expect(waveOf(inWaves(9))).toBeNull()
  expect(waveOf(inWaves(1, 12, 107))).toStrictEqual({ number: 1, of: 3, machines: 1, stopped: false })
  expect(waveOf(inWaves(1, 12, 107), opened)).toStrictEqual(second)
  expect(waveOf(inWaves(1, 12, 107), opened, stopped)).toStrictEqual({ ...second, stopped: true })
  expect(waveOf(inWaves(9), stopped)).toBeNull()
  expect(waveOf({ ...started, waves: ['many', {}] })?.machines).toBe(0)
})

test('a run begins with what the one before it of the same plan left, and leaves that one as it was', () => {
  const runs = summarizeRuns([
    started,
    intent('a'),
    answer('a', 'accepted'),
    ended({ a: 'pending', b: 'not-attempted', c: 'failed' }),
    entry('run-started', { ...nextRun, changes: 3 }),
    entry('progress', { ...nextRun, ended: { a: 'adopted' } }),
    entry('run-started', { ...nextRun, runId: 'other', planId: 'q' }),
  ])
  expect(runs.map(({ states }) => Object.fromEntries(states))).toStrictEqual([
    { a: 'pending', b: 'not-attempted', c: 'failed' },
    { a: 'adopted', c: 'failed' },
    {},
  ])
  expect(runs.map(({ submitted }) => submitted.size)).toStrictEqual([1, 1, 0])
})

test('what a run left in flight is in flight for the next one until it says otherwise', () => {
  const runs = summarizeRuns([started, ended({ a: 'pending' }), entry('run-started', nextRun)])
  expect(runs.map(({ states }) => states.get('a'))).toStrictEqual(['pending', 'in-flight'])
})

describe('a run is', () => {
  const laterEnd = (outcome: string): readonly JournalEntry[] => [
    entry('run-started', { ...nextRun, planId: 'q' }),
    ended({ a: outcome }, { ...nextRun, planId: 'q' }),
  ]
  test.each(
    Object.entries({
      'unfinished without an end': [[intent('a')], ['a'], true],
      'unfinished without an end or anything else': [[], undefined, true],
      'unfinished where something was left open': [[ended({ a: 'not-attempted' })], ['a'], true],
      'finished where all came to an end, good or bad': [
        [ended({ a: 'succeeded', b: 'failed' })],
        ['a', 'b'],
        false,
      ],
      'finished where a later run brought about what it had left': [
        [ended({ a: 'pending' }), ...laterEnd('adopted')],
        ['a'],
        false,
      ],
      'finished without an end where a later run brought all of it about': [
        [intent('a'), ...laterEnd('unchanged')],
        ['a'],
        false,
      ],
      'finished likewise where its plan is gone and all that was sent came about': [
        [intent('a'), ...laterEnd('unchanged')],
        undefined,
        false,
      ],
      'unfinished where a later run brought about some of it': [
        [intent('a'), ...laterEnd('succeeded')],
        ['a', 'b'],
        true,
      ],
      'unfinished where a later run did no better': [
        [ended({ a: 'pending' }), ...laterEnd('failed')],
        ['a'],
        true,
      ],
      'unfinished while the later run has not ended': [
        [intent('a'), entry('progress', { ...nextRun, planId: 'q', ended: { a: 'succeeded' } })],
        ['a'],
        true,
      ],
    } as const satisfies Readonly<
      Record<string, readonly [readonly JournalEntry[], readonly string[] | undefined, boolean]>
    >),
  )('%s', (_rule, [entries, addresses, want]) => {
    const [run, ...later] = summarizeRuns([started, ...entries])
    expect(run && isUnfinished(run, addresses, later)).toBe(want)
  })
})

test('what no run writes into a journal counts for nothing', () => {
  const evil = { toString: 7, valueOf: 7 }
  const run = only(
    entry('run-started', { changes: evil, runId: 'r' }),
    entry('intent', { address: evil }),
    entry('progress', { inFlight: [evil, 'a'], ended: { b: evil, c: 'succeeded' } }),
    ended({ d: evil }, { exit: { code: evil, name: evil } }),
  )
  expect(run.items).toBe(0)
  expect([...run.states]).toStrictEqual([
    ['', 'sending'],
    ['a', 'in-flight'],
    ['c', 'succeeded'],
  ])
  expect(run.end).toStrictEqual({ at: T2, code: 1, name: 'error' })
})

test('what is sent again stands nowhere until it is, and was not submitted', () => {
  const retries = [{ address: 'a', request: 0, actionIds: ['x'] }]
  const run = only(
    intent('a'),
    answer('a', 'accepted'),
    entry('progress', { ended: { a: 'failed' } }),
    entry('retry', { retries }),
  )
  expect([run.states.get('a'), run.submitted.size]).toStrictEqual([undefined, 0])
})

describe('of a run something failed that may be sent again', () => {
  const later = (outcome: string): readonly JournalEntry[] => [
    ended({ a: outcome }, { ...nextRun, planId: 'q' }),
  ]
  test.each<readonly [rule: string, entries: readonly JournalEntry[], want: boolean]>([
    ['where an outcome is failed', [ended({ a: 'failed' })], true],
    ['where an outcome is timed-out', [ended({ a: 'timed-out' })], true],
    ['where an outcome is cancelled', [ended({ a: 'cancelled' })], true],
    [
      'but not where it is refused, pending or good',
      [ended({ a: 'refused', b: 'pending', c: 'adopted' })],
      false,
    ],
    ['but not where a later run brought it about', [ended({ a: 'failed' }), ...later('unchanged')], false],
    ['also where a later run failed as well', [ended({ a: 'failed' }), ...later('failed')], true],
  ])('%s', (_rule, entries, want) => {
    const [run, ...rest] = summarizeRuns([started, ...entries])
    expect(run && hasFailed(run, rest)).toBe(want)
  })
})
