import { describe, expect, test } from 'vitest'
import { comparePlans } from '../../../src/analysis/compare/compare-plans.ts'
import type { Plan } from '../../../src/plan/document/document.ts'
import { renderPlanHtml } from '../../../src/report/html/render-plan-html.ts'
import { renderPlanMarkdown } from '../../../src/report/markdown/render-plan-markdown.ts'
import { renderComparison } from '../../../src/report/terminal/render-comparison.ts'
import { renderPlan } from '../../../src/report/terminal/render-plan.ts'
import { shownText } from '../html/page-check.ts'
import { blocked, drift, FINANCE, inFlight, isolation, plan } from '../sample-plan.ts'

const STYLE = { color: false, width: 100 }
const ORIGIN = { revision: 'origin/main', commit: '1a2b3c4d5e6f7a8b', policies: 3 }

function compared(base: Plan, now: Plan, origin = ORIGIN): Plan {
  return { ...now, comparison: comparePlans(base, now, origin) }
}

const shown = (base: Plan, now: Plan, origin = ORIGIN): string => {
  const { comparison } = compared(base, now, origin)
  return comparison === undefined ? '' : renderComparison(comparison, STYLE)
}

const BASE = plan({
  changes: [isolation(1), isolation(2), isolation(3, { policy: FINANCE })],
  guards: [{ name: 'maxMachines', limit: 50, actual: 3, status: 'pass' }],
})
const NOW = plan({
  changes: [isolation(1), isolation(3, { after: 'selective', policy: null })],
  blocked: [blocked(4, { code: 'held-by-other', message: 'ask them.' })],
  inFlight: [inFlight(5)],
  drift: [drift(6)],
  guards: [
    { name: 'maxMachines', limit: 2, actual: 3, status: 'fail' },
    { name: 'maxRuns', limit: 9, actual: 0, status: 'pass' },
  ],
  diagnostics: [{ severity: 'warning', code: 'w', message: 'm' }],
})

test('people read what is new, what no longer is, what is altered, the guards and the counts', () => {
  expect(shown(BASE, NOW)).toBe(`# New with this declaration (3)
!   fin-ws-4.contoso.com isolated: full -> none (contain-finance, until 2026-12-01 06:00Z)
      held-by-other: ask them.
=   fin-ws-5.contoso.com isolated: Isolate Pending since 2026-11-22 10:00Z, own,
      a0000000-0000-4000-8000-000000000001
.   fin-ws-6.contoso.com isolated: orphaned: expected none, is full
      by analyst alice@contoso.com, 2026-11-21 10:02Z

# No longer with this declaration (1)
    fin-ws-2.contoso.com isolated: no longer + none -> full (contain-finance, until 2026-12-01
      06:00Z)

# Altered by this declaration (1)
+   fin-ws-3.contoso.com isolated: none -> selective
      was + none -> full (contain-finance, until 2026-12-01 06:00Z); differs in after, policy

~ guard maxMachines: limit 50 -> 2, pass -> fail
~ guard maxRuns: new, limit 9

Against origin/main (1a2b3c4d5e6f): 3 new, 1 no longer, 1 altered. Needed anyway: 1 change, 0
blocked, 0 in flight, 0 drift. 1 diagnostic is new.
`)
})

