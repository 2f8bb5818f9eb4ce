import { expect, test } from 'vitest'
import { aimLift } from '../../../src/plan/judge/aim-lift.ts'
import type { DecidedChange } from '../../../src/plan/judge/decision.ts'
import { foldHold } from '../../../src/posture/fold-hold.ts'
import { HOLD_PAIRS } from '../../../src/posture/holds.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, lens, machineId } from '../../support/build-core.ts'

const ISOLATE = { type: 'Isolate', body: { IsolationType: 'Full' } } as const
const UNISOLATE = { type: 'Unisolate', body: {} } as const
const change = (over: Partial<DecidedChange>): DecidedChange => ({
  kind: 'change',
  operations: ['lift'],
  requests: [UNISOLATE],
  before: 'full',
  after: 'none',
  reason: 'declared-released',
  warnings: [],
  waitsForInFlight: false,
  ...over,
})
const posture = (...actions: readonly MachineAction[]) => foldHold(actions, HOLD_PAIRS.isolated, lens())
const MERGED = action({ recordId: machineId(2) })
const HEIR = action({ id: actionId(2) })

test.each<[string, DecidedChange, readonly MachineAction[], readonly (string | undefined)[]]>([
  ['goes to the record that carries the latest impose', change({}), [HEIR, MERGED], [machineId(2)]],
  ['stays where the record that remains carries it', change({}), [MERGED, HEIR], [undefined]],
  ['stays where nothing holds by the history', change({}), [], [undefined]],
  [
    'of a chain goes there, and the impose to the record that remains',
    change({ operations: ['lift', 'impose'], requests: [UNISOLATE, ISOLATE], after: 'selective' }),
    [MERGED],
    [machineId(2), undefined],
  ],
  [
    'is not made of an impose',
    change({ operations: ['impose'], requests: [ISOLATE] }),
    [MERGED],
    [undefined],
  ],
])('a lift %s', (_rule, decided, history, targets) => {
  const aimed = aimLift(decided, posture(...history))
  expect(
    aimed.requests.map(request => ('machineId' in request ? request.machineId : undefined)),
  ).toStrictEqual(targets)
  const isAimed = targets.includes(machineId(2))
  expect(aimed.warnings.map(({ code }) => code)).toStrictEqual(isAimed ? ['merged-record'] : [])
})
