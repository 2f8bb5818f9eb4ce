import { expect, test } from 'vitest'
import type { MachineEntry, Policy } from '../../../src/schema/policy.ts'
import {
  action,
  at,
  entry,
  isolated,
  machine,
  machineId,
  ownComment,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, linesOf, planOf } from '../../support/plan-of.ts'

const HIGH = [entry({ fields: { deviceValue: ['high'] } })]
const PAST = at('2026-11-01')
const BY_TAG = entry({ fields: { tag: ['INC-1'] } })
const LISTED: MachineEntry = {
  ...entry({ fields: {} }),
  list: { path: 'a.txt', machines: [{ name: machineId(1), place: PLACE }] },
}

function planFor(policies: readonly Policy[], over: Given = {}) {
  return planOf({
    policies,
    configuration: { confirmByName: HIGH },
    ...over,
    observed: { machines: [machine({ deviceValue: 'High', machineTags: ['INC-1'] })], ...over.observed },
  })
}

const IMPOSED = ['m1/isolated impose none->full (not-isolated)']
const BLOCKED = ['! m1/isolated confirm-by-name']

test.each<readonly [rule: string, machines: readonly MachineEntry[], lines: readonly string[]]>([
  ['a machine that only a selector reaches is blocked', [BY_TAG], BLOCKED],
  ['one that is named by id is held', [entry()], IMPOSED],
  [
    'one that is named by its name is held',
    [entry({ fields: { dnsName: ['fin-ws-001.contoso.com'] } })],
    IMPOSED,
  ],
  ['one on a list is held', [LISTED], IMPOSED],
  ['one that is named beside a selector is held', [BY_TAG, entry()], IMPOSED],
])('%s', (_rule, machines, lines) => expect(linesOf(planFor([policy({ machines })]))).toStrictEqual(lines))

test('it is enough that one of the policies names it', () => {
  const policies = [policy({ machines: [BY_TAG] }), policy({ name: 'other' })]
  expect(linesOf(planFor(policies))).toStrictEqual(IMPOSED)
})

test('a policy that names it for something weaker does not name it for the stronger', () => {
  const weaker = policy({ name: 'other', state: isolated('selective') })
  expect(linesOf(planFor([policy({ machines: [BY_TAG] }), weaker]))).toStrictEqual(BLOCKED)
})

test('other machines need no name', () => {
  const observed = { machines: [machine({ machineTags: ['INC-1'] })] }
  expect(linesOf(planFor([policy({ machines: [BY_TAG] })], { observed }))).toStrictEqual(IMPOSED)
})

test('nothing needs a name where the configuration asks for none', () => {
  expect(linesOf(planFor([policy({ machines: [BY_TAG] })], { configuration: {} }))).toStrictEqual(IMPOSED)
})

test('a release needs no name, nor does a run', () => {
  const observed = { actions: [action({ requestorComment: ownComment() })] }
  const release = policy({ machines: [BY_TAG], state: isolated('none') })
  expect(linesOf(planFor([release], { observed }))).toStrictEqual([
    'm1/isolated lift full->none (declared-released)',
  ])
  const scan = policy({ machines: [BY_TAG], state: { scanned: placed({ scan: 'quick', since: PAST }) } })
  expect(linesOf(planFor([scan]))).toHaveLength(1)
  expect(planFor([scan]).blocked).toStrictEqual([])
})

test('what holds already is left as it is', () => {
  const observed = { actions: [action({ requestorComment: ownComment() })] }
  expect(linesOf(planFor([policy({ machines: [BY_TAG] })], { observed }))).toStrictEqual([])
})
