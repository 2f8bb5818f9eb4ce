import { expect, test } from 'vitest'
import { endingSentence } from '../../../src/report/words/ending-words.ts'
import { renderPlanSummary } from '../../../src/report/words/render-plan-summary.ts'
import { holdWords } from '../../../src/report/words/timeline-words.ts'
import { change, plan } from '../../support/build-plan.ts'

const UNTIL = '2026-11-29T18:00:00Z'

test('a plan says until when the isolations that it sends hold, the earliest first', () => {
  expect(endingSentence(plan([change()]))).toBe('')
  expect(endingSentence(plan([change({ until: UNTIL })]))).toMatch(
    /^It is isolated until 2026-11-29 18:00Z at the/,
  )
  expect(endingSentence(plan([change({ until: '2026-11-30T18:00:00Z' }), change({ until: UNTIL })]))).toMatch(
    /^The 2 machines are isolated until 2026-11-29 18:00Z at the earliest/,
  )
})

test('renewals are counted apart, where there are any', () => {
  const none = plan([])
  expect(renderPlanSummary(none)).toContain('1 to impose, 0 to change')
  const some = plan([], { summary: { ...none.summary, renew: 2 } })
  expect(renderPlanSummary(some)).toContain('1 to impose, 2 to renew, 0 to change')
})

test('a timeline says how a hold ended, and when it will', () => {
  const by = [
    { class: 'own', requestor: 'Holdfast', policy: 'contain', actionId: 'a', at: '2026-11-22T10:00:00Z' },
  ] as const
  const from = '2026-11-22T10:00:00Z'
  const hold = { level: 'full', from, by, endedBy: null } as const
  const begin = 'full from 2026-11-22 10:00Z by Holdfast, policy contain, until '
  expect(holdWords({ ...hold, to: null })).toBe(`${begin}now`)
  expect(holdWords({ ...hold, to: null, until: UNTIL })).toBe(
    `${begin}now, and ends by itself 2026-11-29 18:00Z`,
  )
  expect(holdWords({ ...hold, to: UNTIL, lapsed: true })).toBe(
    `${begin}2026-11-29 18:00Z, when it ended by itself`,
  )
  const [ours] = by
  expect(holdWords({ ...hold, to: UNTIL, endedBy: ours })).toBe(
    `${begin}2026-11-29 18:00Z by Holdfast, policy contain`,
  )
})
