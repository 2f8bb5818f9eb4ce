import { expect, test } from 'vitest'
import { classifyAcceptance } from '../../src/apply/classify-answer.ts'
import { formatMarker } from '../../src/posture/marker.ts'
import { action, at } from '../support/build-core.ts'

const KEY = { plan: '0a1b2c3d', change: '4e5f6a7b' }
const MARKER = formatMarker({ policy: 'contain', ...KEY })
const SENT = `INC-4211 ransomware ${MARKER}`
const INTENT = at('2026-11-22T18:00:10Z')
const AFTER = '2026-11-22T18:00:10.2Z'
const JUST_BEFORE = '2026-11-22T18:00:09Z'
const BEFORE = '2026-11-22T18:00:05Z'

test.each(
  Object.entries({
    'our marker after the intent is our own': [SENT, AFTER, 'PublicApi', 'own'],
    'our marker just before the intent is our own: clocks differ': [SENT, JUST_BEFORE, 'PublicApi', 'own'],
    'our marker well before the intent was there before': [SENT, BEFORE, 'PublicApi', 'existing'],
    'the marker of another change was there before': [
      `x ${formatMarker({ policy: 'contain', plan: KEY.plan, change: '00000000' })}`,
      AFTER,
      'PublicApi',
      'existing',
    ],
    'a comment without marker, created well before, was there before': [
      null,
      BEFORE,
      'PublicApi',
      'existing',
    ],
    'an action of the portal was there before': ['whatever', AFTER, 'Portal', 'existing'],
    'somebody else’s comment just before the intent was there before': [
      'Contained by SOAR',
      JUST_BEFORE,
      'PublicApi',
      'existing',
    ],
    'no comment just before the intent is our marker lost': [null, JUST_BEFORE, 'PublicApi', 'marker-lost'],
    'an empty comment is our marker lost': [' ', JUST_BEFORE, 'PublicApi', 'marker-lost'],
    'the beginning of our comment is our marker lost': [
      'INC-4211 ransomware',
      JUST_BEFORE,
      'PublicApi',
      'marker-lost',
    ],
    'a marker with something behind it is our marker lost': [
      `(api) ${MARKER}.`,
      JUST_BEFORE,
      'PublicApi',
      'marker-lost',
    ],
    'another comment on what was created after the intent is our marker lost': [
      'Action by Customer App',
      AFTER,
      'PublicApi',
      'marker-lost',
    ],
  } as const),
)('%s', (_rule, [requestorComment, created, requestSource, want]) => {
  const answered = action({ requestorComment, requestSource, creationDateTimeUtc: at(created) })
  expect(classifyAcceptance(answered, SENT, KEY, INTENT)).toBe(want)
})
