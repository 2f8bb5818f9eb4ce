import { expect, test } from 'vitest'
import { compareActions, compareText, indexHistory, rewindHistory } from '../../src/posture/history.ts'
import { action, actionId, at, machineId } from '../support/build-core.ts'

test('actions are found by machine, oldest update first', () => {
  const first = action({ id: actionId(2), lastUpdateDateTimeUtc: at('2026-11-01') })
  const second = action({ id: actionId(1), lastUpdateDateTimeUtc: at('2026-11-02') })
  const other = action({ id: actionId(3), machineId: machineId(2) })
  const history = indexHistory([other, second, first])
  expect(history.of(machineId(1))).toStrictEqual([first, second])
  expect(history.of(machineId(2))).toStrictEqual([other])
  expect(history.of(machineId(3))).toStrictEqual([])
  expect(history.machineIds).toStrictEqual([machineId(1), machineId(2)])
})

const pending = action({ status: 'Pending', lastUpdateDateTimeUtc: at('2026-11-01T10:00:00.1Z') })
const ended = action({ status: 'Succeeded', lastUpdateDateTimeUtc: at('2026-11-01T10:05:00Z') })

test.each(
  Object.entries({
    'of two readings of one id the later one counts': { readings: [pending, ended], want: ended },
    'an end at the same time counts before what is in flight': {
      readings: [pending, { ...pending, status: 'Cancelled' }],
      want: { ...pending, status: 'Cancelled' },
    },
    'an end is never taken back by a later time': {
      readings: [ended, { ...pending, lastUpdateDateTimeUtc: at('2026-11-01T11:00:00Z') }],
      want: ended,
    },
    'of two readings in flight the later update counts': {
      readings: [
        pending,
        { ...pending, status: 'InProgress', lastUpdateDateTimeUtc: at('2026-11-01T10:01:00Z') },
      ],
      want: { ...pending, status: 'InProgress', lastUpdateDateTimeUtc: at('2026-11-01T10:01:00Z') },
    },
    'readings that differ in nothing but text are chosen the same way in any order': {
      readings: [
        { ...ended, requestor: 'a' },
        { ...ended, requestor: 'b' },
      ],
      want: { ...ended, requestor: 'b' },
    },
    'equal readings are one': { readings: [ended, { ...ended }], want: ended },
  }),
)('%s', (_rule, { readings, want }) => {
  expect(indexHistory(readings).of(machineId(1))).toStrictEqual([want])
  expect(indexHistory([...readings].reverse()).of(machineId(1))).toStrictEqual([want])
})

test('unknown types are left alone and counted', () => {
  const history = indexHistory([
    action({ id: actionId(1), type: 'RequestSample' }),
    action({ id: actionId(2), type: 'RequestSample' }),
    action({ id: actionId(3), type: 'Contain' }),
    action({ id: actionId(4) }),
  ])
  expect([...history.unknownTypes]).toStrictEqual([
    ['Contain', 1],
    ['RequestSample', 2],
  ])
  expect(history.of(machineId(1))).toHaveLength(1)
})

test('a machine with nothing but unknown types has no history', () => {
  expect(indexHistory([action({ type: 'RequestSample' })]).machineIds).toStrictEqual([])
})

test('texts are ordered by code unit', () => {
  expect([
    compareText('a', 'b'),
    compareText('b', 'a'),
    compareText('a', 'a'),
    compareText('B', 'a'),
  ]).toStrictEqual([-1, 1, 0, -1])
})

test('actions are ordered by update, then creation, then id', () => {
  const base = action()
  expect(compareActions(base, { ...base, lastUpdateDateTimeUtc: at('2027-01-01') })).toBe(-1)
  expect(compareActions(base, { ...base, creationDateTimeUtc: at('2026-01-01') })).toBe(1)
  expect(compareActions(base, { ...base, id: actionId(2) })).toBe(-1)
  expect(compareActions(base, { ...base })).toBe(0)
})

test('what was created at the very time is known then', () => {
  const created = action({ creationDateTimeUtc: at('2026-11-01') })
  expect(rewindHistory([created], at('2026-11-01'))).toStrictEqual([created])
})

test('a rewound history knows nothing of later creations and later ends', () => {
  const early = action({
    id: actionId(1),
    lastUpdateDateTimeUtc: at('2026-11-01T10:00:00Z'),
    creationDateTimeUtc: at('2026-11-01T09:00:00Z'),
  })
  const late = action({ id: actionId(3), creationDateTimeUtc: at('2026-11-01T10:00:00.0000001Z') })
  const cancelled = action({
    id: actionId(2),
    status: 'Cancelled',
    creationDateTimeUtc: at('2026-11-01T09:00:00Z'),
    lastUpdateDateTimeUtc: at('2026-11-01T10:00:00.0000001Z'),
    cancellationComment: 'no',
    cancellationRequestor: 'ana',
    errorHResult: -2147467260,
  })
  expect(rewindHistory([early, cancelled, late], at('2026-11-01T10:00:00Z'))).toStrictEqual([
    early,
    {
      ...cancelled,
      status: 'Pending',
      lastUpdateDateTimeUtc: cancelled.creationDateTimeUtc,
      cancellationComment: null,
      cancellationRequestor: null,
      errorHResult: 0,
    },
  ])
})
