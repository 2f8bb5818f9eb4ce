import type { Clock } from '../apply/ports.ts'
import { DefenderError } from './defender-error.ts'
import type { Read, ReadContext } from './json-reader.ts'
import type { ReadLimits } from './limits.ts'
import { type ListQuery, listUrl } from './odata.ts'
import type { PageBudget } from './page-budget.ts'
import type { Page } from './wire-list.ts'

/** Whether the service takes `$count=true` in list calls; learned from the first that it takes or refuses. */
export interface CountSupport {
  state: 'untried' | 'taken' | 'refused'
  /** Queries that were refused with a count and without, so that the count was not at fault. */
  acquittals: number
}

/** After so many acquittals it is given up: each costs a call, and a service this strict will likely refuse it too. */
const ACQUITTALS = 2

/** A list of the service and how its pages are read. */
export interface ListSource<Row extends { readonly id: string }> {
  readonly endpoint: string
  /** `machines` or `machineactions`. */
  readonly list: string
  readonly readPage: Read<Page<Row>>
  readonly limits: ReadLimits
  readonly clock: Clock
  readonly counts: CountSupport
}

/** The rows of one query and of the pages its nextLinks lead to, in the service's order. */
export interface Stretch<Row> {
  readonly rows: readonly Row[]
  /** How many rows there are; one that came twice is one, so that the next page does not start too late. */
  readonly distinct: number
  /** How many rows the service counts for the query, paging aside; undefined where it does not say. */
  readonly count: number | undefined
  /** Whether the list goes on after these rows, or may: without a count only a page without rows is its end. */
  readonly goesOn: boolean
  /** Whether links led to some of the rows. */
  readonly isLinked: boolean
}

/** Pages in a row that may bring nothing new before a chain of nextLinks counts as endless. */
const IDLE_PAGES = 3

/** Reads one page and whatever its nextLinks lead to. */
export async function readStretch<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: Pick<ListQuery, 'filter' | 'orderBy'>,
  skip: number,
  context: ReadContext,
  budget: PageBudget,
): Promise<Stretch<Row>> {
  const { pageSize } = source.limits
  budget.spend()
  let { page, url } = await readFirst(source, { ...query, top: pageSize, skip }, context)
  const rows = [...page.rows]
  const seen = new Set<string>()
  const followed = new Set([url])
  for (let idle = 0; page.nextLink !== undefined; ) {
    const known = seen.size
    for (const row of page.rows) seen.add(row.id)
    idle = seen.size > known ? 0 : idle + 1
    url = followedLink(page.nextLink, url, source.list)
    if (idle === IDLE_PAGES || followed.has(url)) throw stuck(source.list)
    followed.add(url)
    budget.spend()
    const next: Page<Row> = await source.readPage(url, context)
    for (const row of next.rows) rows.push(row)
    page = { ...next, count: page.count }
  }
  const distinct = new Set(rows.map(row => row.id)).size
  const count = believedCount(page.count, skip + distinct)
  const isShort = count === undefined || skip + rows.length < count
  return {
    rows,
    distinct,
    count,
    goesOn: rows.length > 0 && (rows.length >= pageSize || isShort),
    isLinked: followed.size > 1,
  }
}

/** A count of fewer rows than came counts something else, such as the page: nobody knows then where the list ends. */
function believedCount(count: number | undefined, came: number): number | undefined {
  return count !== undefined && count < came ? undefined : count
}

/** The address of the next page; a link that leads to another list, or nowhere, makes no sense. */
export function followedLink(link: string, from: string, list: string): string {
  const url = URL.parse(link, from)
  if (url === null) throw malformedLink(list, 'is no address')
  // Whether the token may go to the host is for the caller to say, who says so in every case.
  const isOurs = url.origin === URL.parse(from)?.origin
  const path = url.pathname.replace(/\/+$/, '').toLowerCase()
  if (isOurs && !path.endsWith(`/${list}`)) throw malformedLink(list, 'leads to another list')
  return url.href
}

function malformedLink(list: string, why: string): DefenderError {
  return new DefenderError('malformed-answer', `The link to the next page of the list ${list} ${why}.`)
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
    return { page: await source.readPage(url, context), url }
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

/** A page that brought nothing new. */
export function stuck(list: string): DefenderError {
  return new DefenderError('paging-stuck', `A page of the list ${list} brought nothing new.`)
}
