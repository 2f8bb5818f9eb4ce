import { expect, test } from 'vitest'
import { isTagged, planTags, type TagAction } from '../../../src/analysis/by-hand/plan-tags.ts'
import { machine, machineId } from '../../support/build-core.ts'

const tagged = (number: number, ...machineTags: readonly string[]): ReturnType<typeof machine> =>
  machine({ id: machineId(number), machineTags })
const NONE = tagged(1, 'other')
const SAME = tagged(2, 'INC-1')
const OTHER_CASE = tagged(3, 'inc-1')
const BOTH = tagged(4, 'INC-1', 'inc-1')

test.each<[TagAction, string, ReturnType<typeof machine>, readonly string[]]>([
  ['Add', 'a machine without it', NONE, ['INC-1']],
  ['Add', 'a machine that has it', SAME, []],
  ['Add', 'a machine that has it in another case', OTHER_CASE, []],
  ['Remove', 'a machine without it', NONE, []],
  ['Remove', 'a machine that has it', SAME, ['INC-1']],
  ['Remove', 'a machine that has it in another case, as that one has it', OTHER_CASE, ['inc-1']],
  ['Remove', 'a machine that has it twice', BOTH, ['INC-1', 'inc-1']],
])('%s: %s', (action, _rule, one, sent) => {
  const { changes, unchanged } = planTags(action, 'INC-1', [one])
  expect(changes.map(({ tag }) => tag)).toStrictEqual(sent)
  expect(unchanged).toStrictEqual(sent.length === 0 ? [one] : [])
})

test('machines of one spelling are sent together', () => {
  const more = tagged(5)
  expect(planTags('Add', 'T', [NONE, more]).changes).toStrictEqual([{ tag: 'T', machines: [NONE, more] }])
})

test('a machine is as wanted when selectors match it, or match it no more', () => {
  expect(isTagged('Add', 'INC-1', OTHER_CASE)).toBe(true)
  expect(isTagged('Remove', 'INC-1', OTHER_CASE)).toBe(false)
  expect(isTagged('Remove', 'INC-1', NONE)).toBe(true)
})
