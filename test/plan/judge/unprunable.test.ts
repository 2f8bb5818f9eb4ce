import { expect, test } from 'vitest'
import { compileUnprunable } from '../../../src/plan/judge/unprunable.ts'
import { indexMachines } from '../../../src/plan/select/resolve.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import { action, at, machine, machineId, NOW, ownComment, policy } from '../../support/build-core.ts'

const MERGED = machine({ mergedIntoMachineId: machineId(9) })

test.each<[string, readonly Machine[], string | null, string | undefined]>([
  ['a record that leads to none', [MERGED], ownComment({ policy: 'gone' }), 'merge-unresolved'],
  ['no record, by a policy in force', [], ownComment(), 'record-missing'],
  [
    'no record, by a policy in force of a named configuration',
    [],
    ownComment({ policy: 'soc/contain' }),
    'record-missing',
  ],
  ['no record, by a policy that is gone', [], ownComment({ policy: 'gone' }), undefined],
  ['no record, by a policy that expired', [], ownComment({ policy: 'over' }), undefined],
  ['no record and no marker', [], null, undefined],
  ['a record of its own', [machine()], ownComment(), undefined],
])('what is held on %s', (_rule, machines, requestorComment, code) => {
  const policies = [policy(), policy({ name: 'over', expires: at('2026-11-01') })]
  const unprunable = compileUnprunable(indexMachines(machines), policies, NOW)
  expect(unprunable(machineId(1), action({ requestorComment }))?.code).toBe(code)
})
