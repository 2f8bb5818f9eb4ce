import { expect, test } from 'vitest'
import { coverageOf } from '../../../src/analysis/explain/coverage.ts'
import { examinePosture } from '../../../src/plan/assemble/create-plan.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  machine,
  machineId,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'

const TWO = [machine(), machine({ id: machineId(2), computerDnsName: 'fin-ws-002.contoso.com' })]
const FIRST = action()
const HELD = [FIRST, action({ id: actionId(2), machineId: machineId(2) })]
const RESTRICTED = action({ id: actionId(3), type: 'RestrictCodeExecution' })

function coverage(given: Given) {
  return coverageOf(examinePosture(inputOf({ ...given, observed: { machines: TWO, ...given.observed } })))
}

test.each(
  Object.entries({
    'nothing held has no share': [{}, 0, 0, 0, 0, null],
    'a declared hold is covered': [{ observed: { actions: [FIRST] } }, 1, 1, 1, 1, 1],
    'one of two machines is a half': [{ observed: { actions: HELD } }, 2, 1, 2, 1, 0.5],
    'a machine is covered only with all of its holds': [
      { observed: { actions: [FIRST, RESTRICTED] } },
      1,
      0,
      2,
      1,
      0,
    ],
    'another strength is covered': [
      { policies: [policy({ state: isolated('selective') })], observed: { actions: [FIRST] } },
      1,
      1,
      1,
      1,
      1,
    ],
    'what is declared free is not': [
      { policies: [policy({ state: isolated('none') })], observed: { actions: [FIRST] } },
      1,
      0,
      1,
      0,
      0,
    ],
    'an expired policy declares nothing': [
      { policies: [policy({ expires: at('2026-11-22') })], observed: { actions: [FIRST] } },
      1,
      0,
      1,
      0,
      0,
    ],
    'a contradiction declares nothing': [
      {
        policies: [policy(), policy({ name: 'free', state: isolated('none') })],
        observed: { actions: [FIRST] },
        options: { keepGoing: true },
      },
      1,
      0,
      1,
      0,
      0,
    ],
    'another facet covers nothing': [
      {
        policies: [policy({ state: { restricted: placed('restricted' as const) } })],
        observed: { actions: [FIRST] },
      },
      1,
      0,
      1,
      0,
      0,
    ],
    'what is in flight is not held yet': [
      { observed: { actions: [action({ status: 'Pending' })] } },
      0,
      0,
      0,
      0,
      null,
    ],
    'a machine without a record counts': [
      { observed: { actions: [action({ machineId: machineId(9) })] } },
      1,
      0,
      1,
      0,
      0,
    ],
    'paths that choose policies narrow nothing': [
      { observed: { actions: HELD }, options: { chosen: ['contain'] } },
      2,
      1,
      2,
      1,
      0.5,
    ],
    'the past has its own': [
      { observed: { actions: HELD }, options: { asOf: at('2026-11-01') } },
      0,
      0,
      0,
      0,
      null,
    ],
  } satisfies Record<string, readonly [Given, number, number, number, number, number | null]>),
)('%s', (_rule, [given, held, declared, holds, declaredHolds, share]) => {
  expect(coverage(given)).toStrictEqual({
    machines: { held, declared },
    holds: { held: holds, declared: declaredHolds },
    share,
  })
})

test('a share is cut, never rounded up', () => {
  const machines = Array.from({ length: 3 }, (_, index) => machine({ id: machineId(index + 1) }))
  const actions = machines.map(({ id }, index) => action({ id: actionId(index + 1), machineId: id }))
  const two = policy({ machines: [entry({ fields: { id: [machineId(1), machineId(2)] } })] })
  expect(coverage({ policies: [two], observed: { machines, actions } })?.share).toBe(0.6666)
})

test.each([
  ['a failed read', { failures: [{ code: 'x', message: 'y' }] }],
  ['a read of named machines', { scope: 'named' as const }],
])('%s tells nothing of the tenant', (_what, observed) => {
  expect(coverage({ observed })).toBeNull()
})
