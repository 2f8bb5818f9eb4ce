import { expect, test } from 'vitest'
import { groupPosture } from '../../../src/report/documents/group-posture.ts'
import type { MachineDocument } from '../../../src/report/documents/machine-document.ts'
import { machineId, ownComment } from '../../support/build-core.ts'
import { machineWith } from '../sample-machines.ts'

const OWN = { requestorComment: ownComment(), requestor: 'Holdfast App' }
const named = (
  index: number,
  name: string | null,
): { readonly id: string; readonly computerDnsName: string | null } => ({
  id: machineId(index),
  computerDnsName: name,
})
const group = (
  machines: readonly MachineDocument[],
  expiries: Readonly<Record<string, string>> = {},
  namesFree = false,
) => groupPosture(machines, new Map(Object.entries(expiries)), namesFree)

test('machines in the same state for the same reason stand together, by name, the largest group first', () => {
  const { held, summary } = group([
    machineWith(named(1, 'z'), { requestor: 'Other' }),
    machineWith(named(3, 'B'), OWN),
    machineWith(named(2, 'a'), { ...OWN, requestor: 'Renamed App' }),
    machineWith(named(4, null), { type: 'RestrictCodeExecution', requestor: 'Other' }),
  ])
  expect(
    held.map(({ facet, level, by, machines }) => [
      facet,
      level,
      by.map(({ policy }) => policy),
      machines.map(({ dnsName }) => dnsName),
    ]),
  ).toStrictEqual([
    ['isolated', 'full', ['contain'], ['a', 'B']],
    ['isolated', 'full', [null], ['z']],
    ['restricted', 'restricted', [null], [null]],
  ])
  expect(summary).toStrictEqual({ isolated: 3, restricted: 1, inFlight: 0, uncertain: 0 })
})

test.each<[string, Readonly<Record<string, string>>, string | null]>([
  ['its policy says when', { contain: '2026-12-01T00:00:00Z' }, '2026-12-01T00:00:00Z'],
  ['no policy that is declared says when', {}, null],
])('a hold of ours ends where %s', (_rule, expiries, want) => {
  expect(group([machineWith({}, OWN)], expiries).held[0]?.expires).toBe(want)
})

test('the policy of a configuration with a name is found without that name', () => {
  const comment = 'x [holdfast policy=emea/contain plan=0a1b2c3d change=4e5f6a7b]'
  const held = machineWith({}, { requestorComment: comment })
  const named: MachineDocument = {
    ...held,
    posture: {
      ...held.posture,
      isolated: {
        ...held.posture.isolated,
        by: held.posture.isolated.by.map(actor => ({ ...actor, class: 'own' })),
      },
    },
  }
  expect(group([named], { contain: '2026-12-01T00:00:00Z' }).held[0]?.expires).toBe('2026-12-01T00:00:00Z')
})

test('a hold that somebody else keeps too does not end with our policy', () => {
  const both = machineWith({}, OWN, { requestor: 'maria@contoso.com', requestSource: 'Portal' })
  const [held] = group([both], { contain: '2026-12-01T00:00:00Z' }).held
  expect(held?.by.map(each => each.class)).toStrictEqual(['analyst', 'own'])
  expect(held?.expires).toBeNull()
})

test('actions in flight stand together by type, scope, status and hand; of ours the policy counts, not the application', () => {
  const { inFlight } = group([
    machineWith(named(1, 'a'), { ...OWN, status: 'Pending' }),
    machineWith(named(2, 'b'), { ...OWN, requestor: 'Renamed App', status: 'Pending' }),
    machineWith(named(3, 'c'), { status: 'Pending' }),
    machineWith(named(4, 'd'), { status: 'InProgress' }),
  ])
  expect(
    inFlight.map(({ status, own, requestor, machines }) => [status, own, requestor, machines.length]),
  ).toStrictEqual([
    ['Pending', true, null, 2],
    ['InProgress', false, 'Other App', 1],
    ['Pending', false, 'Other App', 1],
  ])
})

test('machines with nothing on them are named where that is asked for, and what is uncertain is counted', () => {
  const machines = [
    machineWith(named(2, 'b')),
    machineWith(named(1, 'a'), { status: 'Failed' }),
    machineWith(named(3, 'c'), {}),
  ]
  expect(group(machines, {}, true).free.map(({ dnsName }) => dnsName)).toStrictEqual(['a', 'b'])
  expect(group(machines).free).toStrictEqual([])
  expect(group(machines).summary.uncertain).toBe(1)
})
