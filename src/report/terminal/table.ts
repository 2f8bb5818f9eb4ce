import { paintLine, type Span, span, widthOf, wrapSpans } from './lay-out.ts'
import { type Style, usableWidth } from './style.ts'

/** One column of a table. */
export interface Column {
  readonly title: string
  /** Never broken over lines: for what is copied, such as ids. */
  readonly whole?: boolean
}

/** The text of one cell, already safe to print. */
export type Cell = readonly Span[]

const GAP = '  '
/** No column is made narrower than this for another's sake. */
const LEAST = 10

/** Makes a cell of one text. */
export function cell(text: string, tone?: Span['tone']): Cell {
  return text === '' ? [] : [span(text, tone)]
}

/** Chooses widths that fit: the widest column that may be broken gives way first. */
function fitWidths(natural: readonly number[], columns: readonly Column[], room: number): readonly number[] {
  const widths = [...natural]
  const gaps = GAP.length * (widths.length - 1)
  let excess = widths.reduce((sum, width) => sum + width, gaps) - room
  while (excess > 0) {
    const broken = widths.map((width, index) => (columns[index]?.whole === true ? 0 : width))
    const widest = Math.max(...broken)
    if (widest <= LEAST) return widths
    widths[broken.indexOf(widest)] = widest - 1
    excess -= 1
  }
  return widths
}

function renderRow(cells: readonly Cell[], widths: readonly number[], style: Style): string {
  const wrapped = cells.map((each, index) => wrapSpans(each, widths[index] as number))
  const height = Math.max(...wrapped.map(lines => lines.length))
  return Array.from({ length: height }, (_, at) =>
    wrapped
      .map((lines, index) => {
        const line = lines[at] ?? []
        const pad = ' '.repeat(Math.max(0, (widths[index] as number) - widthOf(line)))
        return paintLine(line, style) + pad
      })
      .join(GAP)
      .trimEnd(),
  ).join('\n')
}

/**
 * Writes an aligned table that fits the columns of the style: cells that are too wide go on in the next line, nothing
 * is cut off.
 *
 * @returns A line of titles and at least one line per row, a newline at the end.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: Style,
): string {
  const titles = columns.map(({ title }) => cell(title, 'quiet'))
  const natural = columns.map((_, index) =>
    [titles, ...rows].reduce((widest, row) => Math.max(widest, widthOf(row[index] as Cell)), 0),
  )
  const widths = fitWidths(natural, columns, usableWidth(style))
  return [titles, ...rows].map(row => `${renderRow(row, widths, style)}\n`).join('')
}
