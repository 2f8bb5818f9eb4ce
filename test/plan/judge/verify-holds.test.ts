import { describe, expect, test } from 'vitest'
import { type Mitigation, mitigationNeed, verifyHolds } from '../../../src/plan/judge/verify-holds.ts'
import type { Observation } from '../../../src/plan/select/observation.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, at, lens, machine, machineId, observation } from '../../support/build-core.ts'

const BEFORE = at('2026-11-22T15:00:00Z')
const AFTER = at('2026-11-22T17:00:00Z')
/** Ended at 16:01. */
const ISOLATE = action()
const RELEASE = action({
  id: actionId(2),
  type: 'Unisolate',
  creationDateTimeUtc: at('2026-11-22T16:30:00Z'),
})

function report(isIsolated: boolean | null, reportedAt = AFTER, number = 1): Mitigation {
  return { machineId: machineId(number), reportedAt, isIsolated }
}

function said(actions: readonly MachineAction[], ...reports: readonly Mitigation[]): readonly string[] {
  return verifyHolds(observation({ actions }), reports, lens()).map(({ code, message }) =>
    code === 'holds-verified' ? message.replace('isolation verified: ', '') : code,
  )
}

/** What the history holds, what the device reports, and what is said. */
const ROWS: Readonly<
  Record<
    string,
    { actions: readonly MachineAction[]; reports: readonly Mitigation[]; said: readonly string[] }
  >
> = {
  'isolated, and the device says so': {
    actions: [ISOLATE],
    reports: [report(true)],
    said: ['1 agree with what their devices report.'],
  },
  'isolated, and the device says not': {
    actions: [ISOLATE],
    reports: [report(false)],
    said: ['unverified-hold', '0 agree with what their devices report, 1 contradict it.'],
  },
  'a selective isolation counts as one': {
    actions: [action({ scope: 'Selective' })],
    reports: [report(false)],
    said: ['unverified-hold', '0 agree with what their devices report, 1 contradict it.'],
  },
  'one of unknown scope too': {
    actions: [action({ scope: null })],
    reports: [report(true)],
    said: ['1 agree with what their devices report.'],
  },
  'a report older than the latest action says nothing': {
    actions: [ISOLATE],
    reports: [report(false, BEFORE)],
    said: ['0 agree with what their devices report, 1 have no report newer than their latest action.'],
  },
  'nor does one of the same moment': {
    actions: [ISOLATE],
    reports: [report(false, ISOLATE.lastUpdateDateTimeUtc)],
    said: ['0 agree with what their devices report, 1 have no report newer than their latest action.'],
  },
  'a failed action after the success makes the report old as well': {
    actions: [
      ISOLATE,
      action({
        id: actionId(3),
        type: 'Unisolate',
        status: 'Failed',
        creationDateTimeUtc: at('2026-11-22T17:30:00Z'),
      }),
    ],
    reports: [report(false)],
    said: ['0 agree with what their devices report, 1 have no report newer than their latest action.'],
  },
  'no report at all': {
    actions: [ISOLATE],
    reports: [],
    said: ['0 agree with what their devices report, 1 have no report newer than their latest action.'],
  },
  'a report that cannot be read': {
    actions: [ISOLATE],
    reports: [report(null)],
    said: ['0 agree with what their devices report, 1 have no report newer than their latest action.'],
  },
  'of two reports the newer one counts, whatever their order': {
    actions: [ISOLATE],
    reports: [report(true), report(false, BEFORE), report(false, at('2026-11-22T16:30:00Z'))],
    said: ['1 agree with what their devices report.'],
  },
  'a newer report replaces an older one': {
    actions: [ISOLATE],
    reports: [report(false, at('2026-11-22T16:30:00Z')), report(true)],
    said: ['1 agree with what their devices report.'],
  },
  'released, and the device says isolated': {
    actions: [ISOLATE, RELEASE],
    reports: [report(true)],
    said: ['unverified-hold', '0 agree with what their devices report, 1 contradict it.'],
  },
  'released, and the device says so': {
    actions: [ISOLATE, RELEASE],
    reports: [report(false)],
    said: ['1 agree with what their devices report.'],
  },
  'no action at all, and the device says isolated': {
    actions: [],
    reports: [report(true)],
    said: ['unverified-hold', '0 agree with what their devices report, 1 contradict it.'],
  },
  'while something of the pair is in flight nothing is compared': {
    actions: [ISOLATE, action({ id: actionId(4), type: 'Unisolate', status: 'Pending' })],
    reports: [report(false)],
    said: ['0 agree with what their devices report.'],
  },
  'containment is not compared': {
    actions: [action({ scope: 'UnManagedDevice' })],
    reports: [report(false)],
    said: ['0 agree with what their devices report.'],
  },
  'nor is app restriction': {
    actions: [action({ type: 'RestrictCodeExecution' })],
    reports: [],
    said: ['0 agree with what their devices report.'],
  },
}

describe('the history against what the devices report', () => {
  test.each(Object.entries(ROWS))('%s', (_rule, row) => {
    expect(said(row.actions, ...row.reports)).toStrictEqual(row.said)
  })

  test('contradictions name the machine, both times and the action', () => {
    const [one] = verifyHolds(observation({ actions: [ISOLATE] }), [report(false)], lens())
    expect(one).toMatchObject({ severity: 'warning', code: 'unverified-hold' })
    expect(one?.message).toBe(
      `fin-ws-001.contoso.com: the history says isolated (full) since 2026-11-22T16:01:00Z (${actionId(1)}), and the device reported not isolated at 2026-11-22T17:00:00Z; it may have been released without an action. Look at the device; \`--resubmit ${machineId(1)}/isolated --reason TEXT\` isolates it again.`,
    )
    const [other] = verifyHolds(observation(), [report(true)], lens())
    expect(other?.message).toMatch(
      /^fin-ws-001\.contoso\.com: the history says not isolated, and the device reported isolated at 2026/,
    )
  })

  test('one warning per machine, sorted, and a machine without a record by its id', () => {
    const reports = [report(true, AFTER, 9), report(true)]
    const messages = verifyHolds(observation(), reports, lens()).map(({ message }) => message)
    expect(messages.map(message => message.split(':')[0])).toStrictEqual([
      'fin-ws-001.contoso.com',
      machineId(9),
      'isolation verified',
    ])
  })
})

describe('which devices are asked about', () => {
  const observed: Observation = observation({
    machines: [machine(), machine({ id: machineId(2) }), machine({ id: machineId(3) })],
    actions: [
      action({ id: actionId(3), machineId: machineId(3) }),
      ISOLATE,
      action({ id: actionId(4), machineId: machineId(2) }),
      action({ id: actionId(5), machineId: machineId(2), type: 'Unisolate', creationDateTimeUtc: AFTER }),
    ],
  })

  test('of a whole tenant those that should be isolated, and whichever is', () => {
    expect(mitigationNeed(observed, lens())).toStrictEqual({
      machineIds: [machineId(1), machineId(3)],
      alsoIsolated: true,
    })
  })

  test('of named machines all, and no other', () => {
    expect(mitigationNeed({ ...observed, scope: 'named' }, lens())).toStrictEqual({
      machineIds: [machineId(1), machineId(2), machineId(3)],
      alsoIsolated: false,
    })
  })
})
