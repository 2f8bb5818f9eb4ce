import { expect, test } from 'vitest'
import { findLastPlan } from '../../../src/analysis/undo/last-plan.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, at, machineId } from '../../support/build-core.ts'

function of(plan: string, index: number, over: Partial<MachineAction> = {}): MachineAction {
  return action({
    id: actionId(index),
    creationDateTimeUtc: at(`2026-11-22T10:0${index}:00Z`),
    requestorComment: `x [holdfast policy=contain plan=${plan} change=4e5f6a7b]`,
    requestSource: 'PublicApi',
    ...over,
  })
}

const ONE = '1'.repeat(8)
const TWO = '2'.repeat(8)

test.each<readonly [string, readonly MachineAction[], string | undefined]>([
  ['the newest action names it, in whatever order they come', [of(TWO, 2), of(ONE, 3), of(TWO, 1)], ONE],
  ['a release is the last plan like any other', [of(ONE, 1), of(TWO, 2, { type: 'Unisolate' })], TWO],
  ['what was asked by hand is of no plan', [of(ONE, 1), of('0'.repeat(8), 2)], ONE],
  ['somebody who pasted our marker is not us', [of(ONE, 1), of(TWO, 2, { requestSource: 'Portal' })], ONE],
  ['a comment without a marker is of no plan', [of(ONE, 1, { requestorComment: 'x' })], undefined],
  ['without a history there is none', [], undefined],
])('the last plan: %s', (_rule, actions, want) => {
  expect(findLastPlan(actions, undefined)?.plan).toBe(want)
})

test('it is told by what it did, on how many machines, for which policies and when', () => {
  const other = {
    requestorComment: `x [holdfast policy=scan plan=${ONE} change=4e5f6a7b]`,
    type: 'RunAntiVirusScan',
  }
  const two = [of(ONE, 1), of(ONE, 2, { machineId: machineId(2) }), of(ONE, 3, other)]
  expect(findLastPlan(two, undefined)?.words).toBe(
    `the last plan of ours is ${ONE}: 2 Isolate, 1 RunAntiVirusScan on 2 machines, for contain, scan, the newest at 2026-11-22 10:03Z.`,
  )
  expect(findLastPlan([of(ONE, 1)], undefined)?.words).toContain('1 Isolate on 1 machine, for contain,')
})
