import { describe, expect, test } from 'vitest'
import type { DriftKind } from '../../../src/plan/document/document.ts'
import { driftDocument } from '../../../src/report/documents/drift-document.ts'
import { renderDrift } from '../../../src/report/terminal/render-drift.ts'
import { DRIFT_KINDS } from '../../../src/report/words/drift-kinds.ts'
import { at } from '../../support/build-core.ts'
import { COVERAGE, drift, drifted, FINANCE, machine, plan } from '../sample-plan.ts'

const STYLE = { color: false, width: 100 }
const COVERED = 'Coverage: 37 of 41 held machines declared (90.24 %), 40 of 45 holds.\n'

test('no drift says the number and the time of what was read', () => {
  expect(renderDrift(drifted(), STYLE)).toBe(
    `No drift. 1214 machines match the declaration (read 2026-11-22T18:03:11Z).
${COVERED}`,
  )
})

test('an incomplete read concludes nothing', () => {
  expect(renderDrift(drifted({ complete: false }), STYLE)).toBe(
    `The read is incomplete: what follows is not all there may be, and what was not read is unknown.

No conclusion about drift.
${COVERED}`,
  )
})

test('a read of named machines claims nothing about others', () => {
  const observed = { ...plan().observed, scope: 'named' as const }
  expect(renderDrift(drifted({ observed }), STYLE)).toContain('\nOnly the named machines were read: ')
})

test('each kind has its heading, who did it, the policy and what to do, and is counted', () => {
  const items = [
    drift(1, { kind: 'reverted', expected: 'full', actual: 'none', policy: FINANCE }),
    drift(2, { kind: 'orphaned' }),
  ]
  expect(renderDrift(drifted({ drift: items }), STYLE)).toBe(
    `  # reverted (1): done by us and reversed by somebody else
~ fin-ws-1.contoso.com isolated: expected full, is none
    analyst alice@contoso.com, 2026-11-21 10:02Z; contain-finance, policies/contain-finance.yaml:12
  What to do: ask who reversed it; then change the policy, or \`holdfast apply --reassert ADDR
    --reason TEXT\` does it again.

  # orphaned (1): held by us and declared by no policy any more
. fin-ws-2.contoso.com isolated: expected none, is full
    analyst alice@contoso.com, 2026-11-21 10:02Z
  What to do: \`holdfast apply --prune\` lifts it; to keep it, declare it again.

who                        findings  of which
analyst alice@contoso.com  2         1 reverted, 1 orphaned

Drift: 1 reverted, 1 orphaned.
${COVERED}`,
  )
})

describe('due is no drift', () => {
  test('due alone is none', () => {
    expect(renderDrift(drifted({ drift: [drift(1, { kind: 'due' })] }), STYLE)).toMatch(
      /\n\nNo drift\. 1214 machines match the declaration \(read .*\)\. 1 due, which is no drift\.\nCoverage: /,
    )
  })

  test('due beside drift is counted apart', () => {
    const items = [drift(1, { kind: 'due' }), drift(2, { kind: 'missing' })]
    expect(renderDrift(drifted({ drift: items }), STYLE)).toMatch(
      /\n\nDrift: 1 missing\. 1 due, which is no drift\.\nCoverage: /,
    )
  })
})

test.each([
  ['reverted', '~'],
  ['held-by-other', '!'],
  ['stuck', '='],
  ['failing', '!'],
  ['missing', '+'],
  ['expired', '.'],
  ['orphaned', '.'],
  ['undeclared', '.'],
  ['due', '+'],
] as const)('%s begins with %s and tells what to do', (kind, symbol) => {
  const text = renderDrift(drifted({ drift: [drift(1, { kind })] }), STYLE)
  expect(text).toContain(`  # ${kind} (1): `)
  expect(text).toContain(`\n${symbol} fin-ws-1.contoso.com isolated: `)
  expect(text).toMatch(/\n {2,4}What to do: /)
})

test('the symbol of what is missing is what would mend it', () => {
  const missing = (facet: 'scanned' | 'restricted'): string =>
    renderDrift(
      drifted({
        drift: [drift(1, { kind: 'missing', facet, address: `${machine(1).id}/${facet}`, actor: null })],
      }),
      STYLE,
    )
  expect(missing('scanned')).toContain(
    '\n> fin-ws-1.contoso.com scanned: expected none, is full\n  What to do',
  )
  expect(missing('restricted')).toContain('\n+ fin-ws-1.contoso.com restricted: ')
})

test('every kind of the plan document is told', () => {
  const kinds: Readonly<Record<DriftKind, true>> = {
    lapsed: true,
    lost: true,
    reverted: true,
    'held-by-other': true,
    orphaned: true,
    undeclared: true,
    expired: true,
    stuck: true,
    failing: true,
    missing: true,
    due: true,
  }
  expect(DRIFT_KINDS.map(({ kind }) => kind).toSorted()).toStrictEqual(Object.keys(kinds).toSorted())
})

