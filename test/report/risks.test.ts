import { expect, test } from 'vitest'
import type { Plan, Risk } from '../../src/plan/document/document.ts'
import { renderPlanHtml } from '../../src/report/html/render-plan-html.ts'
import { renderPlanMarkdown } from '../../src/report/markdown/render-plan-markdown.ts'
import { renderPlan } from '../../src/report/terminal/render-plan.ts'
import { countRisk, nameRisk } from '../../src/report/words/risk-words.ts'
import { change, plan } from '../support/build-plan.ts'

const SERVERS: Risk = {
  kind: 'server',
  name: 'servers',
  evidence: '`osPlatform` is a Windows Server',
  machines: [
    { id: 'b', dnsName: 'srv-2.contoso.com' },
    { id: 'a', dnsName: null },
  ],
}
const HOSTILE: Risk = {
  ...SERVERS,
  kind: 'named',
  name: 'hosts \u202e<b>',
  machines: [{ id: 'c', dnsName: '\u001b[31m<script>' }],
}

const risky: Plan = plan([change()], { risks: [SERVERS, HOSTILE] })

function human(of: Plan, width = 120): string {
  return renderPlan(of, { color: false, width })
}

test('a risk is counted and named, by id where there is no name', () => {
  expect(countRisk(SERVERS)).toBe('servers (2)')
  expect(nameRisk(SERVERS)).toBe('a, srv-2.contoso.com')
})

test('of many machines the first are named and the others counted', () => {
  const machines = Array.from({ length: 10 }, (_, at) => ({ id: `${at}`, dnsName: `srv-${at}` }))
  expect(nameRisk({ ...SERVERS, machines })).toBe(
    'srv-0, srv-1, srv-2, srv-3, srv-4, srv-5, srv-6, srv-7 and 2 more',
  )
})

test('people read it below the summary, with what says so', () => {
  const text = human(risky)
  expect(text).toContain(
    'hour).\n! risk: servers (2): a, srv-2.contoso.com (`osPlatform` is a Windows Server)\n',
  )
  expect(text).not.toContain('\u202e')
  expect(text).not.toContain('\u001b')
  expect(human(plan([change()]))).not.toContain('risk')
})

test('a narrow terminal wraps it beside its mark', () => {
  expect(human(risky, 40)).toContain(
    '! risk: servers (2): a,\n  srv-2.contoso.com (`osPlatform` is a\n  Windows Server)',
  )
})

test('a pull request shows it open and before all else but failed guards', () => {
  const text = renderPlanMarkdown(risky)
  expect(text).toMatch(/#### Risks\n\n\| machines \| count \| which \| what says so \|\n/)
  expect(text.indexOf('#### Risks')).toBeLessThan(text.indexOf('Other changes'))
  expect(text).toContain('<code>servers</code> | 2 |')
  expect(text).not.toContain('<script>')
  expect(renderPlanMarkdown(plan([change()]))).not.toContain('Risks')
})

test('a page has it as a table', () => {
  const text = renderPlanHtml(risky)
  expect(text).toContain('Risks')
  expect(text).toContain('srv-2.contoso.com')
  expect(text).not.toContain('<script>\u001b')
  expect(text).not.toMatch(/\[31m<script>/)
  expect(renderPlanHtml(plan([change()]))).not.toContain('>Risks<')
})
