import { expect, test } from 'vitest'
import type { ApplyResult } from '../../src/apply/result.ts'
import { machineId } from '../support/build-core.ts'
import { judgeHistory, judgeResult } from './invariants.ts'
import { startRig } from './rig.ts'

/** A run that nothing struck, to be told wrongly. */
async function runWell() {
  const rig = await startRig({ scene: {} })
  const planned = await rig.plan()
  if (planned.kind !== 'plan') throw new Error('no plan')
  const { plan } = planned
  const end = await rig.apply(plan, 'run-1')
  if (end.kind !== 'result') throw new Error(end.kind)
  const { result } = end
  const ours = rig.emulator
    .actions()
    .find(({ machineId: id, type }) => id === machineId(7) && type === 'Isolate')
  const judge = (over: Partial<ApplyResult> = {}) =>
    [...judgeHistory(rig, plan), ...judgeResult(rig, plan, { ...result, ...over })].map(({ kind }) => kind)
  return { rig, result, ours, judge }
}

const OURS = { machineId: machineId(7), requestor: 'Holdfast', requestSource: 'PublicApi', type: 'Isolate' }

test('a run that went well has nothing against it', async () => {
  const { judge } = await runWell()
  expect(judge()).toStrictEqual([])
})

test('a second action of a change is a duplicate', async () => {
  const { rig, ours, judge } = await runWell()
  rig.emulator.addAction({ ...OURS, scope: 'Full', requestorComment: ours?.requestorComment ?? '' })
  expect(judge()).toStrictEqual(['duplicate'])
})

test('an action under our name that carries no change of the plan, or another scope of one, was not planned', async () => {
  const { rig, ours, judge } = await runWell()
  rig.emulator.addAction({ ...OURS, scope: 'Full', requestorComment: 'INC-1' })
  rig.emulator.addAction({ ...OURS, scope: 'Selective', requestorComment: ours?.requestorComment ?? '' })
  expect(judge().filter(kind => kind === 'unplanned')).toHaveLength(2)
})

test('an outcome that is missing, and one that is told twice, are lost', async () => {
  const { result, judge } = await runWell()
  const [first, ...rest] = result.outcomes
  expect(judge({ outcomes: rest })).toStrictEqual(['lost'])
  expect(judge({ outcomes: first === undefined ? [] : [first, ...result.outcomes] })).toStrictEqual(['lost'])
})

test('an outcome that the history gives the lie is untrue', async () => {
  const { rig, result, judge } = await runWell()
  const told = (outcome: 'not-attempted' | 'failed' | 'cancelled'): readonly string[] =>
    judge({
      outcomes: result.outcomes.map(known =>
        known.address.startsWith(machineId(7)) ? { ...known, outcome, code: outcome } : known,
      ),
    })
  expect([told('not-attempted'), told('failed'), told('cancelled')]).toStrictEqual([
    ['untrue'],
    ['untrue'],
    ['untrue'],
  ])
  rig.emulator.addAction({
    type: 'Unisolate',
    machineId: machineId(2),
    requestor: 'anna',
    requestSource: 'Portal',
  })
  // Not held, left open by its chain without a word, and the exit says that all is well.
  expect(judge()).toStrictEqual(['untrue', 'untrue', 'untrue'])
})
