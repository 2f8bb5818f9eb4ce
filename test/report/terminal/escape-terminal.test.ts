import { expect, test } from 'vitest'
import { cutText, escapeTerminal } from '../../../src/report/terminal/escape-terminal.ts'

test.each(
  Object.entries({
    'printable text stays as it is': ['fin-ws-014 日本語 é "C:\\temp"', 'fin-ws-014 日本語 é "C:\\temp"'],
    'an escape sequence becomes visible': ['\u001b[31mred', '\\u{1b}[31mred'],
    'a newline cannot start a line': ['a\r\nb', 'a\\u{d}\\u{a}b'],
    'a tab cannot break columns': ['a\tb', 'a\\u{9}b'],
    'C1 controls become visible': ['\u009b2J', '\\u{9b}2J'],
    'bidi overrides become visible': ['a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
    'bidi marks become visible': ['\u200e\u200f\u061c', '\\u{200e}\\u{200f}\\u{61c}'],
    'zero-width characters become visible': ['a\u200bb\u2060c', 'a\\u{200b}b\\u{2060}c'],
    'a byte order mark becomes visible': ['\ufeffa', '\\u{feff}a'],
    'tag characters become visible': ['a\u{e0041}', 'a\\u{e0041}'],
    'line separators become visible': ['a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    'a lone surrogate becomes visible': ['a\ud800b', 'a\\u{d800}b'],
    'a blank that is no space becomes visible': ['a\u00a0b', 'a\\u{a0}b'],
    'a mark at the start cannot sit on our own text': ['\u0301a', '\\u{301}a'],
    'up to three marks stay on a letter': ['a\u0301\u0301\u0301', 'a\u0301\u0301\u0301'],
    'further marks do not pile up': ['a\u0301\u0301\u0301\u0301', 'a\u0301\u0301\u0301\\u{301}'],
    'a GitHub command at the start is broken up': ['::set-output name=a::b', '\\u{3a}:set-output name=a::b'],
    'a GitHub command after a blank is broken up, since a line may be wrapped there': [
      'a ::error::b',
      'a \\u{3a}:error::b',
    ],
    'two colons inside a word stay': ['[IO.File]::Read fe80::1', '[IO.File]::Read fe80::1'],
    'an Azure Pipelines command is broken up': [
      'a ##vso[task.setvariable]b',
      'a \\u{23}#vso[task.setvariable]b',
    ],
    'an old GitHub command is broken up': ['a##[error]b', 'a\\u{23}#[error]b'],
    'a TeamCity command is broken up': ['##teamcity[x]', '\\u{23}#teamcity[x]'],
    'a heading of hashes stays': ['## x', '## x'],
  }),
)('%s', (_rule, [text = '', want]) => expect(escapeTerminal(text)).toBe(want))

test('a very long text is cut, and what is left out is counted', () => {
  expect(escapeTerminal('abcdef', 4)).toBe('abcd... (+2 characters)')
  expect(escapeTerminal('abcd', 4)).toBe('abcd')
  expect(escapeTerminal('x'.repeat(2001))).toBe(`${'x'.repeat(2000)}... (+1 characters)`)
})

test('a cut never splits a surrogate pair', () => {
  expect(cutText('abc\u{1f600}d', 4)).toBe('abc... (+3 characters)')
})
