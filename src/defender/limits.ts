/** How the client reads; tests shrink it. */
export interface ReadLimits {
  /** Rows asked for per page; the service gives at most 10,000 (docs/service.md#page-size). */
  readonly pageSize: number
  /** Tries of one failing read. */
  readonly tries: number
  /** No further try begins later than this after the first, in ms. */
  readonly withinMs: number
  /** Values in one `in (…)`. */
  readonly inBatch: number
  /** Values in one chain of `or`: four nodes each, and servers of this kind stop at 100 nodes by default. */
  readonly orBatch: number
  /** Calls that a form of a query by value may cost; beyond it the list is read as a whole. */
  readonly callsPerForm: number
  /** Pages of one list: an hour's quota of calls (docs/service.md#quota), more than any tenant's list has. */
  readonly pages: number
  /** How long one list may take to read, in ms. */
  readonly listWithinMs: number
  /**
   * Calls of one list that may begin within a minute: some less than the service allows (docs/service.md#quota), for
   * others of the same application.
   */
  readonly callsPerMinute: number
  /** Batches, or pages, that are asked for at the same time. */
  readonly concurrency: number
}

/** The limits in use: the service's page size (docs/service.md#page-size), and tries within docs/contract.md#read-retries. */
export const READ_LIMITS: ReadLimits = {
  pageSize: 10_000,
  tries: 5,
  withinMs: 30_000,
  inBatch: 100,
  orBatch: 20,
  callsPerForm: 10,
  pages: 1500,
  listWithinMs: 15 * 60_000,
  callsPerMinute: 90,
  concurrency: 4,
}
