import { expect, test } from 'vitest'
import { HOLD_PAIRS } from '../../src/posture/holds.ts'
import { methodOf } from '../../src/posture/methods.ts'
import { action } from '../support/build-core.ts'

test.each([
  ['Full', 'full'],
  ['full', 'full'],
  ['Selective', 'selective'],
  ['UnManagedDevice', 'unmanaged'],
  [null, 'unknown'],
  ['Partial', 'unknown'],
])('an isolation of scope %s is %s', (scope, level) => {
  expect(HOLD_PAIRS.isolated.levelOf(action({ scope }))).toBe(level)
})

test('a restriction has one level', () => {
  expect(HOLD_PAIRS.restricted.levelOf(action({ type: 'RestrictCodeExecution' }))).toBe('restricted')
})

test('each pair is the two methods of its facet in the table of methods', () => {
  for (const { name, impose, lift } of Object.values(HOLD_PAIRS)) {
    expect([methodOf(impose)?.facet, methodOf(impose)?.effect]).toStrictEqual([name, 'impose'])
    expect([methodOf(lift)?.facet, methodOf(lift)?.effect]).toStrictEqual([name, 'lift'])
  }
})
