import { expect, test } from 'vitest'
import { foldRun, runBasis } from '../../src/posture/fold-run.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { action, actionId } from '../support/build-core.ts'

const scan = (id: number, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(id), type: 'RunAntiVirusScan', scope: 'Quick', ...over })

test('successes, later ends and what is in flight are kept apart', () => {
  const history = [
    scan(1, { status: 'Failed' }),
    scan(2),
    scan(3, { status: 'TimeOut' }),
    scan(4, { status: 'Pending' }),
    action({ id: actionId(5) }),
  ]
  const posture = foldRun(history, 'RunAntiVirusScan', () => true)
  expect(posture).toStrictEqual({ succeeded: [history[1]], endedSince: [history[2]], inFlight: [history[3]] })
  expect(runBasis(posture)).toStrictEqual([actionId(2), actionId(3)])
})

test('what is about something else counts only while it is in flight', () => {
  const history = [scan(1), scan(2, { status: 'Failed' }), scan(3, { status: 'Dispatched' })]
  const posture = foldRun(history, 'RunAntiVirusScan', () => false)
  expect(posture).toStrictEqual({ succeeded: [], endedSince: [], inFlight: [history[2]] })
  expect(runBasis(posture)).toStrictEqual([])
})

test('the basis is sorted, whatever the order of ends', () => {
  const history = [scan(3), scan(1, { status: 'Failed' }), scan(2, { status: 'TimeOut' })]
  expect(runBasis(foldRun(history, 'RunAntiVirusScan', () => true))).toStrictEqual([1, 2, 3].map(actionId))
})

test('the basis holds the latest success only', () => {
  const history = [scan(1), scan(2)]
  expect(runBasis(foldRun(history, 'RunAntiVirusScan', () => true))).toStrictEqual([actionId(2)])
})
