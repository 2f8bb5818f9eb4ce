import { expect, test } from 'vitest'
import { attribute, attributeCancel } from '../../../src/plan/judge/attribution.ts'
import { action, actionId, at } from '../../support/build-core.ts'

test('an action is told by requestor, channel, time and id', () => {
  const one = action({
    requestor: 'ana@contoso.com',
    requestSource: 'Portal',
    lastUpdateDateTimeUtc: at('2026-11-22T16:01:00.1234567Z'),
  })
  expect(attribute(one)).toBe(
    `ana@contoso.com through Portal at 2026-11-22T16:01:00.1234567Z (action ${actionId(1)})`,
  )
})

test('what the service does not tell is said to be unknown', () => {
  expect(attribute(action({ requestor: null, requestSource: null }))).toBe(
    `an unknown requestor at 2026-11-22T16:01:00Z (action ${actionId(1)})`,
  )
  expect(attributeCancel(action())).toBe(
    `an unknown requestor at 2026-11-22T16:01:00Z (action ${actionId(1)})`,
  )
})

test('a cancel is told by who cancelled, not by who asked', () => {
  expect(attributeCancel(action({ cancellationRequestor: 'bob' }))).toBe(
    `bob at 2026-11-22T16:01:00Z (action ${actionId(1)})`,
  )
})
