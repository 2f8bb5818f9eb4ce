import { describe, expect, test } from 'vitest'
import { undoPlan } from '../../../src/analysis/undo/undo-plan.ts'
import type { Plan } from '../../../src/plan/document/document.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, at, machineId, ownComment } from '../../support/build-core.ts'
import { inputOf } from '../../support/plan-of.ts'

const PLAN = 'sha256:0a1b2c3dffffffffffffffffffffffffffffffffffffffffffffffffffffffff'
const PORTAL = { requestor: 'anna@contoso.com', requestSource: 'Portal', requestorComment: null }
const BEFORE = at('2026-11-22T15:00:00Z')
const AFTER = at('2026-11-22T17:00:00Z')

const ours = (number: number, over: Partial<MachineAction> = {}): MachineAction =>
  action({ id: actionId(number), requestorComment: ownComment(), ...over })
const theirs = (over: Partial<MachineAction>): MachineAction =>
  action({ id: actionId(9), ...PORTAL, ...over })

function undone(...actions: readonly MachineAction[]): Plan {
  return undoPlan(inputOf({ policies: [], observed: { actions } }), PLAN)
}

const messagesOf = ({ diagnostics }: Plan): readonly string[] => diagnostics.map(({ message }) => message)

const ID = '00000000-0000-4000-8000-00000000000'
const HERE = 'fin-ws-001.contoso.com'
const ANNA = 'anna@contoso.com through Portal at'

/** The message after the first, which counts what carries the marker. */
const toldBeside = (...actions: readonly MachineAction[]): readonly string[] =>
  messagesOf(undone(...actions)).slice(1)

test.each([
  [
    'nothing carries the marker',
    messagesOf(undone()),
    'no action in the look-back carries the marker of plan 0a1b2c3d; give the id that its result or the comment of its actions names.',
  ],
  [
    'one action is undone',
    messagesOf(undone(ours(1))),
    '1 action carries the marker of plan 0a1b2c3d, which this undoes.',
  ],
  [
    'several are',
    messagesOf(undone(ours(1), ours(2, { machineId: machineId(2) }))),
    '2 actions carry the marker of plan 0a1b2c3d, which this undoes.',
  ],
  [
    'what somebody released already',
    toldBeside(ours(1), theirs({ type: 'Unisolate', creationDateTimeUtc: AFTER })),
    `${HERE}: Unisolate by ${ANNA} 2026-11-22T17:00:00Z (action ${ID}9) came after that plan; the machine is left as it is.`,
  ],
  [
    'what the plan released itself',
    toldBeside(theirs({ creationDateTimeUtc: BEFORE }), ours(1, { type: 'Unisolate' })),
    `${HERE}: Unisolate by Other App through PublicApi at 2026-11-22T16:01:00Z (action ${ID}1) released the machine, and undoing imposes nothing; declare the hold, then plan.`,
  ],
])('%s', (_what, messages, want) => {
  expect(messages).toStrictEqual([want])
})

test('what has run is counted by type, and the machines are named in order', () => {
  const scans = [2, 1, 3].map(number =>
    ours(number, { machineId: machineId(number), type: 'RunAntiVirusScan' }),
  )
  expect(toldBeside(...scans, ours(4, { type: 'CollectInvestigationPackage' }))).toStrictEqual([
    `1 CollectInvestigationPackage of that plan succeeded and cannot be undone: ${HERE}.`,
    `3 RunAntiVirusScan of that plan succeeded and cannot be undone: ${machineId(2)}, ${machineId(3)}, ${HERE}.`,
  ])
})

test('of five machines that ran something none is left out', () => {
  const scans = [1, 2, 3, 4, 5].map(number =>
    ours(number, { machineId: machineId(number), type: 'RunAntiVirusScan' }),
  )
  expect(toldBeside(...scans)[0]).toMatch(/^5 RunAntiVirusScan .*fin-ws-001\.contoso\.com\.$/)
})

describe('what is left alone says why, and what would be done', () => {
  test.each([
    [
      'a hold that somebody renewed',
      undone(ours(1), theirs({ creationDateTimeUtc: AFTER })),
      `Isolate by ${ANNA} 2026-11-22T17:00:00Z (action ${ID}9) is Succeeded and came after that plan, so the machine is left as it is; declare what it should be, or use the portal.`,
      ['lift'],
    ],
    [
      'a hold that somebody renewed at the very end of ours',
      undone(ours(1), theirs({ lastUpdateDateTimeUtc: AFTER, creationDateTimeUtc: BEFORE })),
      `Isolate by ${ANNA} 2026-11-22T17:00:00Z (action ${ID}9) is Succeeded and came after that plan, so the machine is left as it is; declare what it should be, or use the portal.`,
      ['lift'],
    ],
    [
      'a hold of before',
      undone(theirs({ creationDateTimeUtc: BEFORE }), ours(1)),
      `Isolate by ${ANNA} 2026-11-22T15:00:00Z (action ${ID}9) held the machine before that plan, and lifting would leave it open; declare what it should be, then plan.`,
      ['lift'],
    ],
    [
      'what is in flight beside a release of somebody else',
      undone(
        ours(1, { status: 'Pending' }),
        theirs({ status: 'Pending', type: 'Unisolate', creationDateTimeUtc: AFTER }),
      ),
      expect.stringContaining('is Pending and came after that plan'),
      ['cancel'],
    ],
  ])('%s', (_what, plan, message, wouldBe) => {
    expect(plan.blocked).toMatchObject([{ message, wouldBe }])
    expect(plan.blocked).toHaveLength(1)
  })
})

test('runs in flight are cancelled by their ids, in order, for nothing else', () => {
  const open = { type: 'RunAntiVirusScan', status: 'Pending' }
  const [cancel] = undone(ours(2, open), ours(1, open)).changes
  const body = { Comment: 'undo of plan 0a1b2c3d' }
  expect(cancel).toMatchObject({
    operations: ['cancel'],
    before: 'none',
    after: 'none',
    requests: [1, 2].map(number => ({ type: 'Cancel', actionId: actionId(number), body })),
    basis: [],
    dependsOn: [],
    warnings: [],
  })
})

test('a release that the plan itself has in flight is awaited', () => {
  const plan = undone(ours(1), ours(2, { type: 'Unisolate', status: 'Pending', creationDateTimeUtc: AFTER }))
  expect(plan.changes).toMatchObject([])
  expect(plan.inFlight).toMatchObject([{ type: 'Unisolate', awaited: true }])
})

test('an action of another facet is neither a touch nor a hold of before', () => {
  const scan = theirs({ type: 'RunAntiVirusScan', creationDateTimeUtc: AFTER })
  expect(undone(ours(1), scan).changes).toMatchObject([{ operations: ['lift'], reason: 'undone' }])
})
