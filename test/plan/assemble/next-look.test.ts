import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import type { Plan } from '../../../src/plan/document/document.ts'
import type { PlanInput } from '../../../src/plan/select/plan-input.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs, formatInstant, type Instant, nextTick } from '../../../src/schema/instant.ts'
import { anyHistory, anyMachines, anyPolicies } from '../../support/arbitrary-core.ts'
import {
  action,
  actionId,
  at,
  configuration,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf, planOf } from '../../support/plan-of.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('when to look again', 8)
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What a plan says, messages and what the clock computes aside. */
function said({ changes, blocked, inFlight, drift }: Plan): string {
  return JSON.stringify([changes, blocked, inFlight, drift], (key, value: unknown) =>
    key === 'message' || key === 'until' ? undefined : value,
  )
}

function planAt(input: PlanInput, now: Instant): Plan {
  return createPlan({ ...input, now, observation: { ...input.observation, readAt: now } })
}

/** An action so many hours before {@link NOW}, ours. */
function past(hours: number, over: Partial<MachineAction> = {}): MachineAction {
  const time = addMs(NOW, -hours * HOUR)
  return action({
    creationDateTimeUtc: time,
    lastUpdateDateTimeUtc: time,
    requestorComment: ownComment(),
    ...over,
  })
}

const SEEN = { machines: [machine({ lastSeen: NOW })] }
const hence = (hours: number): string => formatInstant(addMs(NOW, hours * HOUR))
const justAfter = (hours: number): string => formatInstant(nextTick(addMs(NOW, hours * HOUR)))

describe('each rule of the clock', () => {
  const FREE = policy({ machines: [entry({ fields: { id: [machineId(1)] } })], state: {} })
  const ROWS: Readonly<Record<string, Given & { readonly want: string | null }>> = {
    'nothing happens by time alone where nothing is declared': { policies: [], observed: SEEN, want: null },
    'a declared hold lapses': { observed: { ...SEEN, actions: [past(1)] }, want: hence(167) },
    'a renewal becomes a plain impose': { observed: { ...SEEN, actions: [past(180)] }, want: justAfter(12) },
    'what is free for long waits to be asked for': {
      observed: { machines: [machine({ lastSeen: addMs(NOW, -90 * HOUR) })], actions: [past(200)] },
      want: justAfter(136),
    },
    'a policy expires': {
      policies: [policy({ expires: at('2026-11-23T18:00:00Z') })],
      observed: { ...SEEN, actions: [past(1)] },
      want: hence(24),
    },
    'a renewal stops shortly before that': {
      policies: [policy({ expires: addMs(NOW, 5 * HOUR) })],
      observed: { ...SEEN, actions: [past(169)] },
      want: justAfter(4.5),
    },
    'a run is due at a time': {
      policies: [{ ...FREE, state: { scanned: placed({ scan: 'quick', since: addMs(NOW, 3 * HOUR) }) } }],
      observed: SEEN,
      want: hence(3),
    },
    'a rolling run goes stale': {
      policies: [{ ...FREE, state: { scanned: placed({ scan: 'quick', within: lasting('12h') }) } }],
      observed: { ...SEEN, actions: [past(2, { type: 'RunAntiVirusScan', scope: 'Quick' })] },
      want: justAfter(10),
    },
    'a rolling run goes stale by the newest that is strong enough': {
      policies: [{ ...FREE, state: { scanned: placed({ scan: 'full', within: lasting('12h') }) } }],
      observed: {
        ...SEEN,
        actions: [
          past(6, { id: actionId(1), type: 'RunAntiVirusScan', scope: 'Full' }),
          past(4, { id: actionId(2), type: 'RunAntiVirusScan', scope: 'Full' }),
          past(2, { id: actionId(3), type: 'RunAntiVirusScan', scope: 'Quick' }),
        ],
      },
      want: justAfter(8),
    },
    'a contested end is over': {
      observed: { ...SEEN, actions: [past(2, { type: 'Unisolate', requestorComment: null })] },
      want: hence(22),
    },
    'attempts are forgotten': {
      observed: {
        ...SEEN,
        actions: [1, 2, 3].map(hours => past(hours, { id: actionId(hours), status: 'Failed' })),
      },
      want: justAfter(21),
    },
    'what is in flight is stuck': {
      observed: {
        machines: [machine({ lastSeen: addMs(NOW, -90 * HOUR) })],
        actions: [past(80, { status: 'Pending' })],
      },
      want: justAfter(16),
    },
    'a machine falls silent': { observed: SEEN, want: justAfter(48) },
    'a machine is chosen no more for having been seen lately': {
      policies: [policy({ machines: [entry({ fields: { tag: ['a'] }, lastSeenWithin: lasting('6h') })] })],
      observed: { machines: [machine({ lastSeen: NOW, machineTags: ['a'] })] },
      want: justAfter(6),
    },
    'a hold could end earlier than its time says': {
      observed: {
        ...SEEN,
        actions: [past(5, { creationDateTimeUtc: addMs(NOW, -20 * HOUR) })],
      },
      want: hence(148),
    },
    'a renewal before the end is due': {
      configuration: {
        effects: {
          isolated: { ...configuration().effects.isolated, extends: true, renewBefore: lasting('12h') },
        },
      },
      observed: { ...SEEN, actions: [past(1)] },
      want: hence(155),
    },
    'a device’s word grows old': {
      observed: {
        machines: [machine({ lastSeen: addMs(NOW, -90 * HOUR) })],
        actions: [past(50)],
        evidence: [{ machineId: machineId(1), at: addMs(NOW, -HOUR), isolated: false }],
      },
      want: justAfter(23),
    },
    'a machine without a record counts as well': {
      policies: [],
      observed: { machines: [], actions: [past(160, { machineId: machineId(9) })] },
      want: hence(8),
    },
  }
  test.each(Object.entries(ROWS))('%s', (_rule, { want, ...given }) => {
    expect(planOf(given).nextLookAt).toBe(want)
  })

  test('a plan for another time, or of a read that failed, has none', () => {
    const given = { observed: { ...SEEN, actions: [past(1)] } }
    expect(planOf({ ...given, options: { asOf: at('2026-11-23') } }).nextLookAt).toBeNull()
    const failures = [{ code: 'refused', message: 'no' }] as never
    expect(planOf({ observed: { ...given.observed, failures } }).nextLookAt).toBeNull()
  })

  test('where a guard blocks changes of its kind, only what alters the plan counts', () => {
    const two = {
      policies: [policy({ machines: [entry({ fields: {}, all: true })], state: isolated('none') })],
      configuration: { guards: { maxLifts: 0 } },
      observed: {
        machines: [machine({ lastSeen: addMs(NOW, -40 * HOUR) })],
        actions: [past(1)],
      },
    }
    // After 8 h the lift would warn that it stays pending; a blocked item carries no warning, so that nothing differs.
    expect(planOf(two).nextLookAt).toBe(hence(167))
  })
})

