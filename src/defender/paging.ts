import type { Instant } from '../schema/instant.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadContext, ReadJson } from './json-reader.ts'
import type { ReadLimits } from './limits.ts'
import { createdFrom, type ListQuery, listUrl } from './odata.ts'
import { type Page, readList } from './wire-list.ts'

/** Whether the service takes `$count=true` in list calls; learned from the first that it takes or refuses. */
export interface CountSupport {
  state: 'untried' | 'taken' | 'refused'
  /** Queries that were refused with a count and without, so that the count was not at fault. */
  acquittals: number
}

/** After so many acquittals it is given up: each costs a call, and a service this strict will likely refuse it too. */
const ACQUITTALS = 2

/** A list of the service and how its rows read. */
export interface ListSource<Row extends { readonly id: string }> {
  readonly endpoint: string
  /** `machines` or `machineactions`. */
  readonly list: string
  readonly readRow: (row: unknown) => Row
  readonly readJson: ReadJson
  readonly limits: ReadLimits
  readonly counts: CountSupport
}

/** The rows of one query and of the pages its nextLinks lead to, in the service's order. */
interface Stretch<Row> {
  readonly rows: readonly Row[]
  /** How many rows the service counts for the query, paging aside; undefined where it does not say. */
  readonly count: number | undefined
  /** Whether the list goes on after these rows. */
  readonly goesOn: boolean
}

/** One reading of a list to its end. */
interface Reading<Row> {
  readonly rows: Row[]
  /** What the service counted when the reading began. */
  readonly count: number | undefined
}

/** Attempts to read a list that moves. */
const PASSES = 3

/**
 * Reads again where rows moved under the reading, a page came again, or fewer rows came than were counted: a row left
 * out is never absent.
 */
async function readWhole<Row>(list: string, once: () => Promise<Reading<Row>>): Promise<Row[]> {
  for (let pass = 1; ; pass += 1) {
    try {
      const { rows, count } = await once()
      if (count === undefined || rows.length >= count) return rows
      throw unstable(list, `${rows.length} of ${count} rows came`)
    } catch (error) {
      const isPaging = error instanceof DefenderError && error.code.startsWith('paging-')
      if (!isPaging || pass === PASSES) throw error
    }
  }
}

/**
 * Reads a whole list by `$skip`, or by nextLink where the service gives one.
 *
 * Each further page starts one row early: where the last row of the page before is not seen again, rows moved to the
 * front and some were skipped, so the reading starts over. Rows that come twice are kept once.
 *
 * Rejects with `paging-unstable` or `paging-stuck` where no reading reaches the end.
 */
export function readBySkip<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  context: ReadContext,
): Promise<Row[]> {
  return readWhole(source.list, async () => {
    const byId = new Map<string, Row>()
    let count: number | undefined
    let last: string | undefined
    for (let skip = 0; ; ) {
      const stretch = await readStretch(source, query, skip, context)
      if (last !== undefined && !stretch.rows.some(row => row.id === last)) {
        throw unstable(source.list, 'rows moved under it')
      }
      if (skip === 0) count = stretch.count
      const known = byId.size
      for (const row of stretch.rows) byId.set(row.id, row)
      if (!stretch.goesOn) return { rows: [...byId.values()], count }
      if (byId.size === known) throw stuck(source.list)
      skip += distinct(stretch.rows) - 1
      last = stretch.rows.at(-1)?.id
    }
  })
}

/**
 * Reads actions created at or after a time, oldest first, each page from the creation of the last row seen: new
 * actions come at the end, so nothing shifts under the reading. Where a whole page has one creation time, `$skip`
 * leads on.
 *
 * Rejects with `query-refused` where the service does not keep to the filter or the order, since then the last row is
 * not the newest; with `paging-stuck` where a page brings nothing new.
 */
export function readByCreation<Row extends { readonly id: string; readonly creationDateTimeUtc: Instant }>(
  source: ListSource<Row>,
  start: Instant,
  context: ReadContext,
): Promise<Row[]> {
  return readWhole(source.list, async () => {
    const byId = new Map<string, Row>()
    let count: number | undefined
    let from = start
    let last = start
    for (let skip = 0, page = 0; ; page += 1) {
      const query = { filter: createdFrom(from), orderBy: 'creationDateTimeUtc asc' }
      const stretch = await readStretch(source, query, skip, context)
      if (page === 0) count = stretch.count
      const known = byId.size
      for (const row of stretch.rows) byId.set(row.id, row)
      if (!stretch.goesOn) return { rows: [...byId.values()], count }
      const first = stretch.rows[0]?.creationDateTimeUtc ?? from
      last = lastOfAscending(skip > 0 ? last : from, stretch.rows)
      if (last > first) {
        from = last
        skip = 0
      } else {
        // The first page from a time on may well hold nothing but the rows that led there.
        if (skip > 0 && byId.size === known) throw stuck(source.list)
        skip += distinct(stretch.rows)
      }
    }
  })
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
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  skip: number,
  context: ReadContext,
): Promise<Stretch<Row>> {
  const { pageSize } = source.limits
  let { page, url } = await readFirst(source, { ...query, top: pageSize, skip }, context)
  const { count } = page
  const rows = [...page.rows]
  const seen = new Set<string>()
  for (let idle = 0; page.nextLink !== undefined; ) {
    const known = seen.size
    for (const row of page.rows) seen.add(row.id)
    idle = seen.size > known ? 0 : idle + 1
    if (idle === IDLE_PAGES) throw stuck(source.list)
    url = URL.parse(page.nextLink, url)?.href ?? page.nextLink
    page = readList(await source.readJson(url, context), source.readRow)
    for (const row of page.rows) rows.push(row)
  }
  // By the count, a server's own and silent limit on a page does not end the list early.
  const isShort = count !== undefined && skip + rows.length < count
  return { rows, count, goesOn: rows.length > 0 && (rows.length >= pageSize || isShort) }
}

/** How many rows there are; one that came twice is one, so that the next page does not start too late. */
function distinct(rows: readonly { readonly id: string }[]): number {
  return new Set(rows.map(row => row.id)).size
}

/** Asks with `$count` unless the service is known to refuse it; a refusal is put to the test without it. */
async function readFirst<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: ListQuery,
  context: ReadContext,
): Promise<{ page: Page<Row>; url: string }> {
  const { counts } = source
  const read = async (count: boolean): Promise<{ page: Page<Row>; url: string }> => {
    const url = listUrl(source.endpoint, source.list, { ...query, count })
    return { page: readList(await source.readJson(url, context), source.readRow), url }
  }
  if (counts.state === 'refused') return read(false)
  const wasTaken = counts.state === 'taken'
  try {
    const first = await read(true)
    counts.state = 'taken'
    return first
  } catch (error) {
    if (wasTaken || !isQueryRefused(error)) throw error
  }
  try {
    const first = await read(false)
    counts.state = 'refused'
    return first
  } catch (error) {
    if (isQueryRefused(error)) counts.acquittals += 1
    if (counts.acquittals >= ACQUITTALS) counts.state = 'refused'
    throw error
  }
}

function isQueryRefused(error: unknown): boolean {
  return error instanceof DefenderError && error.code === 'query-refused'
}

function stuck(list: string): DefenderError {
  return new DefenderError(
    'paging-stuck',
    `The list ${list} was read ${PASSES} times, and a page brought nothing new.`,
  )
}

function unstable(list: string, why: string): DefenderError {
  return new DefenderError('paging-unstable', `The list ${list} was read ${PASSES} times, at last ${why}.`)
}
