import { expect, test } from 'vitest'
import { awaitedOutcome, type CancelRefusal, cancelOutcome, countOutcomes } from '../../src/apply/ad-hoc.ts'
import type { Outcome } from '../../src/apply/result.ts'
import { action } from '../support/build-core.ts'

test.each([
  ['Succeeded', 'succeeded', false],
  ['Failed', 'failed', true],
  ['TimeOut', 'timed-out', true],
  ['Cancelled', 'cancelled', true],
  ['Pending', 'pending', false],
  ['Dispatched', 'pending', false],
])('an awaited action that is %s is %s', (status, outcome, hasDetail) => {
  const awaited = awaitedOutcome(action({ status }), 'a.contoso.com')
  expect(awaited).toMatchObject({ outcome, status, dnsName: 'a.contoso.com', type: 'Isolate' })
  expect(awaited.detail !== null).toBe(hasDetail)
})

const REFUSED: CancelRefusal = { outcome: 'failed', code: 'BadRequest', message: 'no' }

test.each<[string, string, boolean, CancelRefusal | undefined, Outcome, string | null]>([
  ['became Cancelled', 'Cancelled', false, undefined, 'succeeded', null],
  ['was Cancelled before', 'Cancelled', true, undefined, 'unchanged', null],
  ['became Failed', 'Failed', false, undefined, 'succeeded', null],
  ['was given up before', 'TimeOut', true, undefined, 'unchanged', null],
  ['took effect all the same', 'Succeeded', false, undefined, 'failed', 'took-effect'],
  ['had taken effect before', 'Succeeded', true, undefined, 'failed', 'took-effect'],
  ['has not ended', 'Pending', false, undefined, 'pending', null],
  ['was refused and goes on', 'InProgress', false, REFUSED, 'failed', 'BadRequest'],
  ['was refused because it had ended', 'Cancelled', false, REFUSED, 'succeeded', null],
])('a cancelled action that %s', (_rule, status, wasOver, refusal, outcome, code) => {
  expect(cancelOutcome(action({ status }), null, wasOver, refusal)).toMatchObject({ outcome, code, status })
})

test('outcomes are counted', () => {
  expect(countOutcomes([{ outcome: 'failed' }, { outcome: 'pending' }, { outcome: 'failed' }])).toStrictEqual(
    {
      failed: 2,
      pending: 1,
    },
  )
})
