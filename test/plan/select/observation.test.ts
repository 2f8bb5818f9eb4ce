import { expect, test } from 'vitest'
import { shortenHistory } from '../../../src/plan/select/observation.ts'
import { action, at, observation } from '../../support/build-core.ts'

test('a shorter look-back has only what was created in it; a longer one stays what was read', () => {
  const days = (day: number): ReturnType<typeof at> => at(`2026-11-${day}T00:00:00Z`)
  const actions = [action({ creationDateTimeUtc: days(12) }), action({ creationDateTimeUtc: days(20) })]
  const read = observation({ actions, historyFrom: days(10) })
  expect(shortenHistory(read, days(20))).toStrictEqual({
    ...read,
    historyFrom: days(20),
    actions: [actions[1]],
  })
  expect(shortenHistory(read, days(10))).toBe(read)
})
