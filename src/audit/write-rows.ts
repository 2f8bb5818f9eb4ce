import { type AuditRow, COLUMNS } from './export-rows.ts'
import { oneLine } from './one-line.ts'

/**
 * What makes a spreadsheet take a value for a formula when it stands first, full-width forms included.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

/** Writes one value so that it stays one cell, and text: what could be a formula begins with an apostrophe. */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const inert = FORMULA.test(value) ? `'${value}` : value
  return `"${inert.replaceAll('"', '""')}"`
}

/** Writes rows as CSV (RFC 4180) below a line of names. */
export function writeCsv(rows: readonly AuditRow[]): string {
  const lines = rows.map(({ values }) => COLUMNS.map(column => csvCell(values[column])).join(','))
  return [COLUMNS.join(','), ...lines].map(line => `${line}\r\n`).join('')
}

/** Writes rows as JSON lines: the columns that have a value, and the whole line of the record as `entry`. */
export function writeJsonLines(rows: readonly AuditRow[]): string {
  return rows
    .map(({ values, entry }) => {
      const told = Object.entries(values).filter(([, value]) => value !== null)
      return `${oneLine(JSON.stringify({ ...Object.fromEntries(told), entry }))}\n`
    })
    .join('')
}
