import { expect, test } from 'vitest'
import type { Actor } from '../../../src/plan/document/document.ts'
import { driftDocument } from '../../../src/report/documents/drift-document.ts'
import { at } from '../../support/build-core.ts'
import { COVERAGE, drift, drifted, machine, plan } from '../sample-plan.ts'

function by(actorClass: Actor['class'], requestor: string | null): Actor {
  return { class: actorClass, requestor, at: '2026-11-21T10:02:00Z', actionId: 'a1' }
}

test('what is merely due stands apart and makes no drift', () => {
  const document = drifted({ drift: [drift(1, { kind: 'due' })] })
  expect(document).toMatchObject({ drifted: false, drift: [], due: [{ kind: 'due' }], actors: [] })
})

test('actors are counted by kind, the most first; our own are one, whatever name they signed with', () => {
  const { actors } = drifted({
    drift: [
      drift(1, { kind: 'missing', actor: null }),
      drift(2, { kind: 'failing', actor: by('own', 'app one') }),
      drift(3, { kind: 'stuck', actor: by('own', 'app two') }),
      drift(4, { kind: 'undeclared', actor: by('analyst', 'alice') }),
      drift(5, { kind: 'undeclared', actor: by('application', 'alice') }),
    ],
  })
  expect(actors).toStrictEqual([
    { class: 'own', requestor: null, count: 2, kinds: { failing: 1, stuck: 1 } },
    { class: 'analyst', requestor: 'alice', count: 1, kinds: { undeclared: 1 } },
    { class: 'application', requestor: 'alice', count: 1, kinds: { undeclared: 1 } },
    { class: null, requestor: null, count: 1, kinds: { missing: 1 } },
  ])
})

test('the way out of a finding is a command that can be copied, whatever its address holds', () => {
  const address = `${machine(1).id}/liveResponse/a b`
  const document = drifted({ drift: [drift(1, { kind: 'reverted', address, facet: 'liveResponse' })] })
  expect(document.drift[0]?.wayOut).toContain(`--reassert '${address}' --reason TEXT`)
})

test('a finding that no action tells of keeps the word for it', () => {
  const document = drifted({ drift: [drift(1, { kind: 'stuck', actor: null })] })
  expect(document.drift[0]?.wayOut).toContain('actions cancel ID ')
})

test('the document says what it left out, how much is declared, and of which time it is', () => {
  const document = driftDocument(
    plan({ drift: [drift(1)], asOf: '2026-11-22T00:00:00Z' }),
    COVERAGE,
    at('2026-11-22'),
  )
  expect(document).toMatchObject({
    asOf: '2026-11-22T00:00:00Z',
    since: { at: '2026-11-22T00:00:00Z', leftOut: 1 },
    coverage: COVERAGE,
    drifted: false,
    summary: {},
  })
  expect(drifted().since).toBeNull()
  expect('asOf' in drifted()).toBe(false)
})
