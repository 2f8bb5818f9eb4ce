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

describe('canonical JSON is that of RFC 8785: its own examples', () => {
  test('section 3.2.2: literals, numbers and strings', () => {
    const input = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
    expect(canonicalJson(JSON.parse(input))).toBe(expected)
  })

  test('section 3.2.3: keys in the order of their UTF-16 units', () => {
    const names: Readonly<Record<string, string>> = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect([...canonicalJson(names).matchAll(/:"([^"]+)"/g)].map(([, name]) => name)).toStrictEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: %s is %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })
})

test('half of a surrogate pair, which RFC 8785 refuses, is written as its escape', () => {
  expect(canonicalJson({ name: '\ud800' })).toBe(String.raw`{"name":"\ud800"}`)
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