const CASES: Readonly<Record<string, readonly [Plan, Plan, typeof ORIGIN, string]>> = {
  'nothing differs': [
    BASE,
    BASE,
    ORIGIN,
    'Against origin/main (1a2b3c4d5e6f): this declaration changes nothing. Needed anyway: 3 changes,',
  ],
  'a guard alone differs': [
    BASE,
    { ...BASE, guards: [] },
    ORIGIN,
    '~ guard maxMachines: no longer set, was 50\n\nAgainst origin/main (1a2b3c4d5e6f): 0 new, 0 no longer, 0 altered.',
  ],
  'a guard of the same limit fails': [
    plan({ guards: [{ name: 'maxRuns', limit: 1, actual: 0, status: 'pass' }] }),
    plan({ guards: [{ name: 'maxRuns', limit: 1, actual: 2, status: 'fail' }] }),
    ORIGIN,
    '~ guard maxRuns: pass -> fail\n',
  ],
  'nothing was declared': [
    plan(),
    NOW,
    { ...ORIGIN, policies: 0 },
    'At origin/main: no policy is declared there.',
  ],
  'the base cannot be believed': [
    plan({ errored: true, complete: false }),
    plan(),
    ORIGIN,
    'At origin/main: what was not read is unknown on both sides; its own\nplan has errors, so that more may differ.',
  ],
  'a change became blocked': [
    plan({ changes: [isolation(4)] }),
    plan({ blocked: [blocked(4)] }),
    ORIGIN,
    '      was + none -> full (contain-finance, until 2026-12-01 06:00Z)\n',
  ],
  'drift is of a kind that is not known': [
    plan(),
    plan({ drift: [drift(1, { kind: 'novel' as never, actor: null })] }),
    ORIGIN,
    '.   fin-ws-1.contoso.com isolated: novel: expected none, is full\n',
  ],
}

test.each(Object.entries(CASES))('people are told when %s', (_rule, [base, now, origin, want]) =>
  expect(shown(base, now, origin)).toContain(want),
)

test('more than fifty of one way are counted, not listed', () => {
  const changes = Array.from({ length: 60 }, (_, index) => isolation(100 + index))
  const text = shown(plan(), plan({ changes }))
  expect(text).toContain('# New with this declaration (60)\n')
  expect(text.match(/^\+ {3}fin-ws-/gm)).toHaveLength(50)
  expect(text).toContain('    … 10 more items: --json lists them all.\n')
})

describe('every format has it', () => {
  const one = compared(BASE, NOW)

  test('text, before the id of the plan', () => {
    expect(renderPlan(one, STYLE)).toMatch(
      /# New with this declaration \(3\)\n[\s\S]*\nAgainst origin[\s\S]*\n\nApply exactly this plan: /,
    )
    expect(renderPlan(NOW, STYLE)).not.toContain('New with')
  })

  test('Markdown: the sentence at the top, tables after what is blocked and risky', () => {
    const text = renderPlanMarkdown(one)
    expect(text).toContain(
      '\n\nAgainst origin/main &#40;1a2b3c4d5e6f&#41;: 3 new, 1 no longer, 1 altered. Needed anyway: ',
    )
    expect(text.match(/^#### .*$/gm)).toStrictEqual([
      '#### Guards',
      '#### Blocked (1)',
      '#### Guards that differ',
      '#### New with this declaration (3)',
      '#### No longer with this declaration (1)',
      '#### Altered by this declaration (1)',
    ])
    expect(text).toContain(
      '|  | <code>fin-ws-2.contoso.com</code> | <code>isolated</code> | <code>no longer &#43; none -&#62; full</code> | <code>contain-finance, until 2026-12-01 06:00Z</code> |  |\n',
    )
    expect(text).toContain(
      ' |  | was <code>&#43; none -&#62; full</code> <code>contain-finance, until 2026-12-01 06:00Z</code> (after, policy) |\n',
    )
    expect(text).toContain('| <code>maxMachines: limit 50 -&#62; 2, pass -&#62; fail</code> |\n')
  })

  test('Markdown stays under the limit where everything is new, with the totals', () => {
    const changes = Array.from({ length: 3000 }, (_, index) => isolation(10_000 + index))
    const text = renderPlanMarkdown(compared(plan(), plan({ changes })))
    expect(text.length).toBeLessThan(60_000)
    expect(text).toContain('#### New with this declaration (3000)\n')
    expect(text).toContain('<summary>Other changes (3000)</summary>')
  })

  test('the page: the sentence and tables', () => {
    const text = shownText(renderPlanHtml(one))
    expect(text).toContain('Against origin/main (1a2b3c4d5e6f): 3 new, 1 no longer, 1 altered.')
    expect(text).toContain('maxMachines: limit 50 -> 2, pass -> fail')
    expect(text).toContain('no longer + none -> full')
    expect(text).toContain('+ none -> full, contain-finance, until 2026-12-01 06:00Z (after, policy)')
    expect(text).toContain('held-by-other: ask them.')
  })
})
