import type { Call } from './call.ts'
import type { Reply } from './exchange.ts'
import { takePage } from './odata/page.ts'
import type { QueryOptions } from './odata/query-options.ts'
import type { RowTampering } from './scenario-types.ts'

/** Keeps only the selected properties of a row, in the entity's order. */
function project(json: string, select: readonly string[] | undefined): string {
  if (select === undefined) return json
  return JSON.stringify(JSON.parse(json), [...select])
}

/** Loses the second row, or sends the last one twice: what paging over a moving list does; or loses them all. */
function tamper(rows: readonly string[], tampering: RowTampering | undefined): readonly string[] {
  const last = rows.at(-1)
  if (tampering === 'no-rows') return []
  if (tampering === 'repeat-row') return last === undefined ? rows : [...rows, last]
  return tampering === 'skip-row' ? rows.toSpliced(Math.min(1, rows.length - 1), 1) : rows
}

/** Writes the member that leads to the next page, or nothing where this is the last one. */
function linkMember(call: Call, cut: boolean, skip: number, left: number | undefined): string {
  const { tampering } = call
  if (tampering === 'link-no-text') return ',"@odata.nextLink":1'
  const isEndless = tampering === 'endless-links'
  if ((!cut && !isEndless) || tampering === 'no-link') return ''
  // Past its end a chain goes on by steps of one, so that no link is like the one before it.
  const next = isEndless && !cut ? skip + 1 : skip
  return `,"@odata.nextLink":${JSON.stringify(nextLink(call, next, left))}`
}

/** The address of the next page: the same query from a later row. */
function nextLink({ url, world, query }: Call, skip: number, top: number | undefined): string {
  const next = new URLSearchParams(query)
  for (const key of [...next.keys()]) if (/^\$(skip|top)$/i.test(key)) next.delete(key)
  if (top !== undefined) next.set('$top', String(top))
  next.set('$skip', String(skip))
  const text = next.toString().replaceAll('%24', '$')
  return `${world.settings.nextLinkOrigin ?? url.origin}${url.pathname}?${text}`
}

/**
 * Answers a list: one page of rows that are already filtered and sorted.
 *
 * @param set - The entity set in `@odata.context`.
 * @param rowOf - Writes one row as JSON.
 */
export function answerList<Row extends { readonly listed: boolean }>(
  call: Call,
  set: string,
  sorted: readonly Row[],
  options: QueryOptions<Row>,
  rowOf: (row: Row) => string,
): Reply {
  const isListed = (row: Row): boolean => row.listed
  const { settings, replies } = call.world
  const { rows, count, cut } = takePage(sorted, options, settings.pageLimit, isListed)
  const { select, top, skip } = options
  const written = tamper(
    rows.map(select === undefined ? rowOf : row => project(rowOf(row), select)),
    call.tampering,
  )
  const columns = select === undefined ? '' : `(${select.join(',')})`
  const context = JSON.stringify(`${settings.contextOrigin}/api/$metadata#${set}${columns}`)
  const counted = count === undefined ? '' : `"@odata.count":${count},`
  const left = top === undefined ? undefined : top - rows.length
  const next = linkMember(call, cut, skip + rows.length, left)
  return replies.odata(`{"@odata.context":${context},${counted}"value":[${written.join(',')}]${next}}`)
}

/** Answers `/$count`: the number of rows that pass the filter. */
export function answerCount(call: Call, rows: readonly unknown[]): Reply {
  return call.world.replies.count(rows.length)
}
