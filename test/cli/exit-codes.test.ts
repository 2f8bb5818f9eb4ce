import { expect, test } from 'vitest'
import type { ExitName } from '../../src/apply/result.ts'
import { EXIT_CODES, worstExit } from '../../src/cli/exit-codes.ts'

const ORDER: readonly ExitName[] = [
  'error',
  'stale',
  'refused',
  'locked',
  'partial',
  'pending',
  'differences',
]

test('nothing to say is 0', () => {
  expect(worstExit([])).toBe(0)
  expect(worstExit(['ok'])).toBe(0)
})

test.each(ORDER.map((name, index) => [name, ORDER.slice(index)] as const))(
  '%s stands before what follows it in 1, 3, 4, 7, 5, 6, 2',
  (name, rest) => {
    expect(worstExit([...rest].reverse())).toBe(EXIT_CODES[name])
  },
)

test('the codes are those of the contract', () => {
  expect(ORDER.map(name => EXIT_CODES[name])).toStrictEqual([1, 3, 4, 7, 5, 6, 2])
})
