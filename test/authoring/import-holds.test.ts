import { describe, expect, test } from 'vitest'
import {
  groupHolds,
  settledHolds,
  type UndeclaredHold,
  undeclaredHolds,
} from '../../src/authoring/import-holds.ts'
import { examinePosture } from '../../src/plan/assemble/create-plan.ts'
import type { MachineAction } from '../../src/posture/machine-action.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
} from '../support/build-core.ts'
import { type Given, inputOf } from '../support/plan-of.ts'

const OWN = { requestorComment: ownComment() }

function findings(actions: readonly Partial<MachineAction>[], given: Given = {}) {
  const rows = actions.map((one, index) => {
    const creationDateTimeUtc = at(`2026-11-20T1${index}:00:00Z`)
    return action({ id: actionId(index + 1), creationDateTimeUtc, ...one })
  })
  return examinePosture(inputOf({ policies: [], observed: { actions: rows }, ...given }))
}

test.each<readonly [string, Partial<MachineAction>[], Given, readonly string[]]>([
  ['an own hold that no policy declares', [OWN], {}, ['isolated full own']],
  ["somebody else's hold", [{}], {}, ['isolated full foreign']],
  ['an own hold above that of somebody else is theirs', [{}, OWN], {}, ['isolated full foreign']],
  ['a restriction', [{ type: 'RestrictCodeExecution' }], {}, ['restricted restricted foreign']],
  ['an isolation without a scope', [{ scope: null }], {}, ['isolated unknown foreign']],
  ['nothing that is only on its way', [{ ...OWN, status: 'Pending' }], {}, []],
  ['nothing that was released', [{}, { type: 'Unisolate' }], {}, []],
  ['nothing that a policy declares', [OWN], { policies: [policy()] }, []],
  [
    'no run',
    [{ type: 'RunAntiVirusScan' }],
    { policies: [policy({ state: { scanned: placed({ scan: 'quick', since: at('2026-11-01') }) } })] },
    [],
  ],
])('what is held and undeclared: %s', (_rule, actions, given, want) => {
  const held = undeclaredHolds(findings(actions, given))
  expect(held.map(({ facet, level, own }) => `${facet} ${level} ${own ? 'own' : 'foreign'}`)).toStrictEqual(
    want,
  )
})

const hold = (number: number, over: Partial<UndeclaredHold> = {}): UndeclaredHold => {
  const facet = over.facet ?? 'isolated'
  return {
    ...{ address: `${machineId(number)}/${facet}`, facet, level: 'full', own: true },
    machine: machine({ id: machineId(number), computerDnsName: `M${9 - number}` }),
    ...over,
  }
}

test('holds are grouped by facet, level and side, machines in the order of their names', () => {
  const nameless = hold(7, { machine: machine({ id: machineId(7), computerDnsName: null }) })
  const groups = groupHolds(
    [
      hold(1),
      hold(2, { own: false }),
      hold(3, { level: 'selective' }),
      hold(4),
      nameless,
      hold(5, { facet: 'restricted', level: 'restricted' }),
    ],
    NOW,
    new Set(['imported-2026-11-22-own-restricted', 'imported-2026-11-22-own-restricted-2']),
  )
  expect(
    groups.map(({ name, holds }) => [name, holds.map(({ machine: { id } }) => Number(id))]),
  ).toStrictEqual([
    ['imported-2026-11-22-foreign-isolated-full', [2]],
    ['imported-2026-11-22-own-isolated-full', [7, 4, 1]],
    ['imported-2026-11-22-own-isolated-selective', [3]],
    ['imported-2026-11-22-own-restricted-3', [5]],
  ])
})

describe('a hold is imported only where the planner then leaves it alone', () => {
  const release = { type: 'Unisolate', status: 'Pending' }
  test.each<readonly [string, Partial<MachineAction>[], Given, string | undefined]>([
    ['declared as it is', [{}], {}, undefined],
    ['a release of somebody is in flight', [{}, release], {}, 'opposite-in-flight'],
    ['a release of ours is in flight', [OWN, { ...OWN, ...release }], {}, 'opposite-in-flight'],
    [
      'the machine has no record',
      [{}],
      { observed: { machines: [], actions: [action()] }, options: { keepGoing: true } },
      'no-record',
    ],
    ['nothing declares it', [{}], { policies: [] }, 'no-record'],
  ])('%s', (_rule, actions, given, why) => {
    const held = undeclaredHolds(findings(actions))
    const by = policy({ machines: [entry()], state: isolated('full') })
    const { settled, leftOut } = settledHolds(held, findings(actions, { policies: [by], ...given }))
    expect([settled.length, leftOut[0]?.why]).toStrictEqual([why === undefined ? 1 : 0, why])
  })

  test('what would be awaited is left out too, by name', () => {
    const held = undeclaredHolds(findings([{}]))
    const waiting = findings([{ status: 'Pending', ...OWN }], { policies: [policy()] })
    expect(settledHolds(held, waiting).leftOut).toStrictEqual([
      { address: `${machineId(1)}/isolated`, dnsName: 'fin-ws-001.contoso.com', why: 'in-flight' },
    ])
  })
})
