import { expect, test } from 'vitest'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { type ActionSelector, selectActions, selectStuck } from '../../src/posture/select-actions.ts'
import { action, actionId, at, machineId, ownComment } from '../support/build-core.ts'

const T1 = at('2026-11-22T10:00:00Z')
const T2 = at('2026-11-22T11:00:00Z')
const ONE: Partial<MachineAction> = { creationDateTimeUtc: T2, requestor: 'maria@contoso.com' }

test.each<[string, ActionSelector, boolean]>([
  ['nothing chosen is everything', {}, true],
  ['type, whatever its case', { types: ['Offboard', 'isolate'] }, true],
  ['another type', { types: ['Unisolate'] }, false],
  ['a type is compared whole', { types: ['Iso'] }, false],
  ['status', { statuses: ['Succeeded'] }, true],
  ['another status', { statuses: ['Pending'] }, false],
  ['machine', { machineIds: [machineId(1)] }, true],
  ['another machine', { machineIds: [machineId(2)] }, false],
  ['requestor, whatever its case', { requestors: ['MARIA@contoso.com'] }, true],
  ['another requestor', { requestors: ['maria'] }, false],
  ['own', { ownership: 'own' }, false],
  ['foreign', { ownership: 'foreign' }, true],
  ['since its creation', { since: T2 }, true],
  ['since later', { since: at('2026-11-22T11:00:01Z') }, false],
  ['until its creation', { until: T2 }, true],
  ['until earlier', { until: T1 }, false],
  ['all that is given must hold', { types: ['Isolate'], statuses: ['Failed'] }, false],
])('%s', (_rule, selector, want) => {
  expect(selectActions([action(ONE)], selector, undefined)).toHaveLength(want ? 1 : 0)
})

test('nothing chosen is everything, own actions as well', () => {
  const own = action({ requestorComment: ownComment() })
  expect(selectActions([own], {}, undefined)).toStrictEqual([own])
})

test('an action without a requestor is not matched by one', () => {
  expect(selectActions([action({ requestor: null })], { requestors: ['x'] }, undefined)).toStrictEqual([])
})

test('the newest comes first, each id once', () => {
  const rows = [1, 2, 3, 2].map(number =>
    action({ id: actionId(number), creationDateTimeUtc: number === 3 ? T2 : T1 }),
  )
  expect(selectActions(rows, {}, undefined).map(({ id }) => id)).toStrictEqual([3, 1, 2].map(actionId))
})

test('stuck is own, in flight and old', () => {
  const own = { requestorComment: ownComment(), status: 'Pending', creationDateTimeUtc: T1 }
  const rows = [
    action({ ...own, id: actionId(1) }),
    action({ ...own, id: actionId(2), creationDateTimeUtc: T2 }),
    action({ ...own, id: actionId(3), status: 'Succeeded' }),
    action({ ...own, id: actionId(4), requestorComment: 'mine' }),
  ]
  expect(selectStuck(rows, T1, undefined).map(({ id }) => id)).toStrictEqual([actionId(1)])
})
