import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driftDocument } from '../../../src/report/documents/drift-document.ts'
import { PAGE_SCRIPT, SCRIPT_HASH } from '../../../src/report/html/page-script.ts'
import { PAGE_STYLE, STYLE_HASH } from '../../../src/report/html/page-style.ts'
import { renderDriftHtml } from '../../../src/report/html/render-drift-html.ts'
import { renderPlanHtml } from '../../../src/report/html/render-plan-html.ts'
import { renderResultHtml } from '../../../src/report/html/render-result-html.ts'
import { arbitraryPlan, arbitraryResult } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { blocked, drift, drifted, FULL, inFlight, isolation, machine, plan, SCAN } from '../sample-plan.ts'
import { outcome, result } from '../sample-result.ts'
import { faultsOf, shownText } from './page-check.ts'

const RUNS = seededRuns('pages', 60)

const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const COMMAND = /^\s*::|##\[|##vso\[|##teamcity\[/im

describe('the policy of a page', () => {
  const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

  test('names the hashes of script and style', () => {
    expect(SCRIPT_HASH).toBe(hashOf(PAGE_SCRIPT))
    expect(STYLE_HASH).toBe(hashOf(PAGE_STYLE))
  })

  test('allows those two and nothing else, and stands before both', () => {
    const page = renderPlanHtml(plan())
    expect(page).toContain(
      `content="default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"`,
    )
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
    expect(page).toContain(`<style>${PAGE_STYLE}</style>`)
    expect(page).toContain(`<script>${PAGE_SCRIPT}</script>`)
  })

  test('script and style reach nothing outside and end only where they should', () => {
    expect(PAGE_SCRIPT).not.toMatch(/<\/|<!--|fetch|XMLHttp|import|innerHTML|eval|https?:/)
    expect(PAGE_STYLE).not.toMatch(/<\/|@import|url\(|https?:/)
  })
})

const PAGES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  plan: arbitraryPlan.map(renderPlanHtml),
  drift: arbitraryPlan.map(made => renderDriftHtml(driftDocument(made, null))),
  result: fc
    .tuple(arbitraryResult, fc.option(arbitraryPlan, { nil: null }))
    .map(([ended, applied]) => renderResultHtml(ended, applied)),
}

describe.each(Object.entries(PAGES))('the page of a %s', (_name, rendered) => {
  test('holds no element and no attribute but its own, whatever the texts hold', () => {
    fc.assert(
      fc.property(rendered, page => {
        expect(faultsOf(page)).toStrictEqual([])
      }),
      RUNS,
    )
  })

  test('prints nothing hidden, nor a command to a log', () => {
    fc.assert(
      fc.property(rendered, page => {
        expect(page).not.toMatch(UNSAFE)
        expect(page).not.toMatch(COMMAND)
      }),
      RUNS,
    )
  })
})

test('the check of the page finds what it is there to find', () => {
  const page = renderPlanHtml(plan({ changes: [FULL] }))
  for (const forced of [
    '<img src="x">',
    '<b onclick="x">b</b>',
    '<b>',
    '</b>',
    '<script></script>',
    '&lt;',
    'a < b',
  ])
    expect(faultsOf(page.replace('<h1>', `${forced}<h1>`)), forced).not.toStrictEqual([])
})

