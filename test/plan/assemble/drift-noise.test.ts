import { expect, test } from 'vitest'
import {
  action,
  actionId,
  at,
  isolated,
  lasting,
  machine,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { driftOf, type Given, planOf } from '../../support/plan-of.ts'

const OLD = machine({ firstSeen: at('2020-01-01') })
const PENDING = { status: 'Pending', scope: null } as const

/** What is no change that anybody made: it must not be reported as drift. */
const QUIET: Readonly<Record<string, Given>> = {
  'what we sent toward the declaration and is in flight': {
    observed: { actions: [action({ status: 'Pending', requestorComment: ownComment() })] },
  },
  'what somebody else sent toward it and is in flight': {
    observed: { actions: [action({ status: 'InProgress' })] },
  },
  'a release that is declared and in flight': {
    policies: [policy({ state: isolated('none') })],
    observed: {
      actions: [
        action({ requestorComment: ownComment() }),
        action({ id: actionId(2), type: 'Unisolate', requestorComment: ownComment(), ...PENDING }),
      ],
    },
  },
  'a scan that is declared and in flight': {
    policies: [policy({ state: { scanned: placed({ scan: 'quick', within: lasting('7d') }) } })],
    observed: { actions: [action({ type: 'RunAntiVirusScan', ...PENDING, scope: 'Quick' })] },
  },
  'a machine without any action, of which no policy speaks': {
    policies: [],
    observed: { machines: [OLD] },
  },
  'a machine without any action that is declared free': {
    policies: [policy({ state: isolated('none') })],
    observed: { machines: [OLD] },
  },
  'somebody else who imposes a hold that is not there yet, and of which no policy speaks': {
    policies: [],
    observed: { actions: [action({ status: 'Pending' })] },
  },
}

test.each(Object.entries(QUIET))('%s is no drift', (_what, given) => {
  expect(driftOf(planOf(given))).toStrictEqual([])
})

test('the same machine, declared and never held, is', () => {
  expect(driftOf(planOf({ observed: { machines: [OLD] } }))).toStrictEqual([
    'm1/isolated missing full/none by nobody',
  ])
})
