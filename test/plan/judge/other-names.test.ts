import { expect, test } from 'vitest'
import { nameDiagnostics } from '../../../src/plan/judge/other-names.ts'
import { isOfSisters, writerOf } from '../../../src/plan/judge/sisters.ts'
import { foldHold } from '../../../src/posture/fold-hold.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import { HOLD_PAIRS } from '../../../src/posture/holds.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, at, lens, machineId, ownComment } from '../../support/build-core.ts'

const by = (policy: string, number = 1, over: Partial<MachineAction> = {}): MachineAction =>
  action({
    id: actionId(number),
    machineId: machineId(number),
    requestorComment: ownComment({ policy }),
    ...over,
  })
const SISTERS = new Set(['apac'])
const OURS = lens({ name: 'emea' })

test.each<[string, readonly MachineAction[], readonly string[]]>([
  ['a hold of ours is nothing to tell', [by('emea/contain')], []],
  ['a hold without a marker is nothing to tell', [action()], []],
  ['a hold of a sister is told', [by('apac/contain')], ['info held-by-sister']],
  ['a hold of another name may be ours from before', [by('west/contain')], ['warning other-configuration']],
  ['so may a hold without a name', [by('contain')], ['warning other-configuration']],
  ['a pasted marker is nobody’s', [by('west/contain', 1, { requestSource: 'Portal' })], []],
  [
    'a hold that was lifted is over',
    [
      by('west/contain'),
      action({ id: actionId(2), type: 'Unisolate', lastUpdateDateTimeUtc: at('2026-11-22T17:00:00Z') }),
    ],
    [],
  ],
  [
    'each name is told once, in order',
    [by('west/contain', 1), by('apac/contain', 2), by('west/contain', 3)],
    ['info held-by-sister', 'warning other-configuration'],
  ],
])('%s', (_rule, actions, told) => {
  const found = nameDiagnostics(indexHistory(actions), OURS, SISTERS)
  expect(found.map(({ severity, code }) => `${severity} ${code}`)).toStrictEqual(told)
})

test('a few machines are named, and all are counted', () => {
  const [told] = nameDiagnostics(
    indexHistory([1, 2, 3, 4].map(number => by('west/contain', number))),
    OURS,
    SISTERS,
  )
  expect(told?.message).toContain(
    `4 machines are held by a configuration of the name west (${[1, 2, 3].map(machineId).join(', ')}, …)`,
  )
  expect(told?.message).toContain('`formerNames: ["west"]` claims')
})

test.each<[string, readonly MachineAction[], boolean]>([
  ['by a sister alone', [by('apac/contain')], true],
  ['by a sister and somebody else', [by('apac/contain'), action({ id: actionId(2) })], false],
  ['by a sister and us', [by('apac/contain'), by('emea/contain', 2, { machineId: machineId(1) })], false],
  ['by nobody', [], false],
])('a hold %s is a sister’s business: %#', (_rule, actions, expected) => {
  const posture = foldHold(indexHistory(actions).of(machineId(1)), HOLD_PAIRS.isolated, OURS)
  expect(isOfSisters(posture, SISTERS)).toBe(expected)
})

test('an action without a marker was written by no configuration', () => {
  expect([writerOf(action()), writerOf(by('contain')), writerOf(by('emea/contain'))]).toStrictEqual([
    undefined,
    '',
    'emea',
  ])
})
