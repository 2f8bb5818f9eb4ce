import { expect, test } from 'vitest'
import { estimateOf, quotaSeconds } from '../../../src/plan/assemble/estimate.ts'
import type { Change, PlannedRequest } from '../../../src/plan/document/document.ts'
import { ACTION_METHODS, CANCEL_QUOTA } from '../../../src/posture/methods.ts'
import { actionId } from '../../support/build-core.ts'
import { change } from '../../support/build-plan.ts'

const LIVE_RESPONSE = ACTION_METHODS.find(({ type }) => type === 'LiveResponse')?.quota ?? CANCEL_QUOTA

test.each([
  [0, 0],
  [1, 1],
  [11, 7],
  [100, 60],
  [1500, 900],
  [1501, 3601],
  [3000, 4500],
  [5000, 11_100],
])('%i requests to one path take %i s', (count, seconds) => {
  expect(quotaSeconds(count, CANCEL_QUOTA)).toBe(seconds)
})

test('live responses take their own, slower quota', () => {
  expect(quotaSeconds(25, LIVE_RESPONSE)).toBe(150)
})

const isolate: PlannedRequest = { type: 'Isolate', body: { Comment: 'x' } }
const live: PlannedRequest = { type: 'LiveResponse', body: { Comment: 'x' } }
const cancel: PlannedRequest = { type: 'Cancel', actionId: actionId(1), body: { Comment: 'x' } }
const times = (count: number, request: PlannedRequest): readonly Change[] =>
  Array.from({ length: count }, () => change({ requests: [request] }))

const QUOTA = { perMinute: 100, perHour: 1500 }

test('nothing to send takes no time', () => {
  expect(estimateOf([])).toStrictEqual({ requests: 0, submitSeconds: 0, quota: QUOTA })
})

test('paths have quotas of their own: the longest counts', () => {
  const changes = [...times(50, isolate), ...times(10, live)]
  expect(estimateOf(changes)).toStrictEqual({ requests: 60, submitSeconds: 60, quota: QUOTA })
})

test('every request of a chain and every cancel counts', () => {
  const chain = change({ requests: [cancel, { type: 'Unisolate', body: { Comment: 'x' } }, isolate] })
  expect(estimateOf([chain, chain])).toStrictEqual({ requests: 6, submitSeconds: 2, quota: QUOTA })
  expect(estimateOf(times(200, cancel)).submitSeconds).toBe(120)
})
