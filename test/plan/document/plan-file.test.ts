import { describe, expect, test } from 'vitest'
import { checksumOf } from '../../../src/plan/document/digest.ts'
import type { Plan } from '../../../src/plan/document/document.ts'
import { readPlan, sealPlan } from '../../../src/plan/document/plan-file.ts'
import { change, plan } from '../../support/build-plan.ts'

const saved = sealPlan(plan([change()]))

function codeOf(value: unknown): string {
  const read = readPlan(typeof value === 'string' ? value : JSON.stringify(value))
  return 'plan' in read ? 'believed' : read.code
}

test('a sealed plan is read back as it was, however it is indented', () => {
  for (const indent of [undefined, 2]) {
    expect(readPlan(JSON.stringify(saved, null, indent))).toStrictEqual({ plan: saved })
  }
})

test('what is no JSON is unreadable', () => {
  expect(codeOf('{"formatVersion"')).toBe('plan-unreadable')
  expect(codeOf('')).toBe('plan-unreadable')
})

describe('what is no plan of this format is said to be none', () => {
  test.each<readonly [string, unknown]>([
    ['null', null],
    ['a list', []],
    ['another document', { formatVersion: '1.0' }],
    ['another format', { ...saved, formatVersion: '2.0' }],
    ['a change without an address', { ...saved, changes: [{ ...saved.changes[0], address: undefined }] }],
  ])('%s', (_what, value) => {
    expect(codeOf(value)).toBe('plan-format')
  })
})

/** An edit that keeps the checksum right, as somebody who knows the format would make it. */
const resealed = (over: Partial<Plan>): Plan => {
  const edited = { ...saved, ...over }
  return { ...edited, checksum: checksumOf(edited) }
}

describe('an edited plan is not believed', () => {
  test.each<readonly [string, Plan]>([
    ['a time', { ...saved, expiresAt: '2027-01-01T00:00:00Z' }],
    [
      'a guard that passes',
      { ...saved, guards: [{ name: 'maxMachines', limit: 1, actual: 1, status: 'pass' }] },
    ],
    ['a change left out', { ...saved, changes: [] }],
    ['a request, the checksum made to fit', resealed({ changes: [change({ after: 'selective' })] })],
    [
      'a fingerprint, the checksum made to fit',
      resealed({ changes: [change({ fingerprint: '0000000000000000' })] }),
    ],
    [
      'one fingerprint of two, the checksum made to fit',
      sealPlan(plan([change(), change({ fingerprint: '0000000000000000' })])),
    ],
    ['a target, the checksum made to fit', resealed({ target: { ...saved.target, tenantId: 'other' } })],
    ['no checksum', plan([change()])],
  ])('%s', (_what, value) => {
    expect(codeOf(value)).toBe('plan-tampered')
  })
})

test('each refusal says what to do', () => {
  for (const value of ['', '[]', JSON.stringify({ ...saved, applyable: false })]) {
    const read = readPlan(value)
    expect('message' in read ? read.message : '').toMatch(/plan --out|Plan again/)
  }
})
