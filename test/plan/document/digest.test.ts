import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalJson,
  checksumOf,
  fingerprintOf,
  planIdOf,
  sha256,
} from '../../../src/plan/document/digest.ts'
import type { Change, Plan } from '../../../src/plan/document/document.ts'
import { actionId, machineId } from '../../support/build-core.ts'
import { change, plan, planMachine } from '../../support/build-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('properties of a digest', 100)

test('canonical JSON sorts keys, leaves out what is undefined and holds no white space', () => {
  const value = { b: [1, 'x', null, { d: true, c: undefined }], a: { z: '"', y: -0.5 } }
  expect(canonicalJson(value)).toBe('{"a":{"y":-0.5,"z":"\\""},"b":[1,"x",null,{"d":true}]}')
})

test('canonical JSON is JSON, whatever the order of the keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const parsed: unknown = JSON.parse(JSON.stringify(value))
      expect(JSON.parse(canonicalJson(value))).toStrictEqual(parsed)
    }),
    RUNS,
  )
  expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }))
})

test('SHA-256 is the published one', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

const target = { endpoint: 'https://api.security.microsoft.com', tenantId: 'contoso' }
const base = change()

test('the plan id is the digest that the contract spells out', () => {
  const { address, operations, before, after, requests, dependsOn, basis } = base
  const content = { address, operations, before, after, requests, dependsOn, basis }
  const text = canonicalJson({ formatVersion: '1.0', target, changes: [content] })
  expect(planIdOf(target, [base])).toBe(`sha256:${sha256(text)}`)
  expect(fingerprintOf(base)).toBe(sha256(canonicalJson(content)).slice(0, 16))
})

describe('what a change does or rests on moves its fingerprint and the plan id', () => {
  const moves: readonly (readonly [string, Partial<Change>])[] = [
    ['address', { address: `${machineId(2)}/isolated` }],
    ['operations', { operations: ['cancel', 'impose'] }],
    ['before', { before: 'selective' }],
    ['after', { after: 'selective' }],
    ['requests', { requests: [{ type: 'Isolate', body: { Comment: 'INC-2', IsolationType: 'Full' } }] }],
    ['dependsOn', { dependsOn: [`${machineId(1)}/scanned`] }],
    ['basis', { basis: [actionId(1)] }],
  ]
  test.each(moves)('%s', (_field, over) => {
    const moved = change(over)
    expect(fingerprintOf(moved)).not.toBe(fingerprintOf(base))
    expect(planIdOf(target, [moved])).not.toBe(planIdOf(target, [base]))
  })
})

describe('what does not matter moves neither', () => {
  const still: readonly (readonly [string, Partial<Change>])[] = [
    [
      'how the machine is described',
      { machine: { ...planMachine(), lastSeen: null, healthStatus: 'Inactive' } },
    ],
    ['the reason', { reason: 'resubmitted' }],
    ['where the policy stands', { policy: { name: 'contain', file: 'b.yaml', line: 9, column: 9 } }],
    ['whose policy it is', { policy: null }],
    ['warnings', { warnings: [{ code: 'will-stay-pending', message: '' }] }],
    ['the fingerprint that is written down', { fingerprint: '0000000000000000' }],
    ['the facet beside the address', { facet: 'restricted', address: base.address }],
  ]
  test.each(still)('%s', (_field, over) => {
    const moved = { ...base, ...over }
    expect(fingerprintOf(moved)).toBe(base.fingerprint)
    expect(planIdOf(target, [moved])).toBe(planIdOf(target, [base]))
  })
})

test('the plan id moves with the target and the set of changes, the fingerprint does not know them', () => {
  const id = planIdOf(target, [base])
  expect(planIdOf({ ...target, tenantId: null }, [base])).not.toBe(id)
  expect(planIdOf({ ...target, endpoint: 'https://eu.api.security.microsoft.com' }, [base])).not.toBe(id)
  expect(planIdOf(target, [])).not.toBe(id)
  expect(planIdOf(target, [base, change({ machine: planMachine(2) })])).not.toBe(id)
})

test('the plan id stands still when only the document around the changes moves', () => {
  const one = plan([base])
  const later = plan([base], { createdAt: '2026-11-22T19:00:00Z', toolVersion: '9.9.9', applyable: false })
  expect(later.planId).toBe(one.planId)
})

test('the checksum covers every part of the document but itself', () => {
  const one = plan([base])
  const sum = checksumOf(one)
  expect(sum).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(checksumOf({ ...one, checksum: sum })).toBe(sum)
  for (const key of Object.keys(one)) {
    const { [key as keyof Plan]: _removed, ...rest } = one
    expect(checksumOf(rest as Plan), key).not.toBe(sum)
  }
})