test('a stuck action is named by its id', () => {
  expect(renderDrift(drifted({ drift: [drift(1, { kind: 'stuck' })] }), STYLE)).toContain(
    '; action a0000000-0000-4000-8000-000000000002\n',
  )
  expect(renderDrift(drifted({ drift: [drift(1, { kind: 'stuck', actor: null })] }), STYLE)).not.toContain(
    'action a',
  )
})

test.each([
  ['own', 'app', 'Holdfast, '],
  ['analyst', 'alice', 'analyst alice, '],
  ['application', 'app', 'application app, '],
  ['unknown', null, 'somebody unknown, '],
] as const)('an actor of class %s is called so', (actorClass, requestor, want) => {
  const actor = { class: actorClass, requestor, at: 'some day', actionId: 'x' }
  expect(renderDrift(drifted({ drift: [drift(1, { actor })] }), STYLE)).toContain(`\n    ${want}some day\n`)
})

test('the drift document says what was read and counts each kind', () => {
  const document = drifted({ drift: [drift(1), drift(2), drift(3, { kind: 'due' })] })
  expect(document).toMatchObject({ formatVersion: '1.1', drifted: true, summary: { orphaned: 2, due: 1 } })
  expect(drifted({ drift: [drift(3, { kind: 'due' })] }).drifted).toBe(false)
})

test('times are written as people read them', () => {
  const item = drift(1, { kind: 'due', expected: 'full within 7d', actual: 'full 2026-11-01T10:00:00.1Z' })
  expect(renderDrift(drifted({ drift: [item] }), STYLE)).toContain(
    ': expected full within 7d, is full 2026-11-01 10:00Z\n',
  )
})

test('what is stuck or failing says for each finding what to do, with its own machine and action', () => {
  const items = [drift(1, { kind: 'stuck' }), drift(2, { kind: 'failing' })]
  const text = renderDrift(drifted({ drift: items }), { ...STYLE, width: 200 })
  expect(text).toContain(
    '\n    What to do: `holdfast actions cancel a0000000-0000-4000-8000-000000000002 --reason TEXT` ends it; then plan again.\n',
  )
  expect(text).toContain(
    `\n    What to do: \`holdfast explain ${machine(2).id}\` shows why; \`holdfast apply --retry ${machine(2).id}/isolated --reason TEXT\` allows one more attempt.\n`,
  )
})

test('who moved it stands below the drift, and what is merely due below that', () => {
  const items = [
    drift(1, { kind: 'due', actor: null }),
    drift(2, { kind: 'missing', actor: null }),
    drift(3, { kind: 'failing', actor: { class: 'own', requestor: 'app', at: 'x', actionId: 'y' } }),
  ]
  const text = renderDrift(drifted({ drift: items }), STYLE)
  const order = ['# failing', '# missing', 'Holdfast      1', 'nobody known  1', '# due', 'Drift: ']
  const places = order.map(part => text.indexOf(part))
  expect(places).toStrictEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
})

test.each([
  [null, 'Coverage: unknown, since not all was read.'],
  [{ ...COVERAGE, machines: { held: 0, declared: 0 }, share: null }, 'Coverage: no machine is held.'],
  [
    { machines: { held: 1, declared: 1 }, holds: { held: 1, declared: 1 }, share: 1 },
    'Coverage: 1 of 1 held machine declared (100 %), 1 of 1 hold.',
  ],
] as const)('coverage %# is told as it is', (coverage, says) => {
  expect(renderDrift(driftDocument(plan(), coverage), STYLE)).toContain(`\n${says}\n`)
})

test('another time than now is named', () => {
  expect(renderDrift(drifted({ asOf: '2026-11-01T00:00:00Z' }), STYLE)).toContain(
    '\nAs of 2026-11-01, not of now: ',
  )
})

describe('--since', () => {
  const items = [drift(1), drift(2, { kind: 'missing', actor: null })]
  const since = (text: string, drifts = items): string =>
    renderDrift(driftDocument(plan({ drift: drifts }), COVERAGE, at(text)), STYLE)

  test('keeps what is as young, and what has no time', () => {
    expect(since('2026-11-21T10:02:00Z')).toContain('\nDrift: 1 missing, 1 orphaned.\n')
  })

  test('says how much it leaves out', () => {
    expect(since('2026-11-21T10:02:00.1Z')).toContain(
      '\nDrift: 1 missing. 1 finding before 2026-11-21 10:02Z left out.\n',
    )
  })

  test('claims no match where it left something out', () => {
    expect(since('2026-11-22', [drift(1)])).toMatch(
      /^No drift since 2026-11-22\. 1 finding before 2026-11-22 left out\.\n/,
    )
  })

  test('claims it where it left out nothing', () => {
    expect(since('2026-11-22', [])).toMatch(/^No drift\. 1214 machines match /)
  })
})
