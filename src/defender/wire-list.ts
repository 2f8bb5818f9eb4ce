import { DefenderError } from './defender-error.ts'
import { MalformedRow } from './malformed-row.ts'

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextLink: string | undefined
  /** `@odata.count`, where it was asked for and given. */
  readonly count: number | undefined
}

/**
 * Reads the envelope of a list and each of its rows.
 *
 * @throws DefenderError `malformed-answer` where the envelope, its link or a row is not what the service documents: what
 * cannot be read is never dropped.
 */
export function readList<Row>(answer: unknown, readRow: (row: unknown) => Row): Page<Row> {
  const envelope = answer as Readonly<Record<string, unknown>> | null
  const value = typeof envelope === 'object' && envelope !== null ? envelope['value'] : undefined
  if (!Array.isArray(value)) throw new DefenderError('malformed-answer', 'The answer holds no list.')
  const link = envelope?.['@odata.nextLink']
  const count = envelope?.['@odata.count']
  if (link !== undefined && link !== null && typeof link !== 'string') {
    throw new DefenderError('malformed-answer', 'The link to the next page is no text.')
  }
  return {
    rows: readRows(value, readRow),
    nextLink: typeof link === 'string' && link !== '' ? link : undefined,
    count: typeof count === 'number' ? count : undefined,
  }
}

function readRows<Row>(value: readonly unknown[], readRow: (row: unknown) => Row): Row[] {
  const rows: Row[] = []
  for (let index = 0; index < value.length; index += 1) {
    try {
      rows.push(readRow(value[index]))
    } catch (error) {
      if (!(error instanceof MalformedRow)) throw error
      throw new DefenderError('malformed-answer', `Row ${index} of a list cannot be read: ${error.message}.`)
    }
  }
  return rows
}

/**
 * Reads an answer that is one row.
 *
 * @throws DefenderError `malformed-answer`.
 */
export function readEntity<Row>(answer: unknown, readRow: (row: unknown) => Row): Row {
  try {
    return readRow(answer)
  } catch (error) {
    if (!(error instanceof MalformedRow)) throw error
    throw new DefenderError('malformed-answer', `The answer cannot be read: ${error.message}.`)
  }
}
