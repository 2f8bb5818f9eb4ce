import { expect, test } from 'vitest'
import {
  methodsOf,
  missingPermissions,
  policyPermissions,
} from '../../../src/analysis/by-hand/policy-permissions.ts'
import { isolated, lasting, placed, policy } from '../../support/build-core.ts'

const contain = policy({ name: 'contain', state: isolated('none'), liftAfter: ['scanned'] })
const scan = policy({ name: 'a-scan', state: { scanned: placed({ scan: 'quick', within: lasting('7d') }) } })

test('a policy needs what its facets need, and the runs before its lifts', () => {
  expect(methodsOf(contain).map(({ type }) => type)).toStrictEqual([
    'Isolate',
    'Unisolate',
    'RunAntiVirusScan',
  ])
  expect(policyPermissions([contain], ['Machine.Scan'])).toMatchObject([
    {
      policy: 'contain',
      canPlan: false,
      apply: [
        { permission: 'Machine.Isolate', facets: ['isolated'], has: false },
        { permission: 'Machine.Scan', facets: ['scanned'], has: true },
      ],
    },
  ])
})

test.each([
  ['Machine.Read.All', true],
  ['Machine.ReadWrite.All', true],
  ['Machine.Isolate', false],
])('%s lets read: %s', (role, want) => {
  expect(policyPermissions([contain], [role])[0]?.canPlan).toBe(want)
})

test('what is missing names every policy that it stops', () => {
  expect(missingPermissions(policyPermissions([contain, scan], ['Machine.Isolate']))).toStrictEqual([
    { permission: 'Machine.Read.All or Machine.ReadWrite.All', policies: ['a-scan', 'contain'] },
    { permission: 'Machine.Scan', policies: ['a-scan', 'contain'] },
  ])
})

test('roles that are not known miss nothing and prove nothing', () => {
  const needs = policyPermissions([contain], null)
  expect(needs[0]).toMatchObject({ canPlan: null, apply: [{ has: null }, { has: null }] })
  expect(missingPermissions(needs)).toStrictEqual([])
})

test('missing permissions are sorted', () => {
  expect(
    missingPermissions(policyPermissions([scan, contain], ['Machine.Read.All'])).map(
      ({ permission }) => permission,
    ),
  ).toStrictEqual(['Machine.Isolate', 'Machine.Scan'])
})