const heading = (page: string): string | undefined => shownText(page.match(/<h1>.*<\/h1>/)?.[0] ?? '').trim()
const tone = (page: string): string | undefined => page.match(/<header class="(\w+)">/)?.[1]
const rows = (page: string): readonly string[] =>
  [...page.matchAll(/<tr role="row" data-keys="[^"]*">.*?<\/tr>/gs)].map(([row]) => shownText(row))
const keys = (page: string): readonly string[] =>
  [...page.matchAll(/data-keys="([^"]*)"/g)].map(([, key = '']) => key)

describe('a plan', () => {
  test.each([
    ['nothing to do', plan(), 'No changes', 'calm'],
    ['changes', plan({ changes: [FULL, SCAN] }), '2 changes', 'strong'],
    [
      'everything',
      plan({ changes: [FULL], blocked: [blocked(2)], inFlight: [inFlight(3)] }),
      '1 change, 1 blocked, 1 in flight',
      'strong',
    ],
    ['no way to apply it', plan({ changes: [FULL], complete: false }), '1 change', 'blocked'],
  ])('of %s says so first', (_what, made, verdict, looks) => {
    expect(heading(renderPlanHtml(made))).toBe(verdict)
    expect(tone(renderPlanHtml(made))).toBe(looks)
  })

  test('that cannot be applied says why before the counts', () => {
    const text = shownText(renderPlanHtml(plan({ changes: [FULL], complete: false })))
    expect(text.indexOf('cannot be applied: a read failed')).toBeGreaterThan(0)
    expect(text.indexOf('cannot be applied')).toBeLessThan(text.indexOf('Plan: '))
  })

  test('holds both lines of the summary, or how many machines match', () => {
    expect(shownText(renderPlanHtml(plan({ changes: [FULL] })))).toMatch(
      /Plan: 0 to impose[\s\S]*requests, about/,
    )
    expect(shownText(renderPlanHtml(plan()))).toContain('1214 machines match the declaration')
  })

  test('says where it read less than the tenant', () => {
    const made = plan({ observed: { ...plan().observed, scope: 'named' } })
    expect(shownText(renderPlanHtml(made))).toContain('Only the named machines were read')
  })

  test('shows machines in the order in which they must be read, everything of one in one row', () => {
    const page = renderPlanHtml(
      plan({
        changes: [
          isolation(1),
          isolation(2, { warnings: [{ code: 'offline', message: 'It is offline.' }] }),
          isolation(3, { operations: ['lift'], before: 'full', after: 'none' }),
          isolation(4, { operations: ['lift', 'impose'], before: 'full', after: 'selective' }),
          isolation(5, { operations: ['cancel'] }),
          FULL,
          SCAN,
        ],
        blocked: [blocked(6), blocked(7, { machine: null, address: 'gone/isolated', policy: null })],
        inFlight: [inFlight(8)],
        drift: [drift(9), drift(3)],
      }),
    )
    expect(keys(page)).toStrictEqual([
      'blocked',
      'blocked',
      'impose',
      'lift',
      'change',
      'cancel',
      'run impose',
      'impose',
      'in-flight',
      'drift',
    ])
    const [first = '', second = '', third = ''] = rows(page)
    expect(first).toContain('fin-ws-6.contoso.com')
    expect(first).toContain('held-by-other: alice@contoso.com isolated it')
    expect(first).toContain('contain-finance (policies/contain-finance.yaml:12)')
    expect(second).toContain('gone')
    expect(third).toContain('warning[offline]: It is offline.')
    expect(rows(page)[3]).toContain('orphaned: analyst alice@contoso.com')
    expect(rows(page)[9]).toContain('orphaned isolated expected none, is full')
  })

  test('equal names are told apart, by name the order within a kind', () => {
    const twin = { ...machine(2), dnsName: machine(1).dnsName }
    const [first = '', second = ''] = rows(
      renderPlanHtml(plan({ changes: [isolation(2, { machine: twin }), isolation(1)] })),
    )
    expect(first).toContain(`fin-ws-1.contoso.com (${machine(1).id})`)
    expect(second).toContain(`fin-ws-1.contoso.com (${machine(2).id})`)
  })

  test('tells a machine with its platform, group, health and when it was seen, as far as known', () => {
    const bare = { ...machine(2), osPlatform: null, healthStatus: null, lastSeen: null }
    const page = renderPlanHtml(
      plan({
        changes: [
          isolation(1, { machine: { ...machine(1), rbacGroupName: 'Finance' }, policy: null }),
          isolation(2, { machine: bare }),
        ],
      }),
    )
    expect(rows(page)[0]).toContain('Windows11 · Finance · Active · seen 2026-11-22 17:00Z')
    expect(rows(page)[1]).not.toContain(' · ')
    expect(shownText(page)).toMatch(/Machines by platform\s+Windows11 1\s+unknown 1/)
    expect(shownText(page)).toMatch(/Items by policy\s+contain-finance 1\s+no policy 1/)
  })

  test('shows guards that do not pass, and every diagnostic with its place', () => {
    const text = shownText(
      renderPlanHtml(
        plan({
          guards: [
            { name: 'maxMachines', limit: 5, actual: 9, status: 'fail', message: 'Raise it.' },
            { name: 'maxLifts', limit: 5, actual: 9, status: 'overridden' },
            { name: 'maxRuns', limit: 5, actual: 1, status: 'pass' },
          ],
          diagnostics: [
            { severity: 'warning', code: 'a', message: 'One.', file: 'p.yaml', line: 3, column: 4 },
            { severity: 'info', code: 'b', message: 'Two.' },
          ],
        }),
      ),
    )
    expect(text).toMatch(/maxMachines\s+fail\s+9\s+5\s+Raise it\./)
    expect(text).toMatch(/maxLifts\s+overridden/)
    expect(text).not.toContain('maxRuns')
    expect(text).toMatch(/warning\s+a\s+One\.\s+p\.yaml:3:4/)
    expect(text).toMatch(/info\s+b\s+Two\./)
  })

  test.each([
    [{ commit: null, dirty: null, files: {} }, null],
    [{ commit: 'abc123', dirty: false, files: {} }, 'Commitabc123\n'],
    [{ commit: 'abc123', dirty: true, files: {} }, 'Commitabc123, with changes\n'],
  ])('says what it was made from: %j', (source, said) => {
    const target = { endpoint: 'https://x.example', tenantId: 'tenant-1' }
    const text = shownText(renderPlanHtml(plan({ source, target })))
    expect(text).toContain('Tenanttenant-1')
    expect(said === null ? !text.includes('Commit') : text.includes(said)).toBe(true)
  })

  test('lists at most eight policies and sums up the rest', () => {
    const changes = Array.from({ length: 12 }, (_, at) =>
      isolation(at + 1, { policy: { name: `p-${at}`, file: 'a.yaml', line: 1, column: 1 } }),
    )
    expect(shownText(renderPlanHtml(plan({ changes })))).toContain('4 others 4')
  })

  test('one blocked item among thousands is still seen in the bar, which is as wide as ever', () => {
    const page = renderPlanHtml(plan({ summary: { ...plan().summary, blocked: 1, unchanged: 100_000 } }))
    const widths = [...page.matchAll(/<rect class="t-\w+" x="[\d.]+" width="([\d.]+)"/g)].map(found =>
      Number(found[1]),
    )
    expect(Math.min(...widths)).toBeGreaterThan(5)
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1000, 0)
  })

  test('lays rows out in groups of fifty', () => {
    const changes = Array.from({ length: 120 }, (_, at) => isolation(at + 1))
    expect(renderPlanHtml(plan({ changes })).match(/<tbody role="rowgroup">/g)).toHaveLength(3)
  })
})

