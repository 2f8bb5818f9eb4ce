import { describe, expect, test } from 'vitest'
import { fitSections } from '../../src/report/markdown/markdown-sections.ts'
import { renderDriftMarkdown } from '../../src/report/markdown/render-drift-markdown.ts'
import { renderPlanMarkdown } from '../../src/report/markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from '../../src/report/markdown/render-result-markdown.ts'
import { blocked, drift, drifted, FINANCE, FULL, inFlight, isolation, machine, plan } from './sample-plan.ts'
import { outcome, result } from './sample-result.ts'

const code = (text: string): string => `<code>${text}</code>`

describe('a plan', () => {
  test('begins with its marker, the verdict and the counts', () => {
    expect(renderPlanMarkdown(plan({ changes: [FULL], inFlight: [inFlight(1)] }))).toMatch(
      /^<!-- holdfast:plan -->\n\n### Holdfast plan: 1 change, 0 blocked, 1 in flight\n\nPlan: 0 to impose, .* unchanged\.<br>\n0 requests, /,
    )
  })

  test('nothing to do says the number and the time of what was read', () => {
    const text = renderPlanMarkdown(plan())
    expect(text).toContain(
      '### Holdfast plan: no changes\n\nNo changes. 1214 machines match the declaration ',
    )
    expect(text).toContain(`\nPlan ${code(`sha256:${'ab'.repeat(32)}`)} (made `)
  })

  test('a plan that cannot be applied says so above all', () => {
    const text = renderPlanMarkdown(plan({ complete: false, applyable: false }))
    expect(text).toContain('\n\n> **This plan cannot be applied:** a read failed, and ')
    expect(text).not.toContain('Apply exactly')
  })

  test('a plan of named machines claims nothing about others', () => {
    const observed = { ...plan().observed, scope: 'named' as const }
    expect(renderPlanMarkdown(plan({ observed }))).toContain('\n\nOnly the named machines were read: ')
  })

  test('a plan that can be applied says how', () => {
    expect(renderPlanMarkdown(plan({ changes: [FULL] }))).toContain(
      `\nApply exactly this plan: ${code(`holdfast apply --expect sha256:${'ab'.repeat(32)}`)} (made `,
    )
  })

  test('guards, blocked items and risky changes are open, the rest is folded', () => {
    const lift = isolation(2, { operations: ['lift'], before: 'full', after: 'none', policy: null })
    const text = renderPlanMarkdown(
      plan({
        changes: [isolation(1), lift],
        blocked: [blocked(3)],
        inFlight: [inFlight(4)],
        drift: [drift(5)],
        guards: [
          { name: 'maxMachines', limit: 1, actual: 2, status: 'fail', message: 'too many.' },
          { name: 'maxLifts', limit: 1, actual: 2, status: 'overridden' },
          { name: 'maxRuns', limit: 9, actual: 1, status: 'pass' },
        ],
        diagnostics: [{ severity: 'warning', code: 'w', message: 'm', file: 'a.yaml', line: 1, column: 2 }],
      }),
    )
    const titles = text.match(/^(?:#### |<summary>).*$/gm)
    expect(titles).toStrictEqual([
      '#### Guards',
      '#### Blocked (1)',
      '#### Look at these (1)',
      '<summary>Diagnostics (1)</summary>',
      '<summary>Other changes (1)</summary>',
      '<summary>In flight (1)</summary>',
      '<summary>Drift (1)</summary>',
    ])
    expect(text).toContain(`| ${code('maxMachines')} | fail | 2 | 1 | too many. |\n`)
    expect(text).toContain(`| ${code('maxLifts')} | overridden | 2 | 1 |  |\n`)
    expect(text).not.toContain('maxRuns')
    expect(text).toContain(
      `| ${code('&#45;')} | ${code('fin-ws-2.contoso.com')} | ${code('isolated')} | ${code('full -&#62; none')} |  |  |\n`,
    )
  })

  test.each(
    Object.entries({
      'an isolation is not': [{}, false],
      'a change of scope is': [{ operations: ['lift', 'impose'] }, true],
      'a cancel is': [{ operations: ['cancel'] }, true],
      'a scan is not': [{ facet: 'scanned', operations: ['run'] }, false],
      'an offboarding is': [{ facet: 'offboarded', operations: ['run'] }, true],
      'a quarantine is': [{ facet: 'quarantined', operations: ['run'] }, true],
      'a live response is': [{ facet: 'liveResponse', operations: ['run'] }, true],
      'whatever carries a warning is': [{ warnings: [{ code: 'w', message: 'm' }] }, true],
    } as const),
  )('a reviewer must look at some changes: %s', (_rule, [change, risky]) => {
    expect(
      renderPlanMarkdown(plan({ changes: [isolation(1, change)] })).includes('#### Look at these (1)'),
    ).toBe(risky)
  })

  test('errors are open', () => {
    const diagnostics = [{ severity: 'error', code: 'e', message: 'm' }] as const
    expect(renderPlanMarkdown(plan({ diagnostics }))).toContain(
      `\n#### Diagnostics (1)\n\n|  | code | message | place |\n| --- | --- | --- | --- |\n| error | ${code('e')} | m |  |\n`,
    )
  })

  test('10,000 changes stay under the limit, with the totals and both ends of the list', () => {
    const changes = Array.from({ length: 10_000 }, (_, index) => isolation(10_000 + index))
    const summary = { ...plan().summary, impose: 10_000, blocked: 3000 }
    const text = renderPlanMarkdown(
      plan({
        changes,
        summary,
        blocked: Array.from({ length: 3000 }, (_, index) => blocked(50_000 + index)),
      }),
    )
    expect(text.length).toBeLessThan(60_000)
    expect(text).toContain('Plan: 10000 to impose, ')
    expect(text).toContain('#### Blocked (3000)\n')
    expect(text).toContain('<summary>Other changes (10000)</summary>')
    const shown = text.match(/fin-ws-[1]\d{4}\.contoso/g)?.length ?? 0
    expect(text).toContain(`| … ${10_000 - shown} more rows |  |  |  |  |  |\n`)
    expect(text).toContain('fin-ws-10000.contoso.com')
    expect(text).toContain('fin-ws-19999.contoso.com')
  })
})

describe('fitting sections', () => {
  const section = { title: 'T', open: true, columns: ['a', 'b'] }
  const rows = Array.from({ length: 100 }, (_, index) => [`${index}`.padStart(3, '0'), 'x'.repeat(90)])

  test('a section without rows is left out', () => {
    expect(fitSections([{ ...section, rows: [] }], 1000)).toBe('')
  })

  test('the middle is cut on whole rows, as many from the front as from the end', () => {
    const text = fitSections([{ ...section, rows }], 1200)
    const ends = [
      '000',
      '001',
      '002',
      '003',
      '004',
      '005',
      '006',
      '093',
      '094',
      '095',
      '096',
      '097',
      '098',
      '099',
    ]
    expect(text.match(/^\| \d{3}/gm)).toStrictEqual(ends.map(end => `| ${end}`))
    expect(text).toContain('\n| … 86 more rows |  |\n| 093 ')
  })

  test('one row that is left out is one row', () => {
    const text = fitSections([{ ...section, rows: [['x'.repeat(2000), 'y']] }], 100)
    expect(text).toBe('\n#### T\n\n| a | b |\n| --- | --- |\n| … 1 more row |  |\n')
  })

  test('the first sections take what the floors of the others leave', () => {
    const text = fitSections(
      [
        { ...section, title: 'first', rows },
        { ...section, title: 'second', open: false, rows },
      ],
      12_000,
    )
    const [first = '', second = ''] = text.split('<details>')
    expect(first.match(/^\| \d{3}/gm)?.length).toBeGreaterThan(90)
    expect(second.match(/^\| \d{3}/gm)?.length).toBeGreaterThan(10)
    expect(text.length).toBeLessThanOrEqual(12_000)
  })
})

describe('drift', () => {
  test('begins with its marker and the counts, and tells what to do about each kind', () => {
    const text = renderDriftMarkdown(
      drifted({ drift: [drift(1, { policy: FINANCE }), drift(2, { kind: 'undeclared', actor: null })] }),
    )
    expect(text).toMatch(
      /^<!-- holdfast:drift -->\n\n### Holdfast drift\n\nDrift: 1 orphaned, 1 undeclared\.\n/,
    )
    expect(text).toContain('- **orphaned**: `holdfast apply --prune` lifts it; ')
    expect(text).toContain('#### orphaned (1): held by us and declared by no policy any more\n')
    expect(text).toContain('<summary>undeclared (1): held by others and declared by no policy</summary>')
    expect(text).toContain(
      `| ${code('.')} | ${code('fin-ws-1.contoso.com')} | ${code('isolated')} | ${code('none')} | ${code('full')} | ${code('analyst alice&#64;<!-- -->contoso.com, 2026-11-21 10:02Z')} | ${code('contain-finance policies/contain-finance.yaml:12')} |\n`,
    )
    expect(text).toContain(`| ${code('none')} | ${code('full')} |  |  |\n`)
  })

  test('an incomplete read concludes nothing', () => {
    const observed = { ...plan().observed, scope: 'named' as const }
    const text = renderDriftMarkdown(drifted({ errored: true, observed }))
    expect(text).toContain('> **The read is incomplete:** ')
    expect(text).toContain('No conclusion about drift.')
    expect(text).toContain('Only the named machines were read: ')
  })

  test('10,000 items stay under the limit', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => drift(index))
    const text = renderDriftMarkdown(drifted({ drift: items }))
    expect(text.length).toBeLessThan(60_000)
    expect(text).toContain('Drift: 10000 orphaned.')
  })
})

