import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/plan/document/document.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import type { Instant } from '../../../src/schema/instant.ts'
import { action, actionId, at, NOW, ownComment, policy } from '../../support/build-core.ts'
import { driftOf, linesOf, planOf } from '../../support/plan-of.ts'

const OWN = { requestorComment: ownComment() }
const PENDING = { status: 'Pending' }
const hour = (number: number): Instant => at(`2026-11-22T${number}:00:00Z`)

const held = action({ ...OWN, creationDateTimeUtc: hour(10) })
const next = (over: Partial<MachineAction>): MachineAction =>
  action({ id: actionId(2), creationDateTimeUtc: hour(16), ...over })

interface Row {
  readonly actions: readonly MachineAction[]
  /** What the plan does, with the reason left out: `expired` or `orphaned`. */
  readonly lines: readonly string[]
  readonly isDrift: boolean
}

const ROWS: Readonly<Record<string, Row>> = {
  'what we hold is lifted': {
    actions: [held],
    lines: ['m1/isolated lift full->none (…)'],
    isDrift: true,
  },
  'what somebody else isolates at the moment is not called back': {
    actions: [held, next(PENDING)],
    lines: ['! m1/isolated opposite-in-flight'],
    isDrift: true,
  },
  'what we isolate at the moment is called back, and lifted': {
    actions: [held, next({ ...OWN, ...PENDING })],
    lines: ['m1/isolated cancel+lift full->none (…)'],
    isDrift: true,
  },
  'what we isolate at the moment and does not hold yet is called back alone': {
    actions: [next({ ...OWN, ...PENDING })],
    lines: ['m1/isolated cancel none->none (opposite-in-flight)'],
    isDrift: true,
  },
  'what was released and then failed to be imposed again is left alone': {
    actions: [
      held,
      next({ ...OWN, type: 'Unisolate', creationDateTimeUtc: hour(11) }),
      next({ ...OWN, id: actionId(3), status: 'Failed' }),
    ],
    lines: [],
    isDrift: false,
  },
  'a release of ours on its way is nothing to release': {
    actions: [next({ ...OWN, ...PENDING, type: 'Unisolate' })],
    lines: [],
    isDrift: false,
  },
  'an isolation of somebody else on its way is nothing to release': {
    actions: [next(PENDING)],
    lines: [],
    isDrift: false,
  },
}

/** The lines of what is done, whatever is in flight. */
function doneBy(plan: Plan): readonly string[] {
  return linesOf(plan)
    .filter(line => !line.startsWith('='))
    .map(line => line.replace(/\((expired|orphaned)\)/, '(…)'))
}

describe.each<readonly [string, (actions: readonly MachineAction[]) => Plan]>([
  [
    'a policy that has expired',
    actions => planOf({ policies: [policy({ expires: NOW })], observed: { actions } }),
  ],
  [
    '--prune where no policy speaks of the machine',
    actions =>
      planOf({ policies: [policy({ machines: [] })], observed: { actions }, options: { prune: true } }),
  ],
])('%s', (_what, planWith) => {
  test.each(Object.entries(ROWS))('%s', (_rule, { actions, lines, isDrift }) => {
    const plan = planWith(actions)
    expect({ lines: doneBy(plan), isDrift: driftOf(plan).length > 0 }).toStrictEqual({ lines, isDrift })
  })
})
