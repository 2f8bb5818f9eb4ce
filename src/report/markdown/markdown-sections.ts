import { counted } from '../words/words.ts'

/** A titled table of a Markdown report. Cells are finished Markdown on one line. */
export interface MarkdownSection {
  /** Our own words, with the total: `Blocked (3)`. */
  readonly title: string
  /** Whether it is shown at once; else it is folded away behind its title. */
  readonly open: boolean
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** GitHub takes 65,536 characters in a comment; the rest is room for what a pipeline puts around ours. */
export const MARKDOWN_LIMIT = 59_500
/** What every section may have before the first takes what is left, so that none vanishes. */
const FLOOR = 1500
/** Room for the row that says how many are left out. */
const MORE_ROOM = 80

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** How many rows are left out, as a row of the same table. */
function moreRow(count: number, columns: number): string {
  return tableRow([`… ${counted(count, 'more row')}`, ...Array.from({ length: columns - 1 }, () => '')])
}

/** Keeps whole rows from both ends within the room, and says in the middle how many are left out. */
function cutMiddle(rows: readonly string[], columns: number, room: number): string {
  const whole = rows.join('')
  if (whole.length <= room) return whole
  let left = room - MORE_ROOM
  let head = 0
  let tail = 0
  for (let taken = 0; taken < rows.length; taken += 1) {
    const fromHead = head <= tail
    const row = rows.at(fromHead ? head : -1 - tail) as string
    if (row.length > left) break
    left -= row.length
    if (fromHead) head += 1
    else tail += 1
  }
  const hidden = rows.length - head - tail
  return [...rows.slice(0, head), moreRow(hidden, columns), ...rows.slice(rows.length - tail)].join('')
}

function frame({ title, open, columns }: MarkdownSection): readonly [before: string, after: string] {
  const table = `${tableRow(columns)}${tableRow(columns.map(() => '---'))}`
  return open
    ? [`\n#### ${title}\n\n${table}`, '']
    : [`\n<details>\n<summary>${title}</summary>\n\n${table}`, '\n</details>\n']
}

/**
 * Writes sections one after the other within a number of characters. Where they do not fit, each keeps a floor and the
 * first ones take what is left; inside a section the middle is cut on whole rows.
 *
 * @param room - Characters for all of them, frames included; at least the floors of all.
 */
export function fitSections(sections: readonly MarkdownSection[], room: number): string {
  const parts = sections
    .filter(({ rows }) => rows.length > 0)
    .map(section => {
      const rows = section.rows.map(tableRow)
      const need = Math.max(
        MORE_ROOM,
        rows.reduce((sum, row) => sum + row.length, 0),
      )
      return { columns: section.columns.length, rows, need, frame: frame(section) }
    })
  const frames = parts.reduce((sum, { frame: [before, after] }) => sum + before.length + after.length, 0)
  const floors = parts.reduce((sum, { need }) => sum + Math.min(need, FLOOR), 0)
  let spare = room - frames - floors
  return parts
    .map(({ columns, rows, need, frame: [before, after] }) => {
      const floor = Math.min(need, FLOOR)
      const extra = Math.max(0, Math.min(spare, need - floor))
      spare -= extra
      return before + cutMiddle(rows, columns, floor + extra) + after
    })
    .join('')
}
