import { type BodyReader, parseJson } from './body-reader.ts'
import { type Page, RowsReader, readEnvelope, readList } from './wire-list.ts'

/** Where the rows of a list begin. */
const LIST = '"value":['
/** Between two rows, and perhaps between two objects within a row. */
const BETWEEN = Buffer.from('},{"')
/** What a piece of a body and the row that the one before it left open mostly take. */
const FIRST_ROOM = 1 << 18
/** Bytes before the rows after which an answer is no list as we know them. */
const HEAD_LIMIT = 1 << 16
/** In the place of `value`: a key that no answer has. */
const REST = '\u0000rest'

/**
 * Reads a page of a list as its bytes come, some rows at a time, so that neither its text nor its tree is ever there as
 * a whole.
 *
 * The bytes are cut where one row seems to end and the next to begin. Whether that is so is for `JSON.parse` to say:
 * bytes that are rows from the first to the last are rows of the page, whatever follows. What cannot be cut is kept and
 * read with what follows, in the end as a whole, so that the rows are those of the whole page in every case.
 */
export class ListReader<Row> implements BodyReader<Page<Row>> {
  readonly #readRow: (row: unknown) => Row
  readonly #rows: RowsReader<Row>
  #bytes = Buffer.allocUnsafe(FIRST_ROOM)
  #length = 0
  /** What stands before the rows; undefined until they begin, `whole` where they do not begin as lists do. */
  #head: { readonly text: string } | 'whole' | undefined
  /** So many bytes have to be there before it is worth looking again: a row of any length is looked at a few times. */
  #needed = 0

  constructor(readRow: (row: unknown) => Row) {
    this.#readRow = readRow
    this.#rows = new RowsReader(readRow)
  }

  take(piece: Buffer): void {
    this.#append(piece)
    if (this.#length < this.#needed) return
    if (this.#head === undefined) this.#readHead()
    if (typeof this.#head === 'object') this.#readRows()
  }

  end(): Page<Row> {
    const rest = this.#bytes.toString('utf8', 0, this.#length)
    if (typeof this.#head !== 'object') return readList(parseJson(rest), this.#readRow)
    const envelope = JSON.parse(`${this.#head.text}${JSON.stringify(REST)}:[${rest}`) as Record<
      string,
      unknown
    >
    if ('value' in envelope) throw new SyntaxError('the answer holds two lists')
    for (const row of envelope[REST] as readonly unknown[]) this.#rows.add(row)
    return { ...readEnvelope(envelope), rows: this.#rows.all() }
  }

  #append(piece: Buffer): void {
    const length = this.#length + piece.length
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    piece.copy(this.#bytes, this.#length)
    this.#length = length
  }

  #readHead(): void {
    const at = this.#bytes.subarray(0, this.#length).indexOf(LIST)
    if (at < 0) {
      if (this.#length > HEAD_LIMIT) this.#head = 'whole'
      return
    }
    const text = this.#bytes.toString('utf8', 0, at)
    this.#head = isHead(text) ? { text } : 'whole'
    if (this.#head !== 'whole') this.#drop(at + LIST.length)
  }

  #readRows(): void {
    const last = this.#bytes.subarray(0, this.#length).lastIndexOf(BETWEEN)
    const rows = last < 0 ? undefined : parseRows(this.#bytes.toString('utf8', 0, last + 1))
    if (rows !== undefined) {
      for (const row of rows) this.#rows.add(row)
      this.#drop(last + 2)
    }
    this.#needed = rows === undefined ? this.#length * 2 : 0
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}

/** Says whether a text is the beginning of an object, up to a key `value`. */
function isHead(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(`${text}${LIST}]}`) as { readonly value: unknown }).value)
  } catch {
    return false
  }
}

function parseRows(text: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(`[${text}]`) as readonly unknown[]
  } catch {
    return undefined
  }
}
