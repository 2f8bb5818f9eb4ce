import type { Instant } from '../schema/instant.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadContext, ReadJson } from './json-reader.ts'
import type { ReadLimits } from './limits.ts'
import { createdFrom, type ListQuery, listUrl } from './odata.ts'
import { readList } from './wire-list.ts'

/** A list of the service and how its rows read. */
export interface ListSource<Row extends { readonly id: string }> {
  readonly endpoint: string
  /** `machines` or `machineactions`. */
  readonly list: string
  readonly readRow: (row: unknown) => Row
  readonly readJson: ReadJson
  readonly limits: ReadLimits
}

/** The rows of one query and of the pages its nextLinks lead to, in the service's order. */
interface Stretch<Row> {
  readonly rows: readonly Row[]
  /** Whether `$top` cut it, so that the list may go on. */
  readonly isFull: boolean
}

/** Attempts to read a list that moves. */
const PASSES = 3

/**
 * Reads a whole list by `$skip`, or by nextLink where the service gives one.
 *
 * Each further page starts one row early: where the last row of the page before is not seen again, rows moved to the
 * front and some were skipped, so the reading starts over. Rows that come twice are kept once.
 *
 * Rejects with `paging-unstable` or `paging-stuck` where no reading reaches the end.
 */
export async function readBySkip<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  context: ReadContext,
): Promise<Row[]> {
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const rows = await skipOnce(source, query, context)
    if (rows !== undefined) return rows
  }
  throw new DefenderError(
    'paging-unstable',
    `The list ${source.list} changed during each of ${PASSES} readings.`,
  )
}

async function skipOnce<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  context: ReadContext,
): Promise<Row[] | undefined> {
  const byId = new Map<string, Row>()
  let skip = 0
  let last: string | undefined
  for (;;) {
    const stretch = await readStretch(source, { ...query, top: source.limits.pageSize, skip }, context)
    if (last !== undefined && !stretch.rows.some(row => row.id === last)) return undefined
    const known = byId.size
    for (const row of stretch.rows) byId.set(row.id, row)
    if (!stretch.isFull) return [...byId.values()]
    if (byId.size === known) throw stuck(source.list)
    skip += stretch.rows.length - 1
    last = stretch.rows.at(-1)?.id
  }
}

/**
 * Reads actions created at or after a time, oldest first, each page from the creation of the last row seen: new
 * actions come at the end, so nothing shifts under the reading. Where a whole page has one creation time, `$skip`
 * leads on.
 *
 * Rejects with `query-refused` where the service does not keep to the filter or the order, since then the last row is
 * not the newest; with `paging-stuck` where a page brings nothing new.
 */
export async function readByCreation<
  Row extends { readonly id: string; readonly creationDateTimeUtc: Instant },
>(source: ListSource<Row>, query: { readonly from: Instant }, context: ReadContext): Promise<Row[]> {
  const byId = new Map<string, Row>()
  const orderBy = 'creationDateTimeUtc asc'
  const top = source.limits.pageSize
  let { from } = query
  let last = from
  let skip = 0
  for (;;) {
    const stretch = await readStretch(source, { filter: createdFrom(from), orderBy, top, skip }, context)
    const known = byId.size
    for (const row of stretch.rows) byId.set(row.id, row)
    if (!stretch.isFull) return [...byId.values()]
    const first = stretch.rows[0]?.creationDateTimeUtc ?? from
    last = lastOfAscending(skip > 0 ? last : from, stretch.rows)
    if (last > first) {
      from = last
      skip = 0
    } else {
      // The first page from a time on may well hold nothing but the rows that led there.
      if (skip > 0 && byId.size === known) throw stuck(source.list)
      skip += stretch.rows.length
    }
  }
}

function lastOfAscending(
  start: Instant,
  rows: readonly { readonly creationDateTimeUtc: Instant }[],
): Instant {
  let last = start
  for (const { creationDateTimeUtc } of rows) {
    if (creationDateTimeUtc < last) {
      throw new DefenderError('query-refused', 'The service did not keep to the order that was asked for.')
    }
    last = creationDateTimeUtc
  }
  return last
}

/** Pages in a row that may bring nothing new before a chain of nextLinks counts as endless. */
const IDLE_PAGES = 3

async function readStretch<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: ListQuery & { readonly top: number },
  context: ReadContext,
): Promise<Stretch<Row>> {
  const rows: Row[] = []
  const seen = new Set<string>()
  let url = listUrl(source.endpoint, source.list, query)
  for (let idle = 0; idle < IDLE_PAGES; ) {
    const page = readList(await source.readJson(url, context), source.readRow)
    const known = seen.size
    for (const row of page.rows) {
      rows.push(row)
      seen.add(row.id)
    }
    if (page.nextLink === undefined) return { rows, isFull: rows.length >= query.top }
    idle = seen.size > known ? 0 : idle + 1
    url = URL.parse(page.nextLink, url)?.href ?? page.nextLink
  }
  throw stuck(source.list)
}

function stuck(list: string): DefenderError {
  return new DefenderError('paging-stuck', `The list ${list} gave the same page again.`)
}
