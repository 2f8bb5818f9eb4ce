import { expect, test } from 'vitest'
import { foldHold, type HoldPosture, holdBasis } from '../../src/posture/fold-hold.ts'
import { indexHistory } from '../../src/posture/history.ts'
import { HOLD_PAIRS } from '../../src/posture/holds.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { action, actionId, at, lens, machineId, ownComment } from '../support/build-core.ts'

function fold(actions: readonly MachineAction[], name?: string): HoldPosture {
  return foldHold(indexHistory(actions).of(machineId(1)), HOLD_PAIRS.isolated, lens({ name }))
}

/** Action `id`, created at minute `created` and last updated at minute `updated` of one hour. */
function moved(
  id: number,
  created: number,
  updated: number,
  over: Partial<MachineAction> = {},
): MachineAction {
  const minute = (n: number) => at(`2026-11-22T10:${String(n).padStart(2, '0')}:00Z`)
  return action({
    id: actionId(id),
    creationDateTimeUtc: minute(created),
    lastUpdateDateTimeUtc: minute(updated),
    ...over,
  })
}

const isolate = (id: number, created: number, updated: number, over: Partial<MachineAction> = {}) =>
  moved(id, created, updated, { scope: 'Full', ...over })
const unisolate = (id: number, created: number, updated: number, over: Partial<MachineAction> = {}) =>
  moved(id, created, updated, { type: 'Unisolate', ...over })

test.each(
  Object.entries({
    'no action leaves no hold': { actions: [], level: 'none', by: null },
    'a succeeded isolation holds': { actions: [isolate(1, 0, 1)], level: 'full', by: 1 },
    'a succeeded release ends it': { actions: [isolate(1, 0, 1), unisolate(2, 2, 3)], level: 'none', by: 2 },
    'an isolation that completes after the release that followed it holds': {
      actions: [isolate(1, 0, 9), unisolate(2, 2, 3)],
      level: 'full',
      by: 1,
    },
    'with equal updates the later creation decides': {
      actions: [unisolate(2, 2, 5), isolate(1, 3, 5)],
      level: 'full',
      by: 1,
    },
    'with equal times the greater id decides': {
      actions: [unisolate(2, 2, 5), isolate(1, 2, 5)],
      level: 'none',
      by: 2,
    },
    'TimeOut changes nothing': {
      actions: [isolate(1, 0, 1), unisolate(2, 2, 3, { status: 'TimeOut' })],
      level: 'full',
      by: 1,
    },
    'Failed changes nothing': {
      actions: [isolate(1, 0, 1), unisolate(2, 2, 3, { status: 'Failed' })],
      level: 'full',
      by: 1,
    },
    'Cancelled changes nothing': {
      actions: [isolate(1, 0, 1), unisolate(2, 2, 3, { status: 'Cancelled' })],
      level: 'full',
      by: 1,
    },
    'Pending changes nothing yet': {
      actions: [isolate(1, 0, 1), unisolate(2, 2, 3, { status: 'Pending' })],
      level: 'full',
      by: 1,
    },
    'a status never seen before changes nothing yet': {
      actions: [isolate(1, 0, 1), unisolate(2, 2, 3, { status: 'Dispatched' })],
      level: 'full',
      by: 1,
    },
    'the other pair is another facet': {
      actions: [isolate(1, 0, 1), moved(2, 2, 3, { type: 'UnrestrictCodeExecution' })],
      level: 'full',
      by: 1,
    },
    'a succeeded isolation without a scope is unknown': {
      actions: [isolate(1, 0, 1, { scope: null })],
      level: 'unknown',
      by: 1,
    },
  }),
)('%s', (_rule, { actions, level, by }) => {
  const posture = fold(actions)
  expect(posture.level).toBe(level)
  expect(posture.decidedBy?.action.id ?? null).toBe(by === null ? null : actionId(by))
})

test('updates a hundred nanoseconds apart are ordered', () => {
  const earlier = action({
    id: actionId(2),
    lastUpdateDateTimeUtc: at('2026-11-22T10:00:00.1234567Z'),
  })
  const later = action({
    id: actionId(1),
    type: 'Unisolate',
    lastUpdateDateTimeUtc: at('2026-11-22T10:00:00.1234568Z'),
  })
  expect(fold([later, earlier]).level).toBe('none')
  const trimmed = { ...later, lastUpdateDateTimeUtc: at('2026-11-22T10:00:00.12345Z') }
  expect(fold([trimmed, earlier]).level).toBe('full')
})

test('imposes are those since the last succeeded lift, and the hold began with the first of them', () => {
  const posture = fold([isolate(1, 0, 1), unisolate(2, 2, 3), isolate(3, 4, 6), isolate(4, 5, 7)])
  expect(posture.imposes.map(one => one.action.id)).toStrictEqual([actionId(3), actionId(4)])
  expect(posture.began).toBe(at('2026-11-22T10:04:00Z'))
  expect(posture.succeeded).toHaveLength(4)
})

test('nothing that holds began nowhere', () => {
  expect(fold([isolate(1, 0, 1), unisolate(2, 2, 3)]).began).toBeNull()
})

test('what is in flight has a direction, a level and an owner', () => {
  const posture = fold([
    isolate(1, 0, 1, { status: 'Pending', scope: 'Selective', requestorComment: ownComment() }),
    unisolate(2, 0, 2, { status: 'InProgress' }),
    unisolate(3, 0, 3, { status: 'Dispatched' }),
  ])
  expect(posture.inFlight.map(({ direction, level, own }) => [direction, level, own])).toStrictEqual([
    ['impose', 'selective', true],
    ['lift', 'none', false],
    ['lift', 'none', false],
  ])
  expect(posture.level).toBe('none')
})

test('ownership follows the configuration’s name', () => {
  const ours = isolate(1, 0, 1, { requestorComment: ownComment({ policy: 'soc-emea/contain' }) })
  expect(fold([ours], 'soc-emea').decidedBy?.own).toBe(true)
  expect(fold([ours]).decidedBy?.own).toBe(false)
})

test('a decision rests on the latest success and every later end, not on what came before or is in flight', () => {
  const posture = fold([
    isolate(9, 0, 1, { status: 'Failed' }),
    isolate(8, 2, 3),
    unisolate(7, 4, 5, { status: 'TimeOut' }),
    unisolate(6, 6, 7, { status: 'Cancelled' }),
    isolate(5, 8, 9, { status: 'Pending' }),
  ])
  expect(holdBasis(posture)).toStrictEqual([actionId(6), actionId(7), actionId(8)])
  expect(posture.endedSince.map(one => one.action.id)).toStrictEqual([actionId(7), actionId(6)])
})

test('without a success a decision rests on the ends alone', () => {
  expect(holdBasis(fold([isolate(1, 0, 1, { status: 'Failed' })]))).toStrictEqual([actionId(1)])
})
