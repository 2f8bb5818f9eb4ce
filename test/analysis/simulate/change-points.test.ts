import { expect, test } from 'vitest'
import { changePoints, thinOut } from '../../../src/analysis/simulate/change-points.ts'
import { indexMachines, resolvePolicies } from '../../../src/plan/select/resolve.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Instant } from '../../../src/schema/instant.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  action,
  at,
  configuration,
  lasting,
  machine,
  NOW,
  observation,
  placed,
  policy,
  STAYS,
} from '../../support/build-core.ts'

const SPAN = { from: at('2026-11-01'), to: at('2026-11-11') }

function points(
  policies: readonly Policy[],
  actions: readonly MachineAction[] = [],
  machines: readonly Machine[] = [machine()],
  effects = configuration().effects,
) {
  const { matches } = resolvePolicies(policies, indexMachines(machines), NOW)
  return changePoints(observation({ machines, actions }), matches, SPAN, effects).map(time =>
    time.slice(8, 16),
  )
}

const SCAN = action({ type: 'RunAntiVirusScan', creationDateTimeUtc: at('2026-11-03') })
const ROLLING = policy({ state: { scanned: placed({ scan: 'quick' as const, within: lasting('2d') }) } })

test.each(
  Object.entries({
    'both ends are moments': [points([]), ['01T00:00', '11T00:00']],
    'an action that is created, and one that ends': [
      points(
        [policy()],
        [action({ creationDateTimeUtc: at('2026-11-03'), lastUpdateDateTimeUtc: at('2026-11-04') })],
      ),
      ['01T00:00', '03T00:00', '04T00:00', '11T00:00'],
    ],
    'an action in flight has no end': [
      points(
        [policy()],
        [
          action({
            status: 'Pending',
            creationDateTimeUtc: at('2026-11-03'),
            lastUpdateDateTimeUtc: at('2026-11-04'),
          }),
        ],
      ),
      ['01T00:00', '03T00:00', '11T00:00'],
    ],
    'an isolation ends by itself, is renewed for a day, and is free for long after a week': [
      points([policy()], [action({ creationDateTimeUtc: at('2026-10-26') })]),
      ['01T00:00', '02T00:00', '03T00:00', '09T00:00', '11T00:00'],
    ],
    'where isolation stays it has no such moment': [
      points([policy()], [action({ creationDateTimeUtc: at('2026-10-26') })], [machine()], {
        isolated: STAYS,
      }),
      ['01T00:00', '11T00:00'],
    ],
    'what lies outside is none': [
      points([policy({ expires: at('2026-12-01') })], [action({ creationDateTimeUtc: at('2026-10-01') })]),
      ['01T00:00', '11T00:00'],
    ],
    'a machine that is first seen': [
      points(
        [policy()],
        [],
        [machine({ firstSeen: at('2026-11-05') }), machine({ id: 'b', firstSeen: null })],
      ),
      ['01T00:00', '05T00:00', '11T00:00'],
    ],
    'an expiry, and the time from which a run is asked for': [
      points([
        policy({
          expires: at('2026-11-06'),
          state: { collected: placed({ since: at('2026-11-07') }) },
        }),
      ]),
      ['01T00:00', '06T00:00', '07T00:00', '11T00:00'],
    ],
    'a rolling run goes stale right after its time': [
      points([ROLLING], [SCAN]),
      ['01T00:00', '03T00:00', '05T00:00', '11T00:00'],
    ],
    'one that failed does not': [
      points(
        [ROLLING],
        [
          { ...SCAN, status: 'Failed' },
          { ...SCAN, type: 'CollectInvestigationPackage' },
        ],
      ),
      ['01T00:00', '03T00:00', '11T00:00'],
    ],
  }),
)('%s', (_rule, [have, want]) => {
  expect(have).toStrictEqual(want)
})

test('a step keeps the last moment of each stretch that has one', () => {
  const moments: readonly Instant[] = [
    SPAN.from,
    at('2026-11-01T06:00:00Z'),
    at('2026-11-01T12:00:00Z'),
    at('2026-11-02'),
    at('2026-11-05T01:00:00Z'),
    SPAN.to,
  ]
  expect(thinOut(moments, SPAN, 86_400_000)).toStrictEqual([
    SPAN.from,
    at('2026-11-02'),
    at('2026-11-05T01:00:00Z'),
    SPAN.to,
  ])
})
