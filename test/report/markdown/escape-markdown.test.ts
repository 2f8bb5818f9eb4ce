import { expect, test } from 'vitest'
import { escapeMarkdown } from '../../../src/report/markdown/escape-markdown.ts'

test.each(
  Object.entries({
    'plain names stay readable in the source': [
      'fin-ws-014.contoso.com, 18:03',
      'fin-ws-014.contoso.com, 18:03',
    ],
    'a mention reaches nobody': ['@everyone', '&#64;<!-- -->everyone'],
    'a mail address is no link': ['a@b.example', 'a&#64;<!-- -->b.example'],
    'an issue number links to nothing': ['see #12', 'see &#35;<!-- -->12'],
    'the GH- form links to nothing': ['gh-12', 'gh&#45;<!-- -->12'],
    'a URL is no link': ['https://evil.example', 'https&#58;<!-- -->//evil.example'],
    'a www name is no link': ['WWW.evil.example', 'WWW&#46;<!-- -->evil.example'],
    'HTML is text': ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
    'emphasis, code and links are text': ['*_`[~]!', '&#42;&#95;&#96;&#91;&#126;&#93;&#33;'],
    'a bar cannot end a table cell': ['a|b', 'a&#124;b'],
    'a backslash escapes nothing': ['\\|', '&#92;&#124;'],
    'mathematics is text': ['$x$', '&#36;x&#36;'],
    'an emoji name is text': [':tada:', '&#58;<!-- -->tada:'],
    'a workflow command is broken up': ['::set-output x', '&#58;<!-- -->:set-output x'],
    'a list item, a rule or an alignment row does not begin': ['--- a', '&#45;-- a'],
    'a colon at the start is no alignment row': [': a', '&#58; a'],
    'a numbered list does not begin': ['12. a', '12&#46; a'],
    'blanks are kept': [' a  b ', '&nbsp;a &nbsp;b&nbsp;'],
    'a newline cannot end a row': ['a\nb', 'a&#92;u&#123;a&#125;b'],
    'bidi overrides become visible': ['\u202e', '&#92;u&#123;202e&#125;'],
  }),
)('%s', (_rule, [text = '', want]) => expect(escapeMarkdown(text)).toBe(want))

test('a long text is cut before it is escaped', () => {
  expect(escapeMarkdown('@@@', 2)).toBe(
    '&#64;<!-- -->&#64;<!-- -->... &#40;+1 characters&#41;'.replace('+', '&#43;'),
  )
})
