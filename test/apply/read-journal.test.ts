import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import { knowsDeadHolder, submissionsOf, traceKey, tracesOf } from '../../src/apply/read-journal.ts'
import { at } from '../support/build-core.ts'

const T1 = '2026-11-22T17:00:00Z'
const T2 = '2026-11-22T17:00:05Z'
const T3 = '2026-11-22T17:00:09Z'

function intent(over: Record<string, unknown> = {}): JournalEntry {
  const common = { runId: 'r', planId: 'p', intent: 0, address: 'a', request: 0, path: 'isolate' }
  return { event: 'intent', at: T1, ...common, ...over }
}

function answer(kind: string, over: Record<string, unknown> = {}): JournalEntry {
  const common = { runId: 'r', planId: 'p', intent: 0, address: 'a', request: 0, kind, actionId: null }
  return { event: 'answer', at: T2, ...common, ...over }
}

describe('a request is remembered', () => {
  test.each(
    Object.entries({
      'as unanswered after its intent alone': [
        [intent()],
        { actionId: null, acceptedAt: null, unansweredAt: at(T1) },
      ],
      'as unanswered since its answer where that was lost': [
        [intent(), answer('unknown')],
        { actionId: null, acceptedAt: null, unansweredAt: at(T2) },
      ],
      'as accepted, with its action': [
        [intent(), answer('accepted', { actionId: 'x' })],
        { actionId: 'x', acceptedAt: at(T2), unansweredAt: null },
      ],
      'as found later': [
        [intent(), answer('unknown'), answer('found', { at: T3, actionId: 'x', intent: undefined })],
        { actionId: 'x', acceptedAt: at(T3), unansweredAt: null },
      ],
      'as not accepted after a refusal': [
        [intent(), answer('rejected')],
        { actionId: null, acceptedAt: null, unansweredAt: null },
      ],
      'as not accepted after a 429': [
        [intent(), answer('throttled')],
        { actionId: null, acceptedAt: null, unansweredAt: null },
      ],
      'as not accepted where an existing action came back': [
        [intent(), answer('existing', { actionId: 'x' })],
        { actionId: null, acceptedAt: null, unansweredAt: null },
      ],
      'as unanswered again when it was sent once more': [
        [intent(), answer('throttled'), intent({ at: T3, intent: 1 })],
        { actionId: null, acceptedAt: null, unansweredAt: at(T3) },
      ],
      'as accepted before, even where the answer has no id': [
        [intent(), answer('accepted', { actionId: 'x' }), answer('accepted', { actionId: 7 })],
        { actionId: 'x', acceptedAt: at(T2), unansweredAt: null },
      ],
      'as accepted at no time where the time is none': [
        [intent(), answer('accepted', { at: 'yesterday', actionId: 'x' })],
        { actionId: 'x', acceptedAt: null, unansweredAt: null },
      ],
      'as having no time where the time is none': [
        [intent({ at: 'yesterday' })],
        { actionId: null, acceptedAt: null, unansweredAt: null },
      ],
    } as const),
  )('%s', (_rule, [entries, trace]) => {
    expect(tracesOf(entries, { planId: 'p' }).get(traceKey('a', 0))).toStrictEqual(trace)
  })

  test('of renewals for these renewals alone: every run of renewals is of the same plan id', () => {
    const entries = [intent({ renewalsId: 'r1' }), intent({ address: 'b' })]
    const keys = (renewalsId?: string) =>
      [
        ...tracesOf(entries, renewalsId === undefined ? { planId: 'p' } : { planId: 'p', renewalsId }).keys(),
      ].sort()
    expect(keys('r1')).toStrictEqual(['0 a', '0 b'])
    expect(keys('r2')).toStrictEqual(['0 b'])
    expect(keys()).toStrictEqual(['0 b'])
  })

  test('apart for each plan, change and request, other entries aside', () => {
    const entries = [intent(), intent({ request: 1 }), intent({ address: 'b' }), intent({ planId: 'q' })]
    const other = { event: 'run-started', at: T1, planId: 'p' }
    expect([...tracesOf([...entries, other], { planId: 'p' }).keys()].sort()).toStrictEqual([
      '0 a',
      '0 b',
      '1 a',
    ])
  })
})

describe('submissions of the last hour', () => {
  const since = at('2026-11-22T16:30:00Z')

  test.each(
    Object.entries({
      'count from their intent while unanswered': [
        [intent()],
        [{ path: 'isolate', at: at(T1), actionId: null, mayExist: true }],
      ],
      'count from their answer': [
        [intent(), answer('accepted', { actionId: 'x' })],
        [{ path: 'isolate', at: at(T2), actionId: 'x', mayExist: true }],
      ],
      'count when refused': [
        [intent(), answer('rejected')],
        [{ path: 'isolate', at: at(T2), actionId: null, mayExist: false }],
      ],
      'count with an answer of an older form': [
        [intent(), answer('accepted', { actionId: undefined })],
        [{ path: 'isolate', at: at(T2), actionId: null, mayExist: true }],
      ],
      'do not count after a 429': [[intent(), answer('throttled')], []],
      'do not count when withheld': [[intent(), answer('not-sent')], []],
      'do not count before the hour': [[intent({ at: '2026-11-22T16:00:00Z' })], []],
      'do not count without a time or a path': [
        [intent({ at: 'x' }), intent({ path: 7 }), answer('accepted')],
        [],
      ],
      'count for each run by itself': [
        [intent(), intent({ runId: 's' })],
        [
          { path: 'isolate', at: at(T1), actionId: null, mayExist: true },
          { path: 'isolate', at: at(T1), actionId: null, mayExist: true },
        ],
      ],
      'count where a line holds what no run writes': [
        [intent({ runId: { toString: 7 }, intent: { valueOf: 7, toString: 7 } })],
        [{ path: 'isolate', at: at(T1), actionId: null, mayExist: true }],
      ],
      'are no other entries': [
        [intent(), { ...answer('accepted'), event: 'run-ended' }],
        [{ path: 'isolate', at: at(T1), actionId: null, mayExist: true }],
      ],
    } as const),
  )('%s', (_rule, [entries, want]) => {
    expect(submissionsOf(entries, since)).toStrictEqual(want)
  })
})

describe('the journal is that of a dead holder', () => {
  const takenOver = at('2026-11-22T17:00:30Z')

  test.each(
    Object.entries({
      'whose run did not end': [[intent()], true],
      'not where the run ended': [[intent(), { event: 'run-ended', at: T2, runId: 'r' }], false],
      'not where the run was quiet long before': [[intent({ at: '2026-11-22T16:58:00Z' })], false],
      'not where there is none': [[], false],
      'not by an entry without a time': [[intent({ at: 'x' })], false],
    } as const),
  )('%s', (_rule, [entries, want]) => {
    expect(knowsDeadHolder(entries, takenOver, 60_000)).toBe(want)
  })
})
