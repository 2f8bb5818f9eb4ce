import { expect, test } from 'vitest'
import { exitsOf, isGood, isOpen, isOutcome, OUTCOME_MEANINGS, OUTCOMES } from '../../src/apply/outcomes.ts'
import type { Outcome } from '../../src/apply/result.ts'

/** Verdict, exit, whether it counts against its wave, whether it is tried again. */
const WANTED: Readonly<Record<Outcome, readonly [string, string, boolean, boolean]>> = {
  succeeded: ['good', 'ok', false, false],
  adopted: ['good', 'ok', false, false],
  unchanged: ['good', 'ok', false, false],
  failed: ['wrong', 'partial', true, true],
  'timed-out': ['wrong', 'partial', true, true],
  cancelled: ['wrong', 'partial', true, true],
  refused: ['wrong', 'partial', false, false],
  pending: ['open', 'pending', false, false],
  uncertain: ['open', 'pending', true, false],
  'not-attempted': ['open', 'pending', false, false],
}

test.each(Object.entries(WANTED) as [Outcome, (typeof WANTED)[Outcome]][])('%s is %s', (outcome, want) => {
  const { verdict, exit, failsWave, isRetried } = OUTCOME_MEANINGS[outcome]
  expect([verdict, exit, failsWave, isRetried]).toStrictEqual(want)
  expect([isGood(outcome), isOpen(outcome)]).toStrictEqual([verdict === 'good', verdict === 'open'])
  expect([...exitsOf([outcome])]).toStrictEqual([exit])
})

test('they are told in this order, the good ones first, then what went wrong, then what is open', () => {
  expect(OUTCOMES).toStrictEqual(Object.keys(WANTED))
})

test('what another version wrote is none of them', () => {
  expect(['succeeded', 'x', 'toString', 7, null, undefined].map(isOutcome)).toStrictEqual([
    ...[true, false, false, false, false, false],
  ])
})
