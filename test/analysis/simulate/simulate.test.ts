import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prepareReplay, type Simulation, simulateSteps } from '../../../src/analysis/simulate/simulate.ts'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { anyHistory, anyMachines, anyPolicies } from '../../support/arbitrary-core.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('simulate', 40)

const SPAN = { from: at('2026-11-01'), to: NOW }

function simulated(given: Given, stepMs?: number): Simulation {
  const steps = simulateSteps(prepareReplay(inputOf(given), SPAN, stepMs))
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

const THREE = [1, 2, 3].map(number =>
  machine({ id: machineId(number), computerDnsName: `ws-${number}.contoso.com` }),
)
const ALL = policy({ machines: [entry({ fields: { id: THREE.map(({ id }) => id) } })] })

describe('plans', () => {
  test('stand from the moment at which they first were the plan to the last one', () => {
    const held = action({ creationDateTimeUtc: at('2026-11-05'), lastUpdateDateTimeUtc: at('2026-11-06') })
    const released = action({ id: actionId(2), type: 'Unisolate', creationDateTimeUtc: at('2026-11-10') })
    const { plans, changes, requests, moments } = simulated({
      policies: [{ ...policy(), reassert: true }],
      observed: { actions: [held, released] },
    })
    expect(
      plans.map(({ from, to, moments: count, summary }) => [
        from.slice(8, 10),
        to.slice(8, 10),
        count,
        summary.impose,
      ]),
    ).toStrictEqual([
      ['01', '01', 1, 1],
      ['10', '22', 5, 1],
    ])
    expect([changes, requests, moments]).toStrictEqual([2, { Isolate: 2 }, 8])
  })

  test('that come again are the same plan', () => {
    const pending = action({
      creationDateTimeUtc: at('2026-11-05'),
      lastUpdateDateTimeUtc: at('2026-11-06'),
      status: 'Cancelled',
      cancellationComment: 'no',
    })
    const { plans, changes } = simulated({ observed: { actions: [pending] } })
    expect(plans[0]?.from).toBe('2026-11-01T00:00:00Z')
    expect(changes).toBe(2)
  })

  test('that change nothing are not listed', () => {
    const held = action({ creationDateTimeUtc: at('2026-10-05') })
    expect(simulated({ observed: { actions: [held] } })).toMatchObject({
      plans: [],
      changes: 0,
      requests: {},
    })
  })

  test('know a machine from when it was first seen', () => {
    const { plans } = simulated({ observed: { machines: [machine({ firstSeen: at('2026-11-09') })] } })
    expect(plans.map(({ from }) => from)).toStrictEqual(['2026-11-09T00:00:00Z'])
  })

  test('what is blocked is counted once for each address', () => {
    const foreign = action({ creationDateTimeUtc: at('2026-11-05') })
    const { blocked } = simulated({
      policies: [policy({ state: isolated('none') })],
      observed: { actions: [foreign] },
    })
    expect(blocked).toStrictEqual({ 'held-by-other': 1 })
  })
})

describe('guards', () => {
  const configuration = { guards: { maxMachines: 1 } }
  const hold = (number: number, day: string, over: Parameters<typeof action>[0] = {}) =>
    action({
      id: actionId(number),
      machineId: machineId(number % 10),
      creationDateTimeUtc: at(`2026-11-${day}`),
      ...over,
    })

  test('fire from the first moment at which they fail to the last one, and again', () => {
    const actions = [
      hold(1, '03'),
      hold(2, '05'),
      hold(11, '08', { type: 'Unisolate' }),
      hold(12, '09', { type: 'Unisolate' }),
    ]
    const given = {
      policies: [{ ...ALL, reassert: true }],
      configuration,
      observed: { machines: THREE, actions },
    }
    const { guards, plans } = simulated(given)
    expect(
      guards.map(({ name, limit, actual, from, to, moments }) => [
        name,
        limit,
        actual,
        from.slice(8, 10),
        to.slice(8, 10),
        moments,
      ]),
    ).toStrictEqual([
      ['maxMachines', 1, 3, '01', '03', 2],
      ['maxMachines', 1, 3, '08', '22', 9],
    ])
    expect(plans[0]?.failed).toStrictEqual(['maxMachines'])
    expect(plans.find(({ from }) => from.startsWith('2026-11-05'))?.failed).toStrictEqual([])
  })

  test('that never fail never fire', () => {
    expect(simulated({ observed: { machines: THREE } }).guards).toStrictEqual([])
  })

  test('by share count all of the tenant, not only what the policies reach', () => {
    const share = { guards: { maxShare: { ratio: 0.5, text: '50%' } } }
    const given = { configuration: share, observed: { machines: THREE } }
    expect(simulated(given).guards).toStrictEqual([])
  })
})

test('a step makes fewer plans, and says so', () => {
  const actions = [1, 2, 3].map(number =>
    action({
      id: actionId(number),
      status: 'Failed',
      creationDateTimeUtc: addMs(at('2026-11-05'), number * 3_600_000),
    }),
  )
  expect(simulated({ observed: { actions } }, 86_400_000)).toMatchObject({ changePoints: 5, moments: 3 })
})

test('only machines that policies reach, and their actions, are looked at', () => {
  const actions = [action(), action({ id: actionId(2), machineId: machineId(2) })]
  expect(simulated({ observed: { machines: THREE, actions } })).toMatchObject({ machines: 1, actions: 1 })
})

test('exposure is exact, whatever the step', () => {
  const held = action({ creationDateTimeUtc: at('2026-11-05T10:00:00Z') })
  const { exposure, exposures } = simulated({ observed: { actions: [held] } }, 7 * 86_400_000)
  expect(exposure).toMatchObject({ contained: 1, open: 1, medianMs: (4 * 24 + 10) * 3_600_000 })
  expect(exposures[0]?.to).toBe('2026-11-05T10:00:00Z')
  // It ended by itself, and nobody imposed it again.
  expect(exposures[1]).toMatchObject({ from: '2026-11-12T10:00:00Z', end: 'open' })
})

const anyGiven: fc.Arbitrary<Given> = fc
  .tuple(anyMachines, anyHistory, anyPolicies)
  .map(([machines, actions, policies]) => ({ policies, observed: { machines, actions } }))

test('at every moment the plan is the one that plan --as-of makes, and the order of actions changes nothing', () => {
  fc.assert(
    fc.property(anyGiven, given => {
      const input = inputOf(given)
      const simulation = simulated(given)
      const { actions = [], machines = [] } = given.observed ?? {}
      const turned = {
        ...given,
        observed: { actions: actions.toReversed(), machines: machines.toReversed() },
      }
      expect(simulated(turned)).toStrictEqual(simulation)
      for (const { planId, from } of simulation.plans) {
        const asOf = at(from)
        const options = { ...input.options, keepGoing: true, asOf }
        expect(createPlan({ ...input, options }).planId).toBe(planId)
      }
    }),
    RUNS,
  )
})

test('a machine that was seen lately then is reached, and one that a policy excepts by name stays known', () => {
  const gone = machine({ lastSeen: at('2026-11-10') })
  const lately = entry({ fields: {}, lastSeenWithin: lasting('7d') })
  const { plans } = simulated({ policies: [policy({ machines: [lately] })], observed: { machines: [gone] } })
  expect(plans).toHaveLength(1)
  const except = [entry({ fields: { dnsName: ['ws-2.contoso.com'] } })]
  const others = simulated({ policies: [{ ...ALL, except }], observed: { machines: THREE } })
  expect(others.plans[0]?.summary.impose).toBe(2)
  expect(others.blocked).toStrictEqual({})
})

test('a name that no record has is blocked, as in any plan', () => {
  const nobody = policy({ machines: [entry({ fields: { dnsName: ['gone.contoso.com'] } })] })
  expect(simulated({ policies: [nobody] })).toMatchObject({
    machines: 0,
    blocked: { 'unresolved-machine': 1 },
  })
})

test('a machine that is named and was not seen yet blocks nothing', () => {
  const machines = THREE.map((one, index) => (index === 1 ? { ...one, firstSeen: at('2026-11-09') } : one))
  const { plans, blocked } = simulated({ policies: [ALL], observed: { machines } })
  expect(plans.map(({ from, summary }) => `${from.slice(8, 10)} ${summary.impose}`)).toStrictEqual([
    '01 2',
    '09 3',
  ])
  expect(blocked).toStrictEqual({})
})