describe('against brute force', () => {
  const OFFSETS = [0, 0.5, 6, 12, 24, 48, 72, 96, 168, 192, 336].map(hours => hours * HOUR)

  /** Every instant near which any rule could speak, and a tick on both sides, in order. */
  function instants({ observation, policies, now }: PlanInput): readonly Instant[] {
    const times = [
      ...observation.actions.flatMap(each => [each.creationDateTimeUtc, each.lastUpdateDateTimeUtc]),
      ...observation.machines.flatMap(({ lastSeen }) => lastSeen ?? []),
      ...policies.flatMap(({ expires }) =>
        expires === undefined ? [] : [expires, addMs(expires, -HOUR / 2)],
      ),
      ...policies.flatMap(({ state }) =>
        [state.scanned?.value.since ?? [], state.collected?.value.since ?? []].flat(),
      ),
    ]
    const near = times
      .flatMap(time => OFFSETS.map(offset => addMs(time, offset)))
      .flatMap(time => [addMs(time, -1), time, nextTick(time)])
    return [...new Set(near)].filter(time => time > now && time < addMs(now, 20 * DAY)).sort()
  }

  test('before that instant a plan says the same, and from it on something else', () => {
    fc.assert(
      fc.property(
        anyMachines,
        anyHistory,
        anyPolicies,
        fc.integer({ min: 0, max: 20 * 24 }),
        fc.constantFrom(0, 1, 2),
        (machines, actions, policies, hours, limit) => {
          const guards = limit === 0 ? {} : { maxLifts: limit - 1, maxRenewals: limit - 1 }
          const given = { policies, configuration: { guards }, observed: { machines, actions } }
          const input = { ...inputOf(given), now: addMs(NOW, hours * HOUR) }
          const plan = planAt(input, input.now)
          const [base, next] = [said(plan), plan.nextLookAt]
          const differing = instants(input).find(time => said(planAt(input, time)) !== base)
          if (next === null) expect(differing).toBeUndefined()
          else {
            const nextAt = at(next)
            expect(differing === undefined || differing >= nextAt).toBe(true)
            expect(said(planAt(input, addMs(nextAt, -1)))).toBe(base)
            const isDoubtful = said(planAt(input, nextAt)) === base
            // Only a hold that was over an hour on its way asks for a look at which nothing differs yet.
            if (isDoubtful) expect(plan.diagnostics.map(({ code }) => code)).toContain('until-uncertain')
          }
        },
      ),
      RUNS,
    )
  })
})
