import { describe, expect, test } from 'vitest'
import { undoPlan } from '../../../src/analysis/undo/undo-plan.ts'
import type { Change, Plan } from '../../../src/plan/document/document.ts'
import { recheckChange } from '../../../src/plan/judge/recheck.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import {
  action,
  actionId,
  at,
  configuration,
  machine,
  machineId,
  NOW,
  ownComment,
} from '../../support/build-core.ts'
import { type Given, inputOf, linesOf, saidIn } from '../../support/plan-of.ts'

const PLAN = 'sha256:0a1b2c3dffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
const OURS = { requestorComment: ownComment() }
const OTHER_PLAN = { requestorComment: ownComment({ plan: '99999999' }) }
const PORTAL = { requestor: 'anna@contoso.com', requestSource: 'Portal', requestorComment: null }
const BEFORE = at('2026-11-22T15:00:00Z')
const AFTER = at('2026-11-22T17:00:00Z')
const OPEN = { status: 'Pending' }

const ours = (over: Partial<MachineAction> = {}): MachineAction => action({ ...OURS, ...over })
const other = (over: Partial<MachineAction>): MachineAction => action({ id: actionId(2), ...over })

function undone(actions: readonly MachineAction[], given: Given = {}): Plan {
  const observed = { actions, ...given.observed }
  return undoPlan(inputOf({ ...given, policies: [], observed }), PLAN)
}

interface Row extends Given {
  readonly actions: readonly MachineAction[]
  readonly lines?: readonly string[]
  readonly said?: readonly string[]
}

const UNDOING = 'info undoing'