describe('drift', () => {
  test.each([
    ['none', drifted(), 'No drift', 'calm'],
    ['unknown', drifted({ complete: false }), 'No conclusion about drift', 'blocked'],
    ['one', drifted({ drift: [drift(1)] }), '1 thing drifted', 'strong'],
    [
      'one that was never applied',
      drifted({ drift: [drift(1), drift(2, { kind: 'missing', actor: null })] }),
      '1 thing drifted, 1 never applied',
      'strong',
    ],
    [
      'nothing but what was never applied',
      drifted({ drift: [drift(2, { kind: 'missing', actor: null })] }),
      '1 never applied',
      'strong',
    ],
    ['merely due', drifted({ drift: [drift(1, { kind: 'due' })] }), 'No drift', 'calm'],
  ])('%s says so first', (_what, made, verdict, looks) => {
    expect(heading(renderDriftHtml(made))).toBe(verdict)
    expect(tone(renderDriftHtml(made))).toBe(looks)
  })

  test('an incomplete or narrow read is told before anything else', () => {
    const observed = { ...plan().observed, scope: 'named' as const }
    const text = shownText(renderDriftHtml(drifted({ drift: [drift(1)], complete: false, observed })))
    expect(text).toContain('The read is incomplete')
    expect(text).toContain('Only the named machines were read')
  })

  test('is told by kind, what needs a person first, with who did it and what to do', () => {
    const by = (requestor: string | null, kind: 'own' | 'application') => ({
      class: kind,
      requestor,
      at: '2026-11-21T10:02:00Z',
      actionId: 'a1',
    })
    const page = renderDriftHtml(
      drifted({
        drift: [
          drift(1),
          drift(2, { kind: 'reverted' }),
          drift(3, { kind: 'missing', actor: null }),
          drift(4, { kind: 'expired', actor: by(null, 'own') }),
          drift(5, { kind: 'stuck', actor: by(null, 'application') }),
        ],
      }),
    )
    expect(keys(page)).toStrictEqual(['reverted', 'stuck', 'missing', 'expired', 'orphaned'])
    const text = shownText(page)
    expect(text).toMatch(/stuck\s+in flight for over 72 hours\s+`holdfast actions cancel ID --reason TEXT`/)
    expect(text).toMatch(/By whom\s+alice@contoso\.com 2\s+Holdfast 1\s+nobody known 1\s+somebody unknown 1/)
    expect(rows(page)[0]).toContain('by analyst alice@contoso.com, 2026-11-21 10:02Z')
    expect(rows(page)[1]).toContain('what to do: `holdfast actions cancel a1 --reason TEXT` ends it')
    expect(text).toMatch(
      /Who moved it\s+Who\s+Findings\s+Of which\s+analyst alice@contoso\.com\s+2\s+1 reverted, 1 orphaned/,
    )
  })
})

