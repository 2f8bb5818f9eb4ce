import { expect, test } from 'vitest'
import { action, actionId, at, machineId, ownComment, placed, policy } from '../../support/build-core.ts'
import { type Given, linesOf, planOf } from '../../support/plan-of.ts'

const SCAN = { requestorComment: ownComment(), type: 'RunAntiVirusScan', scope: 'Quick' }
const cancelled = action({
  ...SCAN,
  status: 'Cancelled',
  cancellationRequestor: 'anna@contoso.com',
  cancellationComment: 'no',
  creationDateTimeUtc: at('2026-11-22T16:00:00Z'),
})
const done = action({ ...SCAN, id: actionId(2), creationDateTimeUtc: at('2026-11-22T15:00:00Z') })
const state = { scanned: placed({ scan: 'quick' as const, since: at('2026-11-22') }) }

test.each<readonly [string, Given, readonly string[]]>([
  [
    'a run that somebody cancelled is not sent again',
    { policies: [policy({ state })], observed: { actions: [cancelled] } },
    ['! m1/scanned cancelled-by-other'],
  ],
  [
    'unless its policy reasserts',
    { policies: [policy({ state, reassert: true })], observed: { actions: [cancelled] } },
    ['m1/scanned run never->quick since 2026-11-22 (not-run)'],
  ],
  [
    'or it is asked for by hand, with a reason',
    {
      policies: [policy({ state })],
      observed: { actions: [done, cancelled] },
      options: { resubmit: [machineId(1)], reason: 'the report is lost' },
    },
    ['m1/scanned run quick 2026-11-22T15:00:00Z->quick since 2026-11-22 (resubmitted)'],
  ],
])('%s', (_rule, given, lines) => {
  expect(linesOf(planOf(given))).toStrictEqual(lines)
})

test('a reason that no flag asked for is in no comment', () => {
  const [change] = planOf({ policies: [policy({ state })], options: { reason: 'x' } }).changes
  expect(change?.requests[0]?.body.Comment).toBe(policy().reason)
})
