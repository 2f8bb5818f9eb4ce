import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeHtml, html, NO_HTML, ownMarkup } from '../../../src/report/html/escape-html.ts'
import { escapeTerminal } from '../../../src/report/terminal/escape-terminal.ts'
import { hostileText } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('escape html', 100)

test.each([
  ['<b>', '&#60;b&#62;'],
  ['a & b', 'a &#38; b'],
  ['"x"', '&#34;x&#34;'],
  ["'x'", '&#39;x&#39;'],
  ['`x`', '&#96;x&#96;'],
  ['a=b', 'a&#61;b'],
  ['&lt;', '&#38;lt;'],
  ['a\u202eb', 'a\\u{202e}b'],
  ['\u001b[31m', '\\u{1b}[31m'],
  ['a\nb', 'a\\u{a}b'],
  ['fin-ws-014.contoso.com', 'fin-ws-014.contoso.com'],
  ['日本語 שלום', '日本語 שלום'],
])('%j is written as %j', (text, written) => {
  expect(escapeHtml(text)).toBe(written)
})

test('what is written ends no text and no attribute, and reads back as the visible text', () => {
  fc.assert(
    fc.property(hostileText, text => {
      const written = escapeHtml(text)
      expect(written).not.toMatch(/[<>"'`=]|&(?!#\d+;)/)
      expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      const read = written.replace(/&#(\d+);/g, (_entity, point) => String.fromCodePoint(Number(point)))
      expect(read).toBe(escapeTerminal(text))
    }),
    RUNS,
  )
})

test('a template escapes texts, writes numbers and takes markup as it is', () => {
  const list = [html`<li>${'<'}</li>`, html`<li>${2}</li>`]
  expect(html`<ul>${list}</ul>${ownMarkup('<hr>')}${NO_HTML}`.markup).toBe(
    '<ul><li>&#60;</li><li>2</li></ul><hr>',
  )
})

test('a very long text is cut and says so', () => {
  expect(escapeHtml('x'.repeat(3000))).toContain('(+1000 characters)')
})