describe('a result', () => {
  const applied = plan({ changes: [isolation(1), isolation(2)], blocked: [blocked(3)] })

  test.each([
    ['all went well', result([outcome(1)]), '1 change, all as planned', 'calm'],
    ['nothing was to be done', result([]), 'Nothing to apply', 'calm'],
    [
      'nothing was sent',
      result([], { exit: { code: 3, name: 'stale' } }),
      'Nothing was submitted: the plan is stale',
      'blocked',
    ],
    [
      'it was interrupted at the end',
      result([outcome(1)], { exit: { code: 130, name: 'signal' } }),
      'Apply interrupted: 1 succeeded',
      'blocked',
    ],
    [
      'one failed',
      result([outcome(1), outcome(2, { outcome: 'failed' })]),
      '1 of 2 changes not as planned',
      'blocked',
    ],
  ])('where %s says so first', (_what, ended, verdict, looks) => {
    expect(heading(renderResultHtml(ended, null))).toBe(verdict)
    expect(tone(renderResultHtml(ended, null))).toBe(looks)
  })

  test('tells what went wrong, then what is open, then the rest, with the change and its policy', () => {
    const ended = result([
      outcome(1),
      outcome(2, { outcome: 'pending', endedAt: null, adopted: true }),
      outcome(3, {
        outcome: 'refused',
        type: null,
        status: null,
        actionId: null,
        code: 'held-by-other',
        detail: 'Alice holds it.',
        submittedAt: null,
        endedAt: null,
      }),
      outcome(4, { dnsName: null, code: 'moved' }),
      outcome(5, { detail: 'As hoped.' }),
    ])
    const page = renderResultHtml(ended, applied)
    expect(keys(page)).toStrictEqual(['refused', 'pending', 'succeeded', 'succeeded', 'succeeded'])
    const [refused = '', pending = '', nameless = '', done = '', hoped = ''] = rows(page)
    expect(refused).toContain('refused isolated full -> none')
    expect(refused).toContain('held-by-other: Alice holds it.')
    expect(refused).not.toContain('sent')
    expect(pending).toContain('not submitted by this run, sent 2026-11-22 18:04Z')
    expect(nameless).toContain('moved:')
    expect(done).toContain('isolated none -> full')
    expect(done).toContain('contain-finance')
    expect(done).toContain('sent 2026-11-22 18:04Z, ended 2026-11-22 18:05Z')
    expect(hoped).toContain('As hoped.')
  })

  test('names machines left open and not contained, what moved, and overrides with their reason', () => {
    const text = shownText(
      renderResultHtml(
        result([outcome(1, { outcome: 'uncertain' })], {
          chainOpen: ['a.example'],
          notContained: ['b.example', 'c.example'],
          moved: [{ address: 'x/isolated', message: 'Somebody released it.' }],
          overriddenGuards: ['maxLifts'],
          reason: 'INC-1',
        }),
        null,
      ),
    )
    expect(text).toContain('1 machine was released and not held anew.')
    expect(text).toContain('2 machines are not contained now.')
    expect(text).toContain('c.example')
    expect(text).toMatch(/x\/isolated\s+Somebody released it\./)
    expect(text).toContain('Guards overriddenmaxLifts')
    expect(text).toContain('ReasonINC-1')
    expect(text).toContain('Run the same command again')
    expect(text).not.toContain('Machines by platform')
  })
})
