import { type Entity, type PropertyValue, propertyOf } from './entity.ts'
import type { Ordering, QueryOptions } from './query-options.ts'

/** The rows of one answer, and what is left. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Rows that pass the filter, paging aside; only where `$count` asked for it. */
  readonly count: number | undefined
  /** Whether the server's own page limit cut the answer. */
  readonly cut: boolean
}

function compareValues(left: PropertyValue, right: PropertyValue): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  return left < right ? -1 : 1
}

/** Sorts rows; equal ones keep the order they came in. */
export function sortRows<Row>(
  entity: Entity<Row>,
  rows: readonly Row[],
  orderBy: readonly Ordering[],
): readonly Row[] {
  if (orderBy.length === 0) return rows
  const keys = orderBy.map(({ property, descending }) => ({
    read: propertyOf(entity, property).read,
    sign: descending ? -1 : 1,
  }))
  return rows.toSorted((left, right) => {
    for (const { read, sign } of keys) {
      const order = compareValues(read(left), read(right))
      if (order !== 0) return sign * order
    }
    return 0
  })
}

/**
 * Takes one page of rows that are already filtered and sorted.
 *
 * Rows that are not listed are counted all the same. A `$top` within the server's page limit is never followed by a nextLink (docs/service.md#paging).
 */
export function takePage<Row>(
  sorted: readonly Row[],
  options: QueryOptions<Row>,
  pageLimit: number,
  isListed: (row: Row) => boolean = () => true,
): Page<Row> {
  const listed = sorted.filter(isListed)
  const wanted = Math.min(options.top ?? Number.POSITIVE_INFINITY, listed.length - options.skip)
  const size = Math.max(0, Math.min(wanted, pageLimit))
  return {
    rows: listed.slice(options.skip, options.skip + size),
    count: options.count ? sorted.length : undefined,
    cut: wanted > pageLimit,
  }
}
