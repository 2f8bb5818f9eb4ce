import { expect, test } from 'vitest'
import { chooseRecords, needOfEntry, resolveEntry } from '../../../src/analysis/by-hand/choose-records.ts'
import type { MachineEntry } from '../../../src/schema/policy.ts'
import { entry, HISTORY_FROM, machine, machineId, NOW, PLACE } from '../../support/build-core.ts'

const named = (...names: readonly string[]): MachineEntry =>
  entry({
    fields: {},
    list: { path: 'arguments', machines: names.map(name => ({ name, place: PLACE })) },
  })

const ALL = [
  machine({ id: machineId(1), computerDnsName: 'a.contoso.com', machineTags: ['T'] }),
  machine({
    id: machineId(2),
    computerDnsName: 'b.contoso.com',
    onboardingStatus: 'CanBeOnboarded',
    machineTags: ['T'],
  }),
  machine({
    id: machineId(3),
    computerDnsName: 'c.contoso.com',
    mergedIntoMachineId: machineId(1),
    lastSeen: null,
  }),
  machine({ id: machineId(4), computerDnsName: 'b.contoso.com', healthStatus: 'Inactive' }),
]

test.each<[string, MachineEntry | undefined, boolean, readonly number[]]>([
  ['nothing chosen is every onboarded, unmerged record', undefined, false, [1, 4]],
  ['wide is every record', undefined, true, [1, 2, 3, 4]],
  ['a selector reaches onboarded ones', entry({ fields: { tag: ['t'] } }), false, [1]],
  ['a wide selector reaches all', entry({ fields: { tag: ['t'] } }), true, [1, 2]],
  [
    'onboardingStatus takes the place of onboarded',
    entry({ fields: { onboardingStatus: ['CanBeOnboarded'] } }),
    false,
    [2],
  ],
  [
    'but never reaches what was merged away',
    entry({ fields: { onboardingStatus: ['Onboarded'] } }),
    false,
    [1, 4],
  ],
  ['a name is every record of it', named('b.contoso.com'), false, [2, 4]],
  ['an id is its record, whatever its state', named(machineId(3)), false, [3]],
  ['an empty list is nothing', named(), false, []],
])('%s', (_rule, chosen, wide, want) => {
  const { machines } = chooseRecords(chosen, ALL, NOW, wide)
  expect(machines.map(({ id }) => id)).toStrictEqual(want.map(machineId))
})

test('names without a record are told', () => {
  const { unknown } = chooseRecords(named('a.contoso.com', 'z', machineId(9)), ALL, NOW, true)
  expect(unknown.map(({ text }) => text)).toStrictEqual(['z', machineId(9)])
})

test('what is named is read alone, anything else needs the tenant', () => {
  expect(needOfEntry(named('b', 'a', machineId(1), 'a'), HISTORY_FROM)).toStrictEqual({
    scope: 'named',
    ids: [machineId(1)],
    dnsNames: ['a', 'b'],
    historyFrom: HISTORY_FROM,
    countOnboarded: false,
  })
  expect(needOfEntry(undefined, HISTORY_FROM).scope).toBe('tenant')
  expect(needOfEntry(entry({ fields: { tag: ['t'] } }), HISTORY_FROM).scope).toBe('tenant')
})

test('what is to be changed resolves as in a policy: one record a name, or a problem', () => {
  const { machines, problems } = resolveEntry(named('a.contoso.com', 'b.contoso.com', 'z'), ALL, NOW)
  expect(machines.map(({ id }) => id)).toStrictEqual([machineId(1)])
  expect(problems.map(({ severity, code }) => [severity, code])).toStrictEqual([
    ['error', 'ambiguous-machine'],
    ['error', 'unresolved-machine'],
  ])
})
