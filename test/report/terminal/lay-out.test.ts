import { expect, test } from 'vitest'
import { layOut, span } from '../../../src/report/terminal/lay-out.ts'

const PLAIN = { color: false, width: 40 }

test('a line that fits is one line', () => {
  expect(layOut({ lead: [span('+ ')], body: [span('none -> full')] }, PLAIN)).toBe('+ none -> full')
})

test('further lines stand under the first, beside the lead', () => {
  expect(layOut({ lead: [span('+ ')], body: [span(`${'a'.repeat(30)} ${'b'.repeat(30)}`)] }, PLAIN)).toBe(
    `+ ${'a'.repeat(30)}\n  ${'b'.repeat(30)}`,
  )
})

test('further lines begin with the hang where there is one', () => {
  const row = { lead: [span('  # ')], hang: span('  #   '), body: [span(`${'a'.repeat(36)} b`)] }
  expect(layOut(row, PLAIN)).toBe(`  # ${'a'.repeat(34)}\n  #   aa b`)
})

test('a word wider than a line is cut between characters, marks kept on theirs', () => {
  expect(layOut({ body: [span(`${'a'.repeat(39)}e\u0301e\u0301`)] }, PLAIN)).toBe(
    `${'a'.repeat(39)}e\u0301\ne\u0301`,
  )
})

test('wide characters count as two columns', () => {
  expect(layOut({ body: [span('日'.repeat(21))] }, PLAIN)).toBe(`${'日'.repeat(20)}\n日`)
})

test('a cut word cannot begin a line with two colons', () => {
  expect(layOut({ body: [span(`${'a'.repeat(40)}::error::x`)] }, PLAIN)).toBe(
    `${'a'.repeat(40)}\n\\u{3a}:error\\u{3a}:x`,
  )
})

test('a run of blanks is kept, so that two names never look like one', () => {
  expect(layOut({ body: [span('a  b')] }, PLAIN)).toBe('a  b')
})

test('no line ends in blanks', () => {
  expect(layOut({ lead: [span('a ')], body: [span('')] }, PLAIN)).toBe('a')
})

test('below forty columns lines run over instead of falling apart', () => {
  expect(layOut({ body: [span('a'.repeat(38))] }, { color: false, width: 5 })).toBe('a'.repeat(38))
})

test('a lead as wide as the line still leaves eight columns', () => {
  expect(layOut({ lead: [span(' '.repeat(39))], body: [span('12345678 9')] }, PLAIN)).toBe(
    `${' '.repeat(39)}12345678\n${' '.repeat(39)}9`,
  )
})

test('words of one tone are painted together, whatever the environment says', () => {
  const row = { lead: [span('+', 'impose')], body: [span(' a b', 'strong'), span(' c')] }
  expect(layOut(row, { color: true, width: 40 })).toBe('\u001b[36m+\u001b[39m \u001b[1ma b\u001b[22m c')
})

test('what goes on with a cut word begins a line, though it would fit behind a blank', () => {
  const row = { lead: [span('What to do: ')], hang: span('  '), body: [span(`x ${'a'.repeat(30)} b`)] }
  expect(layOut(row, PLAIN)).toBe(`What to do: x\n  ${'a'.repeat(28)}\n  aa b`)
})
