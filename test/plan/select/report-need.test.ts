import { describe, expect, test } from 'vitest'
import { reportNeed } from '../../../src/plan/select/report-need.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, at, configuration, machine, machineId, observation } from '../../support/build-core.ts'

const MARKER = ' [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]'
const NOW = at('2026-11-20T10:00:00Z')

/** An isolation of the 10th, and what came last. */
function need(over: Partial<MachineAction>): ReturnType<typeof reportNeed> {
  const when = at('2026-11-10')
  const actions = [
    action({ id: 'a', scope: 'Full', creationDateTimeUtc: when, lastUpdateDateTimeUtc: when }),
    action({
      id: 'b',
      creationDateTimeUtc: at('2026-11-15'),
      lastUpdateDateTimeUtc: at('2026-11-15'),
      ...over,
    }),
  ]
  return reportNeed(observation({ actions, scope: 'tenant', readAt: NOW }), configuration())
}

describe('of a whole tenant those are asked', () => {
  test.each<readonly [string, Partial<MachineAction>, boolean]>([
    ['a full isolation that holds', { scope: 'Full', lastUpdateDateTimeUtc: at('2026-11-18') }, true],
    ['a selective isolation that has lapsed', { type: 'Isolate', scope: 'Selective' }, true],
    ['an isolation of unknown scope', { type: 'Isolate', scope: null }, true],
    ['a release through the portal', { type: 'Unisolate', requestSource: 'Portal' }, false],
    ['a release of ours', { type: 'Unisolate', requestorComment: `INC-1${MARKER}` }, false],
    ['a release that did not succeed', { type: 'Unisolate', status: 'Failed' }, true],
    ['something else', { type: 'RunAntiVirusScan', scope: 'Full' }, true],
  ])('whose last word is %s', (_what, over, isAsked) => {
    expect(need({ type: 'Isolate', ...over }).machineIds).toStrictEqual(isAsked ? [machineId(1)] : [])
  })

  test('none without a history of isolation, nor for a containment, but for what reports to be isolated itself', () => {
    const actions = [
      action({ type: 'RunAntiVirusScan' }),
      action({ id: 'c', scope: 'UnManagedDevice', machineId: machineId(2) }),
    ]
    expect(reportNeed(observation({ actions, scope: 'tenant' }), configuration())).toStrictEqual({
      machineIds: [],
      ends: [],
      alsoOthers: true,
    })
  })
})

test('of a hold that ended by itself its end is told, since what the device said before it matters', () => {
  expect(need({ type: 'RunAntiVirusScan' }).ends).toStrictEqual([
    { machineId: machineId(1), at: at('2026-11-17') },
  ])
  expect(need({ type: 'Unisolate', requestSource: 'Portal' }).ends).toStrictEqual([])
})

test('a device that was merged is asked under all its records', () => {
  const [OLD, HEIR] = [machineId(1), machineId(2)]
  const machines = [
    machine({ id: OLD, mergedIntoMachineId: HEIR, lastSeen: at('2026-11-11') }),
    machine({ id: HEIR, firstSeen: at('2026-11-11') }),
    machine({ id: machineId(3) }),
  ]
  const when = at('2026-11-10')
  const actions = [
    action({ machineId: OLD, scope: 'Full', creationDateTimeUtc: when, lastUpdateDateTimeUtc: when }),
  ]
  const look = observation({ machines, actions, scope: 'tenant', readAt: NOW })
  expect(reportNeed(look, configuration())).toStrictEqual({
    machineIds: [OLD, HEIR],
    ends: [
      { machineId: OLD, at: at('2026-11-17') },
      { machineId: HEIR, at: at('2026-11-17') },
    ],
    alsoOthers: true,
  })
  const alive = machines.map(one => (one.id === OLD ? { ...one, lastSeen: at('2026-11-19') } : one))
  expect(reportNeed({ ...look, machines: alive }, configuration()).machineIds).toStrictEqual([OLD])
  expect(reportNeed({ ...look, scope: 'named' }, configuration()).machineIds).toStrictEqual([
    OLD,
    HEIR,
    machineId(3),
  ])
})

test('of named machines all are asked, and nobody else', () => {
  const machines = [
    machine({ id: machineId(2) }),
    machine({ id: machineId(1) }),
    machine({ id: machineId(2) }),
  ]
  expect(reportNeed(observation({ machines, scope: 'named' }), configuration())).toStrictEqual({
    machineIds: [machineId(1), machineId(2)],
    ends: [],
    alsoOthers: false,
  })
})
