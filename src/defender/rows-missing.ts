import { DefenderError } from './defender-error.ts'

/**
 * Every reading of a list brought the same rows, and the service counts more: what is not among them is unknown.
 *
 * The rows that came are sure, so that who shows each for itself may go on with them.
 */
export class RowsMissing extends DefenderError {
  readonly list: string
  readonly rows: readonly unknown[]

  constructor(list: string, rows: readonly unknown[], count: number) {
    super(
      'rows-missing',
      `The list ${list} has ${count} rows by the service's count, and the same ${rows.length} came at every reading.`,
    )
    this.list = list
    this.rows = rows
  }
}