const ROWS: Readonly<Record<string, Row>> = {
  'what the plan holds is lifted': { actions: [ours()], lines: ['m1/isolated lift full->none (undone)'] },
  'a restriction too': {
    actions: [ours({ type: 'RestrictCodeExecution' })],
    lines: ['m1/restricted lift restricted->none (undone)'],
  },
  'what is in flight is cancelled': {
    actions: [ours(OPEN)],
    lines: ['m1/isolated cancel none->none (undone)', '= m1/isolated Isolate (not awaited)'],
  },
  'a release in flight is cancelled, and the hold of before stays': {
    actions: [action({ creationDateTimeUtc: BEFORE }), ours({ id: actionId(2), type: 'Unisolate', ...OPEN })],
    lines: ['m1/isolated cancel full->full (undone)', '= m1/isolated Unisolate (not awaited)'],
  },
  'an analyst who isolated since is left alone': {
    actions: [ours(), other({ ...PORTAL, creationDateTimeUtc: AFTER })],
    lines: ['! m1/isolated touched-since'],
  },
  'so is another plan of ours': {
    actions: [ours(), other({ ...OTHER_PLAN, creationDateTimeUtc: AFTER })],
    lines: ['! m1/isolated touched-since'],
  },
  'a try of somebody else that failed since is a touch': {
    actions: [ours(), other({ ...PORTAL, type: 'Unisolate', status: 'Failed', creationDateTimeUtc: AFTER })],
    lines: ['! m1/isolated touched-since'],
  },
  'so is what was in flight before already': {
    actions: [ours(OPEN), other({ ...PORTAL, ...OPEN, type: 'Unisolate', creationDateTimeUtc: BEFORE })],
    lines: [
      '! m1/isolated touched-since',
      '= m1/isolated Unisolate (not awaited)',
      '= m1/isolated Isolate (not awaited)',
    ],
  },
  'a release of ours on its way is awaited': {
    actions: [ours(), other({ ...OTHER_PLAN, ...OPEN, type: 'Unisolate', creationDateTimeUtc: AFTER })],
    lines: ['= m1/isolated Unisolate'],
  },
  'what was held before is not opened': {
    actions: [other({ creationDateTimeUtc: BEFORE }), ours()],
    lines: ['! m1/isolated held-before'],
  },
  'the half of a change of scope that is in flight is left': {
    actions: [
      other({ creationDateTimeUtc: BEFORE }),
      ours({ id: actionId(3), type: 'Unisolate' }),
      ours(OPEN),
    ],
    lines: ['! m1/isolated held-before', '= m1/isolated Isolate (not awaited)'],
  },
  'a hold that was released before the plan is no hold of before': {
    actions: [
      other({ creationDateTimeUtc: at('2026-11-22T14:00:00Z') }),
      other({ id: actionId(3), type: 'Unisolate', creationDateTimeUtc: BEFORE }),
      ours(),
    ],
    lines: ['m1/isolated lift full->none (undone)'],
  },
  'what ended by itself since is told': {
    actions: [
      ours({ creationDateTimeUtc: at('2026-11-10T12:00:00Z') }),
      other({ type: 'Unisolate', requestor: null, creationDateTimeUtc: at('2026-11-17T12:05:00Z') }),
    ],
    said: [UNDOING, 'info already-undone'],
  },
  'what somebody released since is told': {
    actions: [ours(), other({ ...PORTAL, type: 'Unisolate', creationDateTimeUtc: AFTER })],
    said: [UNDOING, 'info already-undone'],
  },
  'a release of the plan is not undone, and told': {
    actions: [action({ creationDateTimeUtc: BEFORE }), ours({ id: actionId(2), type: 'Unisolate' })],
    said: [UNDOING, 'warning not-undoable'],
  },
  'what failed left nothing to undo': { actions: [ours({ status: 'Failed' })] },
  'a marker pasted in the portal is nobody of ours': {
    actions: [ours({ requestSource: 'Portal' })],
    said: ['error undo-unknown-plan'],
  },
  'another plan is not undone': { actions: [action(OTHER_PLAN)], said: ['error undo-unknown-plan'] },
  'a run in flight is cancelled': {
    actions: [ours({ type: 'RunAntiVirusScan', ...OPEN })],
    lines: ['m1/scanned cancel none->none (undone)', '= m1/scanned RunAntiVirusScan (not awaited)'],
  },
  'a quarantine by its file, a live response by its change, also where policies may not any more': {
    actions: [
      ours({
        type: 'StopAndQuarantineFile',
        relatedFileInfo: { fileIdentifier: 'ABCD', fileIdentifierType: 'Sha1' },
        ...OPEN,
      }),
      ours({ id: actionId(2), type: 'LiveResponse', ...OPEN }),
      ours({ id: actionId(3), type: 'LiveResponse', ...OPEN }),
    ],
    lines: [
      'm1/liveResponse/4e5f6a7b cancel none->none (undone)',
      'm1/quarantined/abcd cancel none->none (undone)',
      '= m1/liveResponse/4e5f6a7b LiveResponse (not awaited)',
      '= m1/liveResponse/4e5f6a7b LiveResponse (not awaited)',
      '= m1/quarantined/abcd StopAndQuarantineFile (not awaited)',
    ],
  },
  'what has run is told': {
    actions: [
      ours({ type: 'RunAntiVirusScan' }),
      ours({ id: actionId(2), type: 'RunAntiVirusScan', status: 'Failed' }),
    ],
    said: [UNDOING, 'warning not-undoable'],
  },
  'a protected machine is released all the same': {
    actions: [ours()],
    configuration: {
      protected: [
        {
          match: {
            fields: { id: [machineId(1)] },
            all: false,
            missing: 'error',
            place: { file: '', line: 1, column: 1 },
          },
          allow: [],
          place: { file: '', line: 1, column: 1 },
        },
      ],
    },
    lines: ['m1/isolated lift full->none (undone)'],
  },
  'a machine without a record any more is not forgotten': {
    actions: [ours()],
    observed: { machines: [] },
    lines: ['m1/isolated lift full->none (undone)'],
  },
  'lifts beyond the limit are blocked': {
    actions: [ours()],
    configuration: { guards: { maxLifts: 0 } },
    lines: ['! m1/isolated over-max-lifts'],
  },
  'a permission that lacks is told before': {
    actions: [ours()],
    observed: { roles: [] },
    lines: ['! m1/isolated will-be-forbidden'],
  },
  'after a read that failed nothing is concluded': {
    actions: [ours()],
    observed: { failures: [{ code: 'forbidden', message: 'no' }] },
    said: ['error forbidden'],
  },
}

