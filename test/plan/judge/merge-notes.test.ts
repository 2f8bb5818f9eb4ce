import { expect, test } from 'vitest'
import { mergeDiagnostics } from '../../../src/plan/judge/merge-notes.ts'
import { indexMachines } from '../../../src/plan/select/resolve.ts'
import { indexHistory } from '../../../src/posture/history.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, lens, machine, machineId } from '../../support/build-core.ts'

const HEIR = machine()
const TWIN = machine({ id: machineId(2), computerDnsName: null, mergedIntoMachineId: machineId(1) })
const LOST = machine({ id: machineId(3), mergedIntoMachineId: machineId(9) })
const ROUND = machine({ id: machineId(4), mergedIntoMachineId: machineId(4) })
const restricted = action({ id: actionId(2), machineId: machineId(2), type: 'RestrictCodeExecution' })

test.each<[string, readonly MachineAction[], readonly string[], readonly string[]]>([
  ['nothing is told where nobody speaks of them and nothing holds', [], [], []],
  ['twins are told where a policy speaks of one', [], [machineId(2)], ['twins-alive']],
  ['twins are told where something holds on one', [restricted], [], ['twins-alive']],
  [
    'a merge to no record, or in a circle, is told where something holds',
    [3, 4].map(number => action({ id: actionId(number), machineId: machineId(number) })),
    [],
    ['merge-unresolved', 'merge-unresolved'],
  ],
])('%s', (_rule, actions, declared, codes) => {
  const index = indexMachines([HEIR, TWIN, LOST, ROUND])
  const told = mergeDiagnostics(index, indexHistory(actions), id => declared.includes(id), lens())
  expect(told.map(({ code }) => code)).toStrictEqual(codes)
})

test('twins are told with both states', () => {
  const history = indexHistory([action(), restricted])
  const [told] = mergeDiagnostics(indexMachines([HEIR, TWIN]), history, () => false, lens())
  expect(told?.message).toContain(
    `fin-ws-001.contoso.com (${machineId(1)}, isolated full) and ${machineId(2)} (${machineId(2)}, restricted)`,
  )
})
