import { expect, test } from 'vitest'
import { cell, renderTable } from '../../../src/report/terminal/table.ts'

const style = (width: number): { color: false; width: number } => ({ color: false, width })
const COLUMNS = [{ title: 'NAME' }, { title: 'WHY' }, { title: 'ID', whole: true }]

test('columns are as wide as their widest cell, two blanks apart', () => {
  const rows = [
    [cell('a'), cell('because'), cell('1')],
    [cell('long-name'), cell(''), cell('')],
  ]
  expect(renderTable(COLUMNS, rows, style(80))).toBe(
    'NAME       WHY      ID\na          because  1\nlong-name\n',
  )
})

test('what is too wide goes on in the next line, the widest column first; ids stay whole', () => {
  const rows = [[cell('machine-one'), cell('a reason of several words'), cell('0123456789abcdef')]]
  expect(renderTable(COLUMNS, rows, style(44))).toBe(
    [
      'NAME         WHY            ID',
      'machine-one  a reason of    0123456789abcdef',
      '             several words',
      '',
    ].join('\n'),
  )
})

test('no column gives way below ten columns: then lines run over', () => {
  const rows = [[cell('x'.repeat(30)), cell('y'.repeat(30)), cell('i'.repeat(40))]]
  const [, first = ''] = renderTable(COLUMNS, rows, style(40)).split('\n')
  expect(first).toBe(`${'x'.repeat(10)}  ${'y'.repeat(10)}  ${'i'.repeat(40)}`)
})

test('wide characters count as two columns, colour as none', () => {
  const rows = [[cell('日本', 'strong'), cell('b'), cell('c')]]
  const text = renderTable(COLUMNS, rows, { color: true, width: 80 })
  expect(text).toContain('\u001b[1m日本\u001b[22m  b')
})
