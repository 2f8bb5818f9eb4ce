import type { Instant } from '../schema/instant.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadContext } from './json-reader.ts'
import type { ListQuery } from './odata.ts'
import type { PageBudget } from './page-budget.ts'
import { type ListSource, readStretch, type Stretch } from './page-chain.ts'

/** The pages of one query, wherever they begin. */
export interface Pages<Row> {
  /** How many rows the service counted when the first page was read. */
  readonly count: number | undefined
  /** Whether pages are asked for before the reading comes to them. */
  readonly isForeseen: boolean
  /** The page that begins after so many rows; what was foreseen is let go where it begins elsewhere. */
  at(skip: number): Promise<Stretch<Row>>
}

/**
 * Reads the first page of a query, foresees the others by its count, and asks for some of them at the same time.
 *
 * It only changes when a page is asked for, never which: whoever reads goes from page to page as without it. Nothing is
 * foreseen without an order, where the service does not count or gives links, and where an earlier reading found that
 * the list moves.
 *
 * @param pass - Which reading of the list this is, from 1.
 */
export async function openPages<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  context: ReadContext,
  budget: PageBudget,
  pass: number,
): Promise<Pages<Row>> {
  const read = (skip: number): Promise<Stretch<Row>> => readStretch(source, query, skip, context, budget)
  const first = await read(0)
  const { concurrency } = source.limits
  const isOrdered = query.orderBy !== undefined
  const foreseen = isOrdered && pass === 1 && concurrency > 1 ? foresee(first) : []
  const isForeseen = foreseen.length > 1
  const later = isForeseen ? readForeseen(foreseen, read, concurrency) : read
  return {
    count: first.count,
    isForeseen,
    at: skip => (skip === 0 ? Promise.resolve(first) : later(skip)),
  }
}

/** Where the pages after the first begin: each one row early, as whoever reads them does. */
function foresee({ distinct, count, isLinked }: Stretch<unknown>): number[] {
  const step = distinct - 1
  if (count === undefined || isLinked || step < 1) return []
  const starts: number[] = []
  for (let skip = step; skip + 1 < count; skip += step) starts.push(skip)
  return starts
}

function readForeseen<Row>(
  starts: readonly number[],
  read: (skip: number) => Promise<Stretch<Row>>,
  inFlight: number,
): (skip: number) => Promise<Stretch<Row>> {
  const asked = new Map<number, Promise<Stretch<Row>>>()
  let rest = [...starts]
  const ask = (): void => {
    for (const skip of rest.splice(0, inFlight - asked.size)) {
      const page = read(skip)
      // It may never be come to; whoever comes to it sees the failure.
      page.catch(() => undefined)
      asked.set(skip, page)
    }
  }
  return async skip => {
    ask()
    const page = asked.get(skip)
    if (page === undefined) {
      rest = []
      return read(skip)
    }
    const stretch = await page
    asked.delete(skip)
    ask()
    return stretch
  }
}

/**
 * Gives the pages of a list that is ordered by creation as long as each goes on where the one before ended: it begins
 * with its last row, and nothing in it is older.
 */
export async function* regularPages<
  Row extends { readonly id: string; readonly creationDateTimeUtc: Instant },
>(pages: Pages<Row>, start: Instant): AsyncGenerator<Stretch<Row>> {
  let last: Row | undefined
  for (let skip = 0; ; ) {
    const stretch = await unlessRefused(pages.at(skip))
    const from = last?.creationDateTimeUtc ?? start
    if (stretch === undefined || !goesOnFrom(stretch.rows, last?.id, from)) return
    yield stretch
    last = stretch.rows.at(-1)
    if (!stretch.goesOn || stretch.distinct < 2) return
    skip += stretch.distinct - 1
  }
}

/** A service that takes no `$skip` may be read in another way. */
async function unlessRefused<T>(page: Promise<T>): Promise<T | undefined> {
  try {
    return await page
  } catch (error) {
    if (error instanceof DefenderError && error.code === 'query-refused') return undefined
    throw error
  }
}

function goesOnFrom(
  rows: readonly { readonly id: string; readonly creationDateTimeUtc: Instant }[],
  last: string | undefined,
  start: Instant,
): boolean {
  let from = start
  for (const { creationDateTimeUtc } of rows) {
    if (creationDateTimeUtc < from) return false
    from = creationDateTimeUtc
  }
  return last === undefined || rows[0]?.id === last
}
