import { expect, test } from 'vitest'
import { action, isolated, policy } from '../../support/build-core.ts'
import { planOf } from '../../support/plan-of.ts'

/** The comment of the release of a hold that somebody else imposed. */
function commentFor(reason: string): string | undefined {
  const options = { reassert: ['policy:contain'], reason }
  const plan = planOf({
    policies: [policy({ state: isolated('none') })],
    observed: { actions: [action()] },
    options,
  })
  return plan.changes[0]?.requests[0]?.body.Comment
}

test('the reason of an override follows that of the policy', () => {
  expect(commentFor('agreed with anna')).toBe('INC-1; agreed with anna')
})

test('and is not said twice where it is the same', () => {
  expect(commentFor('INC-1')).toBe('INC-1')
})
