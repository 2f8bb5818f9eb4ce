import { expect, test } from 'vitest'
import type { FailureDocument } from '../../../src/report/documents/failure-document.ts'
import { renderFailureMarkdown } from '../../../src/report/markdown/render-failure-markdown.ts'
import { isReportName, reportHeading, reportMarker } from '../../../src/report/words/report-heading.ts'

test.each([
  ['emea', true],
  ['tenants/emea_2.prod-x', true],
  ['a', true],
  ['x'.repeat(100), true],
  ['x'.repeat(101), false],
  ['', false],
  ['a b', false],
  ['a-->b', false],
  ['-a', false],
  ['a/', false],
  ['a\nb', false],
])('%j can name a report: %s', (text, want) => expect(isReportName(text)).toBe(want))

test('the marker has the name, and the heading name and verdict', () => {
  expect(reportMarker('plan')).toBe('<!-- holdfast:plan -->')
  expect(reportHeading('plan', '2 changes', { configurationName: 'e_1' })).toStrictEqual([
    '<!-- holdfast:plan:e_1 -->',
    '### Holdfast plan (e&#95;1): 2 changes',
  ])
  expect(reportHeading('result', '', {})).toStrictEqual(['<!-- holdfast:result -->', '### Holdfast apply'])
  expect(reportHeading('drift', '', {})).toStrictEqual(['<!-- holdfast:drift -->', '### Holdfast drift'])
})

const FAILURE: FailureDocument = {
  formatVersion: '1.0',
  exit: { code: 1, name: 'error' },
  error: { code: 'c', message: 'It <b>failed</b>.', wayOut: 'Mend @it.' },
  diagnostics: [{ severity: 'warning', code: 'w', message: 'm', file: 'a.yaml', line: 3, column: 5 }],
}

test('a failure says that there is no conclusion, why, the way out, and what was found, all open', () => {
  expect(renderFailureMarkdown(FAILURE, 'plan', {})).toBe(`<!-- holdfast:plan -->

### Holdfast plan: no conclusion

> <code>c</code> It &#60;b&#62;failed&#60;/b&#62;.

Mend &#64;<!-- -->it.


#### Diagnostics (1)

|  | code | message | place |
| --- | --- | --- | --- |
| warning | <code>w</code> | m | <code>a.yaml&#58;<!-- -->3:5</code> |
`)
})

test('a failure without a way out or diagnostics ends with its message', () => {
  const { wayOut: _none, ...error } = FAILURE.error
  const text = renderFailureMarkdown({ ...FAILURE, error, diagnostics: [] }, 'result', {})
  expect(text).toMatch(/### Holdfast apply: no conclusion\n\n> .*\.\n\n$/)
})
