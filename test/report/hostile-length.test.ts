import { describe, expect, test } from 'vitest'
import { driftChecks } from '../../src/report/checks/drift-checks.ts'
import { renderJunit } from '../../src/report/checks/junit.ts'
import { planChecks } from '../../src/report/checks/plan-checks.ts'
import { resultChecks } from '../../src/report/checks/result-checks.ts'
import { renderSarif } from '../../src/report/checks/sarif.ts'
import { renderDriftHtml } from '../../src/report/html/render-drift-html.ts'
import { renderPlanHtml } from '../../src/report/html/render-plan-html.ts'
import { renderResultHtml } from '../../src/report/html/render-result-html.ts'
import { renderDriftMarkdown } from '../../src/report/markdown/render-drift-markdown.ts'
import { renderPlanMarkdown } from '../../src/report/markdown/render-plan-markdown.ts'
import { renderResultMarkdown } from '../../src/report/markdown/render-result-markdown.ts'
import { renderDrift } from '../../src/report/terminal/render-drift.ts'
import { renderPlan } from '../../src/report/terminal/render-plan.ts'
import { renderResult } from '../../src/report/terminal/render-result.ts'
import * as plans from './sample-plan.ts'
import * as results from './sample-result.ts'

const STYLE = { color: false, width: 100, unicode: true, showAll: true }

/** The longest that any report of the few items below may become; with names of a usual length it is 30,000. */
const MOST = 300_000

/** Names of a hundred thousand characters, of the kinds that have made reports slow, long or dangerous. */
const NAMES: Readonly<{ [what: string]: string }> = {
  'one long word': 'x'.repeat(100_000),
  'many words': 'word '.repeat(20_000),
  'many lines that are workflow commands': '\n::set-output name=a::b\n::add-mask::x'.repeat(2700),
  'many mentions': '@everyone @org/team '.repeat(5000),
  'marks that turn text around': '\u202e'.repeat(100_000),
  'marks that pile up': `a${'\u0301'.repeat(99_999)}`,
  'joined emoji': '👩\u200d👩\u200d👧'.repeat(12_500),
  'table and markup characters': '|<`&'.repeat(25_000),
  'lone surrogates': '\ud800'.repeat(100_000),
}

/** Every report of a plan, a drift and a result in which each text that a tenant fills is this one. */
function reportsOf(name: string): Readonly<{ [report: string]: () => string }> {
  const machine = (number: number) => ({
    ...plans.machine(number, name),
    osPlatform: name,
    rbacGroupName: name,
  })
  const change = {
    changes: [1, 2, 3].map(number => plans.isolation(number, { machine: machine(number) })),
    blocked: [plans.blocked(4, { machine: machine(4), message: `because of ${name}` })],
    inFlight: [plans.inFlight(5, { machine: machine(5), requestor: name })],
    drift: [
      plans.drift(6, {
        machine: machine(6),
        actor: { class: 'analyst', requestor: name, at: '2026-11-22T18:03:11Z', actionId: 'x' },
      }),
    ],
  }
  const plan = plans.plan(change)
  const drifted = plans.drifted(change)
  const result = results.result(
    [results.outcome(1, { dnsName: name, detail: name }), results.outcome(2, { dnsName: name, code: name })],
    { notContained: [name], chainOpen: [name] },
  )
  return {
    'plan as text': () => renderPlan(plan, STYLE),
    'drift as text': () => renderDrift(drifted, STYLE),
    'result as text': () => renderResult(result, plan, STYLE),
    'plan as Markdown': () => renderPlanMarkdown(plan),
    'drift as Markdown': () => renderDriftMarkdown(drifted),
    'result as Markdown': () => renderResultMarkdown(result, plan),
    'plan as a page': () => renderPlanHtml(plan),
    'drift as a page': () => renderDriftHtml(drifted),
    'result as a page': () => renderResultHtml(result, plan),
    'plan as JUnit': () => renderJunit(planChecks(plan)),
    'drift as JUnit': () => renderJunit(driftChecks(drifted)),
    'result as SARIF': () => renderSarif(resultChecks(result, plan)),
  }
}

describe.each(Object.entries(NAMES))('names of %s', (_what, name) => {
  test.each(Object.entries(reportsOf(name)))('leave the %s short', (_report, render) => {
    const text = render()
    expect(text.length).toBeLessThan(MOST)
    expect(text).not.toMatch(/^\s*::(?:set-output|add-mask)/m)
  })
})

test.each(Object.entries(NAMES))('names of %s mention nobody in Markdown', (_what, name) => {
  const reports = reportsOf(name)
  for (const report of ['plan as Markdown', 'drift as Markdown', 'result as Markdown']) {
    const outside = (reports[report]?.() ?? '').replace(/`[^`]*`|<code>.*?<\/code>/gs, '')
    expect(outside).not.toMatch(/@(?:everyone|org\/team)/)
  }
})
