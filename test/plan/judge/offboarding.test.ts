import { expect, test } from 'vitest'
import { offboardingOf } from '../../../src/plan/judge/offboarding.ts'
import { foldRun } from '../../../src/posture/fold-run.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, at, machine } from '../../support/build-core.ts'

const done = action({ type: 'Offboard', creationDateTimeUtc: at('2026-11-01T10:00:00Z') })
const lastSeen = (text: string) => machine({ lastSeen: at(text) })

test.each(
  Object.entries({
    'no offboarding': { history: [], machine: machine(), want: 'none' },
    'one that failed is none': { history: [{ ...done, status: 'Failed' }], machine: machine(), want: 'none' },
    'a record that was never seen is offboarded': {
      history: [done],
      machine: machine({ lastSeen: null }),
      want: 'offboarded',
    },
    'a report up to a day later is an echo': {
      history: [done],
      machine: lastSeen('2026-11-02T10:00:00Z'),
      want: 'offboarded',
    },
    'a report after that was put back': {
      history: [done],
      machine: lastSeen('2026-11-02T10:00:00.0000001Z'),
      want: 're-onboarded',
    },
    'the latest offboarding counts': {
      history: [done, { ...done, lastUpdateDateTimeUtc: at('2026-11-20') }],
      machine: lastSeen('2026-11-20T12:00:00Z'),
      want: 'offboarded',
    },
  }),
)('%s', (_rule, { history, machine: seen, want }) => {
  expect(
    offboardingOf(
      seen,
      foldRun(history as readonly MachineAction[], 'Offboard', () => true),
    ),
  ).toBe(want)
})
