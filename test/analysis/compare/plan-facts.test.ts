import { expect, test } from 'vitest'
import { factsOf } from '../../../src/analysis/compare/plan-facts.ts'
import type { Plan } from '../../../src/plan/document/document.ts'

const MACHINE = { id: 'AB', dnsName: 'Fin-1.contoso.com' }
const POLICY = { name: 'contain', file: 'a.yaml', line: 1, column: 1 }
const NAMES = ['ab', 'fin-1.contoso.com']

function factsFor(plan: object, unchanged: Parameters<typeof factsOf>[1] = []) {
  const empty = { changes: [], blocked: [], drift: [], inFlight: [], guards: [], diagnostics: [] }
  return factsOf({ ...empty, ...plan } as Partial<Plan> as Plan, unchanged)
}

test('a change is told by machine, facet, what is done and why, and by the codes of its warnings', () => {
  const change = {
    address: 'AB/quarantined/12',
    machine: MACHINE,
    operations: ['run'],
    before: 'never',
    after: 'quarantined',
    reason: 'not-run',
    policy: POLICY,
    warnings: [{ code: 'one-way', message: 'm' }],
  }
  expect(factsFor({ changes: [change] }).changes).toStrictEqual([
    {
      fields: {
        machine: 'Fin-1.contoso.com',
        facet: 'quarantined',
        key: '12',
        operations: ['run'],
        before: 'never',
        after: 'quarantined',
        reason: 'not-run',
        policy: 'contain',
        warnings: ['one-way'],
      },
      machineNames: NAMES,
    },
  ])
})

test('what no policy asked for names none', () => {
  const orphan = {
    address: 'AB/isolated',
    machine: MACHINE,
    operations: ['lift'],
    policy: null,
    warnings: [],
  }
  expect(factsFor({ changes: [orphan] }).changes[0]?.fields).not.toHaveProperty('policy')
  const drift = { address: 'AB/isolated', machine: MACHINE, kind: 'orphaned', actor: null, policy: null }
  expect(factsFor({ drift: [drift] }).drift[0]?.fields).toStrictEqual({
    machine: 'Fin-1.contoso.com',
    facet: 'isolated',
    kind: 'orphaned',
  })
})

test('a blocked name that did not resolve is its machine', () => {
  const blocked = {
    address: 'gone.contoso.com/isolated',
    machine: null,
    code: 'unresolved-machine',
    policy: POLICY,
  }
  expect(factsFor({ blocked: [blocked] }).blocked).toMatchObject([
    {
      fields: { machine: 'gone.contoso.com', code: 'unresolved-machine' },
      machineNames: ['gone.contoso.com'],
    },
  ])
})

test('drift names the class of its actor', () => {
  const actor = { class: 'analyst', requestor: 'anna' }
  const drift = { address: 'AB/isolated', machine: MACHINE, kind: 'reverted', actor, policy: POLICY }
  expect(factsFor({ drift: [drift] }).drift).toMatchObject([
    { fields: { actor: 'analyst', policy: 'contain' } },
  ])
})

test('what is in flight and what is unchanged is told', () => {
  const flight = {
    address: 'AB/isolated',
    machine: MACHINE,
    type: 'Isolate',
    status: 'Pending',
    own: true,
    awaited: false,
  }
  const facts = factsFor({ inFlight: [flight] }, [
    { address: 'AB/restricted', dnsName: null, value: 'restricted' },
  ])
  expect(facts.inFlight[0]?.fields).toMatchObject({ type: 'Isolate', own: true, awaited: false })
  expect(facts.unchanged).toStrictEqual([
    { fields: { machine: 'AB', facet: 'restricted', value: 'restricted' }, machineNames: ['ab'] },
  ])
})

test('of guards only those that do not pass are told, overridden or not', () => {
  const guards = ['pass', 'fail', 'overridden'].map((status, at) => ({
    name: `g${at}`,
    status,
    limit: 1,
    actual: at,
  }))
  expect(factsFor({ guards }).guards.map(({ fields }) => fields)).toStrictEqual([
    { name: 'g1', limit: 1, actual: 1 },
    { name: 'g2', limit: 1, actual: 2 },
  ])
})

test('diagnostics are told by their severity, with their place', () => {
  const diagnostics = [
    { severity: 'error', code: 'e', message: 'm', file: 'a.yaml', line: 3, column: 1 },
    { severity: 'warning', code: 'w', message: 'm' },
    { severity: 'info', code: 'i', message: 'm' },
  ]
  const { errors, warnings } = factsFor({ diagnostics })
  expect(errors.map(({ fields }) => fields)).toStrictEqual([
    { code: 'e', file: 'a.yaml', line: 3, message: 'm' },
  ])
  expect(warnings.map(({ fields }) => fields)).toStrictEqual([{ code: 'w', message: 'm' }])
})
