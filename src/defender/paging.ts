import type { Instant } from '../schema/instant.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadContext } from './json-reader.ts'
import type { ReadLimits } from './limits.ts'
import { createdFrom, type ListQuery } from './odata.ts'
import { createPageBudget, type PageBudget } from './page-budget.ts'
import { type ListSource, readStretch, type Stretch, stuck } from './page-chain.ts'
import { openPages, regularPages } from './read-ahead.ts'
import { RowsMissing } from './rows-missing.ts'

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
 *
 * @param atMost - Rows that the query can have; once they came, a count of more counts what is not there.
 */
async function readWhole<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  atMost: number,
  once: (budget: PageBudget, pass: number) => Promise<Reading<Row>>,
): Promise<Row[]> {
  const budget = createPageBudget(source)
  let before: string | undefined
  for (let pass = 1; ; pass += 1) {
    try {
      const { rows, count } = await once(budget, pass)
      if (count === undefined || rows.length >= Math.min(count, atMost)) return rows
      const came = fingerprint(rows)
      if (pass === PASSES && came === before) throw new RowsMissing(source.list, rows, count)
      before = came
      throw unstable(source.list, `${rows.length} of ${count} rows came`)
    } catch (error) {
      const isPaging = error instanceof DefenderError && PASSING.has(error.code)
      if (!isPaging || pass === PASSES) throw error
    }
  }
}

/** What another reading of the list may do away with. */
const PASSING: ReadonlySet<string> = new Set(['paging-stuck', 'paging-unstable'])

/** Which rows came, whatever their order. */
function fingerprint(rows: readonly { readonly id: string }[]): string {
  return rows
    .map(({ id }) => id)
    .sort()
    .join(' ')
}

/**
 * Reads a whole list by `$skip`, or by nextLink where the service gives one.
 *
 * Each further page starts one row early: where the last row of the page before is not seen again, rows moved to the
 * front and some were skipped, so the reading starts over. Rows that come twice are kept once. Where an order is asked
 * for, the first reading asks for several pages at the same time.
 *
 * Rejects with `paging-unstable`, `paging-stuck` or `paging-endless` where no reading reaches the end, and with a
 * {@link RowsMissing} where every reading lacks the same rows.
 */
export function readBySkip<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  context: ReadContext,
  atMost: number = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  return readWhole(source, atMost, async (budget, pass) => {
    const byId = new Map<string, Row>()
    const { count, at } = await openPages(source, query, context, budget, pass)
    let last: string | undefined
    for (let skip = 0; ; ) {
      const stretch = await at(skip)
      if (last !== undefined && !stretch.rows.some(row => row.id === last)) {
        throw unstable(source.list, 'rows moved under it')
      }
      const known = byId.size
      for (const row of stretch.rows) byId.set(row.id, row)
      if (!stretch.goesOn || byId.size >= atMost) return { rows: [...byId.values()], count }
      if (byId.size === known) {
        if (isLastPage(stretch, last, source.limits)) return { rows: [...byId.values()], count }
        throw stuck(source.list)
      }
      const came = stretch.distinct
      // A page of one row that began with itself would be asked for again by the same query.
      const overlap = came > 1 ? 1 : 0
      skip += came - overlap
      last = overlap === 0 ? undefined : stretch.rows.at(-1)?.id
    }
  })
}

/**
 * Says of a page that brought nothing new whether the list ends with it. Where nobody counts it holds nothing but the
 * row that it began early with; where the service counts, what is lacking is told by the count.
 */
function isLastPage(
  { rows, distinct, count }: Stretch<unknown>,
  last: string | undefined,
  { pageSize }: ReadLimits,
): boolean {
  return count === undefined ? last !== undefined && distinct === 1 : rows.length < pageSize
}

/**
 * Reads actions created at or after a time, oldest first: new actions come at the end, so nothing shifts under the
 * reading.
 *
 * Several pages at the same time by `$skip`, where the service counts and as long as each page goes on where the one
 * before ended; what is left then is read one page after the other, each from the creation of the last row seen. Where
 * a whole page has one creation time, `$skip` leads on.
 *
 * Rejects with `query-refused` where the service does not keep to the filter or the order, since then the last row is
 * not the newest; else as {@link readBySkip} does.
 */
export function readByCreation<Row extends Created>(
  source: ListSource<Row>,
  start: Instant,
  context: ReadContext,
): Promise<Row[]> {
  return readWhole(source, Number.POSITIVE_INFINITY, async (budget, pass) => {
    const byId = new Map<string, Row>()
    const pages = await openPages(source, createdAscending(start), context, budget, pass)
    const { count } = pages
    let end: Stretch<Row> | undefined
    for await (const stretch of pages.isForeseen ? regularPages(pages, start) : []) {
      for (const row of stretch.rows) byId.set(row.id, row)
      end = stretch
    }
    if (end?.goesOn === false) return { rows: [...byId.values()], count }
    const from = end?.rows.at(-1)?.creationDateTimeUtc ?? start
    const read = (created: Instant, skip: number): Promise<Stretch<Row>> =>
      created === start && skip === 0
        ? pages.at(0)
        : readStretch(source, createdAscending(created), skip, context, budget)
    await readOnwards(source, from, read, byId)
    return { rows: [...byId.values()], count }
  })
}

/** Something with an id and a time of creation. */
interface Created {
  readonly id: string
  readonly creationDateTimeUtc: Instant
}

/** Reads one page after the other, each from the creation of the last row seen, to the end of the list. */
async function readOnwards<Row extends Created>(
  source: ListSource<Row>,
  start: Instant,
  read: (from: Instant, skip: number) => Promise<Stretch<Row>>,
  byId: Map<string, Row>,
): Promise<void> {
  let from = start
  let last = start
  for (let skip = 0; ; ) {
    const stretch = await read(from, skip)
    const known = byId.size
    for (const row of stretch.rows) byId.set(row.id, row)
    if (!stretch.goesOn) return
    const first = stretch.rows[0]?.creationDateTimeUtc ?? from
    last = lastOfAscending(skip > 0 ? last : from, stretch.rows)
    if (last > first) {
      from = last
      skip = 0
    } else {
      // The first page from a time on may well hold nothing but the rows that led there.
      if (skip > 0 && byId.size === known) throw stuck(source.list)
      skip += stretch.distinct
    }
  }
}

function createdAscending(from: Instant): Pick<ListQuery, 'filter' | 'orderBy'> {
  return { filter: createdFrom(from), orderBy: 'creationDateTimeUtc asc' }
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

function unstable(list: string, why: string): DefenderError {
  return new DefenderError('paging-unstable', `The list ${list} was read ${PASSES} times, at last ${why}.`)
}