test.each(Object.entries(ROWS))('%s', (_rule, row) => {
  const plan = undone(row.actions, row)
  const said = row.said ?? [UNDOING]
  expect({ lines: linesOf(plan), said: saidIn(plan) }).toStrictEqual({ lines: row.lines ?? [], said })
})

test('a machine that is silent is released with a warning', () => {
  const observed = { machines: [machine({ healthStatus: 'Inactive' })] }
  expect(undone([ours()], { observed }).changes[0]?.warnings).toMatchObject([{ code: 'will-stay-pending' }])
})

test('the comment is the reason, or names the plan', () => {
  const comment = (plan: Plan): string | undefined => plan.changes[0]?.requests[0]?.body.Comment
  expect(comment(undone([ours()]))).toBe('undo of plan 0a1b2c3d')
  expect(comment(undone([ours()], { options: { reason: 'wrong tag' } }))).toBe('wrong tag')
})

test('of many machines that ran something five are named', () => {
  const actions = [1, 2, 3, 4, 5, 6].map(number =>
    ours({ id: actionId(number), machineId: machineId(number), type: 'RunAntiVirusScan' }),
  )
  const said = undone(actions).diagnostics.find(({ code }) => code === 'not-undoable')?.message
  expect(said).toMatch(/^6 RunAntiVirusScan .* and 1 more\.$/)
})

describe('looked at again before it is sent', () => {
  const later = addMs(NOW, 60_000)
  const recheck = (plan: Plan, actions: readonly MachineAction[]) =>
    recheckChange(plan.changes[0] as Change, {
      configuration: configuration(),
      planId: plan.planId,
      now: later,
      actions,
    }).kind
  const lift = undone([ours()])
  const cancel = undone([ours(OPEN)])
  const run = ours({ type: 'RunAntiVirusScan', ...OPEN })
  const second = ours({ ...run, id: actionId(2) })
  const both = undone([run, second])
  const ended = (status: string, over: MachineAction = run): MachineAction => ({
    ...over,
    status,
    lastUpdateDateTimeUtc: later,
  })

  test.each([
    ['a lift stands', lift, [ours()], 'unmoved'],
    [
      'a lift after somebody else released',
      lift,
      [ours(), other({ ...PORTAL, type: 'Unisolate', creationDateTimeUtc: later })],
      'satisfied',
    ],
    [
      'a lift after an analyst isolated',
      lift,
      [ours(), other({ ...PORTAL, creationDateTimeUtc: later })],
      'moved',
    ],
    [
      'a lift while an analyst isolates',
      lift,
      [ours(), other({ ...PORTAL, ...OPEN, creationDateTimeUtc: later })],
      'moved',
    ],
    ['a cancel stands', cancel, [ours(OPEN)], 'unmoved'],
    ['a cancel of what took effect', cancel, [ours()], 'moved'],
    ['a cancel of runs stands', both, [run, second], 'unmoved'],
    [
      'a cancel of runs that all ended without success',
      both,
      [ended('Failed'), ended('Cancelled', second)],
      'satisfied',
    ],
    ['a cancel of runs of which one succeeded', both, [ended('Succeeded'), second], 'moved'],
    ['a cancel of runs of which one ended', both, [ended('Failed'), second], 'moved'],
    ['a cancel of runs that are not listed any more', both, [run], 'moved'],
  ] as const)('%s', (_what, plan, actions, kind) => {
    expect(recheck(plan, actions)).toBe(kind)
  })
})
