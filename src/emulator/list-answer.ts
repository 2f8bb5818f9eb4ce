import type { Call, RowTampering } from './call.ts'
import type { Reply } from './exchange.ts'
import { takePage } from './odata/page.ts'
import type { QueryOptions } from './odata/query-options.ts'

/** Keeps only the selected properties of a row, in the entity's order. */
function project(json: string, select: readonly string[] | undefined): string {
  if (select === undefined) return json
  return JSON.stringify(JSON.parse(json), [...select])
}

/** Loses the second row, or sends the last one twice: what paging over a moving list does. */
function tamper(rows: readonly string[], tampering: RowTampering | undefined): readonly string[] {
  const last = rows.at(-1)
  if (tampering === undefined || last === undefined) return rows
  return tampering === 'repeat-row' ? [...rows, last] : rows.toSpliced(Math.min(1, rows.length - 1), 1)
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
export function answerList<Row>(
  call: Call,
  set: string,
  sorted: readonly Row[],
  options: QueryOptions<Row>,
  rowOf: (row: Row) => string,
): Reply {
  const { settings, replies } = call.world
  const { rows, count, cut } = takePage(sorted, options, settings.pageLimit)
  const { select, top, skip } = options
  const written = tamper(
    rows.map(select === undefined ? rowOf : row => project(rowOf(row), select)),
    call.tampering,
  )
  const columns = select === undefined ? '' : `(${select.join(',')})`
  const context = JSON.stringify(`${settings.contextOrigin}/api/$metadata#${set}${columns}`)
  const counted = count === undefined ? '' : `"@odata.count":${count},`
  const left = top === undefined ? undefined : top - rows.length
  const next = cut ? `,"@odata.nextLink":${JSON.stringify(nextLink(call, skip + rows.length, left))}` : ''
  return replies.odata(`{"@odata.context":${context},${counted}"value":[${written.join(',')}]${next}}`)
}

/** Answers `/$count`: the number of rows that pass the filter. */
export function answerCount(call: Call, rows: readonly unknown[]): Reply {
  return call.world.replies.count(rows.length)
}
