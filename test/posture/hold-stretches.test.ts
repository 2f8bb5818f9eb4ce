import { expect, test } from 'vitest'
import { foldHold } from '../../src/posture/fold-hold.ts'
import { indexHistory } from '../../src/posture/history.ts'
import { levelStretches } from '../../src/posture/hold-stretches.ts'
import { HOLD_PAIRS } from '../../src/posture/holds.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import { action, actionId, at, lens, machineId, STAYS } from '../support/build-core.ts'

/** The stretches of actions a day apart: level, how many imposes, and the number of the action that ended it. */
function stretches(...list: readonly Partial<MachineAction>[]): readonly string[] {
  const actions = list.map((over, index) =>
    action({ id: actionId(index + 1), creationDateTimeUtc: at(`2026-11-0${index + 1}`), ...over }),
  )
  const posture = foldHold(
    indexHistory(actions).of(machineId(1)),
    HOLD_PAIRS.isolated,
    lens({ effect: STAYS }),
  )
  return levelStretches(posture.stretches).map(
    ({ level, imposes, end }) =>
      `${level} ${imposes.map(({ id }) => id.at(-1)).join('')} ${end?.id.at(-1) ?? '-'}`,
  )
}

const OFF = { type: 'Unisolate' } as const
const SELECTIVE = { scope: 'Selective' } as const

test.each(
  Object.entries({
    'nothing makes none': [[], []],
    'a hold goes on until it is lifted': [[{}, OFF], ['full 1 2']],
    'a hold that was not lifted has no end': [[{}], ['full 1 -']],
    'the same level joins': [[{}, {}], ['full 12 -']],
    'another level begins another one': [
      [{}, SELECTIVE, OFF],
      ['full 1 2', 'selective 2 3'],
    ],
    'a lift alone makes none': [[OFF, OFF, {}], ['full 3 -']],
    'only what succeeded counts': [[{}, { ...OFF, status: 'Failed' }], ['full 1 -']],
  } as const),
)('%s', (_rule, [list, want]) => {
  expect(stretches(...list)).toStrictEqual(want)
})
