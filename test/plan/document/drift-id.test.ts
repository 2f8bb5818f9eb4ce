import { expect, test } from 'vitest'
import type { Actor, Drift, Target } from '../../../src/plan/document/document.ts'
import { driftIdOf } from '../../../src/plan/document/drift-id.ts'
import { drift, machine } from '../../report/sample-plan.ts'

const TARGET: Target = { endpoint: 'https://api.security.microsoft.com', tenantId: 'contoso' }
const ID = driftIdOf(TARGET, drift(1))

function idOf(over: Partial<Drift>): string {
  return driftIdOf(TARGET, drift(1, over))
}

const ACTOR: Actor = { ...(drift(1).actor as Actor) }

test('an id is 32 hex digits', () => {
  expect(ID).toMatch(/^[0-9a-f]{32}$/)
})

test.each(
  Object.entries({
    'another time of the same action': { actor: { ...ACTOR, at: '2026-11-22T00:00:00Z' } },
    'another name for who did it': { actor: { ...ACTOR, requestor: 'bob' } },
    'another word of the declaration': { expected: 'selective' },
    'another name of the machine': { machine: machine(1, 'renamed.contoso.com') },
  }),
)('%s leaves the id as it is', (_what, over) => {
  expect(idOf(over)).toBe(ID)
})

test.each(
  Object.entries({
    'another act': { actor: { ...ACTOR, actionId: 'b' } },
    'no act': { actor: null },
    'another kind': { kind: 'undeclared' as const },
    'another address': { address: `${machine(1).id}/restricted` },
  }),
)('%s gives another id', (_what, over) => {
  expect(idOf(over)).not.toBe(ID)
})

test('one tenant has one id at every endpoint, two tenants have two, and an unknown one is its endpoint', () => {
  expect(driftIdOf({ ...TARGET, endpoint: 'https://eu.api.security.microsoft.com' }, drift(1))).toBe(ID)
  expect(driftIdOf({ ...TARGET, tenantId: 'fabrikam' }, drift(1))).not.toBe(ID)
  expect(driftIdOf({ ...TARGET, tenantId: null }, drift(1))).not.toBe(
    driftIdOf({ tenantId: null, endpoint: 'https://eu.api.security.microsoft.com' }, drift(1)),
  )
})
