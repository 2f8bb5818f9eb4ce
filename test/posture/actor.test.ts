import { expect, test } from 'vitest'
import { actorOf } from '../../src/posture/actor.ts'
import { action, ownComment } from '../support/build-core.ts'

test.each(
  Object.entries({
    'a marker through the API is our own': { over: { requestorComment: ownComment() }, want: 'own' },
    'a marker pasted into the portal is a person': {
      over: { requestorComment: ownComment(), requestSource: 'Portal' },
      want: 'analyst',
    },
    'the portal is a person whatever the requestor says': {
      over: { requestSource: 'Portal', requestor: null },
      want: 'analyst',
    },
    'a user principal name through the API is a person': {
      over: { requestor: 'ana@contoso.com' },
      want: 'analyst',
    },
    'a user principal name with more behind it is an application': {
      over: { requestor: 'ana@contoso.com (nightly)' },
      want: 'application',
    },
    'a display name with a tenant in brackets is an application': {
      over: { requestor: 'Sweeper (contoso@onmicrosoft.com)' },
      want: 'application',
    },
    'a client id through the API is an application': {
      over: { requestor: '65265db5-9a2f-4e0b-8b1f-0f7b0b7d2c11' },
      want: 'application',
    },
    'another channel is unknown': {
      over: { requestSource: 'AttackDisruption', requestor: null },
      want: 'unknown',
    },
    'no channel is unknown': { over: { requestSource: null }, want: 'unknown' },
  }),
)('%s', (_rule, { over, want }) => {
  expect(actorOf(action(over), undefined)).toBe(want)
})

test('a marker of another configuration is not ours', () => {
  const theirs = action({ requestorComment: ownComment({ policy: 'soc-us/contain' }) })
  expect(actorOf(theirs, 'soc-emea')).toBe('application')
  expect(actorOf(theirs, 'soc-us')).toBe('own')
})