describe('a result', () => {
  test('begins with its marker and the counts; what went wrong is open, the rest folded', () => {
    const outcomes = [
      outcome(1),
      outcome(2, { outcome: 'failed', status: 'Failed', code: 'c', detail: 'd.', dnsName: null }),
      outcome(3, { outcome: 'refused', type: null, status: null, actionId: null }),
    ]
    const text = renderResultMarkdown(
      result(outcomes, {
        chainOpen: ['fin-ws-8'],
        notContained: ['fin-ws-9'],
        moved: [{ address: 'a/isolated', message: 'm.' }],
        overriddenGuards: ['maxRuns'],
        reason: 'INC-1',
      }),
      plan({ changes: [isolation(2)] }),
    )
    expect(text).toMatch(
      /^<!-- holdfast:result -->\n\n### Holdfast apply\n\n\*\*Apply complete: 1 succeeded, 1 failed, 1 refused\.\*\*\n\nGuards overridden: maxRuns: INC-1\n/,
    )
    expect(text.match(/^(?:#### |<summary>).*$/gm)).toStrictEqual([
      '#### Chain open: released to be held anew, and not held (1)',
      '#### Not contained now, although the plan wanted them held (1)',
      '#### Moved since the plan was made (1)',
      '#### Look at these (2)',
      '<summary>As planned (1)</summary>',
    ])
    expect(text).toContain(
      `| ${code(machine(2).id)} | ${code('isolated')} | ${code('none -&#62; full')} | failed | ${code('Isolate Failed f00')} | ${code('c')} d. |\n`,
    )
    expect(text).toContain(`| ${code('fin-ws-3.contoso.com')} | ${code('isolated')} |  | refused |  |  |\n`)
    expect(text).toContain('\nPlan <code>sha256:abab')
  })

  test('what is open says how to go on', () => {
    expect(renderResultMarkdown(result([outcome(1, { outcome: 'pending' })]), null)).toContain(
      '**Apply complete: 1 pending.**\n\nRun the same command again to go on: ',
    )
  })

  test('10,000 failures stay under the limit', () => {
    const outcomes = Array.from({ length: 10_000 }, (_, index) => outcome(index, { outcome: 'failed' }))
    const text = renderResultMarkdown(result(outcomes), null)
    expect(text.length).toBeLessThan(60_000)
    expect(text).toContain('**Apply complete: 10000 failed.**')
  })
})
