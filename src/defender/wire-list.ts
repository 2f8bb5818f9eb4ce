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
  const reader = new RowsReader(readRow)
  for (const row of value) reader.add(row)
  return { ...readEnvelope(envelope), rows: reader.all() }
}

/**
 * Reads what stands around the rows of a list.
 *
 * @throws DefenderError `malformed-answer`.
 */
export function readEnvelope(
  envelope: Readonly<Record<string, unknown>> | null,
): Pick<Page<never>, 'nextLink' | 'count'> {
  const link = envelope?.['@odata.nextLink']
  const count = envelope?.['@odata.count']
  if (link !== undefined && link !== null && typeof link !== 'string') {
    throw new DefenderError('malformed-answer', 'The link to the next page is no text.')
  }
  return {
    nextLink: typeof link === 'string' && link !== '' ? link : undefined,
    count: typeof count === 'number' ? count : undefined,
  }
}

/** Reads the rows of one page, one after the other. */
export class RowsReader<Row> {
  readonly #readRow: (row: unknown) => Row
  readonly #rows: Row[] = []
  #failure: DefenderError | undefined

  constructor(readRow: (row: unknown) => Row) {
    this.#readRow = readRow
  }

  /** Reads the next row; one that cannot be read is told by {@link all}, after whatever else is wrong with the page. */
  add(value: unknown): void {
    if (this.#failure !== undefined) return
    try {
      this.#rows.push(this.#readRow(value))
    } catch (error) {
      if (!(error instanceof MalformedRow)) throw error
      const which = `Row ${this.#rows.length} of a list cannot be read: ${error.message}.`
      this.#failure = new DefenderError('malformed-answer', which)
    }
  }

  /** Throws DefenderError `malformed-answer` where a row cannot be read: it is never dropped. */
  all(): readonly Row[] {
    if (this.#failure !== undefined) throw this.#failure
    return this.#rows
  }
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
