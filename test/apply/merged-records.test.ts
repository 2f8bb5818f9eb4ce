import { expect, test } from 'vitest'
import { KnownActions } from '../../src/apply/known-actions.ts'
import { action, lens, machine, machineId } from '../support/build-core.ts'

const HEIR = machine()
const MERGED = machine({ id: machineId(2), mergedIntoMachineId: machineId(1), lastSeen: null })

test('what was done to a merged record is known of the one that remains', () => {
  const known = new KnownActions([HEIR, MERGED], [], lens())
  known.merge([action({ machineId: machineId(2) })])
  expect(known.of(machineId(1))).toMatchObject([{ recordId: machineId(2) }])
  expect(known.of(machineId(2))).toStrictEqual([])
})

test('a look at a machine is one at all records of the device', () => {
  const known = new KnownActions([HEIR, MERGED], [], lens())
  expect(known.recordIds([machineId(1), machineId(9)])).toStrictEqual([1, 2, 9].map(machineId))
  known.replaceMachines(known.recordIds([machineId(1)]), [HEIR])
  expect(known.recordIds([machineId(1)])).toStrictEqual([machineId(1)])
})
