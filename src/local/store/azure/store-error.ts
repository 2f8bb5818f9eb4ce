/** Why the store did not do what it was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  /** HTTP status; undefined where no whole answer came. */
  readonly status: number | undefined
  /** The store's own code, such as `LeaseAlreadyPresent`; undefined where it gave none. */
  readonly code: string | undefined
  /** How long the store asked to wait; undefined where it did not. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    {
      status,
      code,
      retryAfterMs,
    }: { readonly status?: number; readonly code?: string; readonly retryAfterMs?: number },
  ) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the same request may be answered otherwise a moment later. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 429 || this.status === 408 || this.status >= 500
  }

  /** Whether what was asked does not fit what is there: a condition, a lease, or something in the way. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412
  }
}

/** What the SDK rejects with, as far as it is read here. */
interface RestFailure {
  readonly name?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly code?: unknown
  readonly response?: { readonly headers?: { get(name: string): string | undefined } }
}

/** What is known of a status that stands for a mistake in the set-up. */
const WAYS_OUT: Readonly<Record<number, string>> = {
  401: 'the token is not taken there',
  403: 'the identity may not do that: it needs the role Storage Blob Data Contributor on the container',
  404: 'there is no such account, container or blob',
}

/**
 * Says what a call to the store ended with. The SDK calls a connection that was cut in a body an abort; nobody aborted it
 * unless our own time was up.
 *
 * @param what - What was asked, such as `reading emea/lease`.
 */
export function storeErrorOf(error: unknown, what: string): unknown {
  if (error instanceof StoreError) return error
  const { name, message, statusCode, code, response } = Object(error) as RestFailure
  const isRest = typeof statusCode === 'number' || name === 'RestError'
  const isNetwork = isRest || name === 'AbortError' || name === 'TimeoutError' || isSystemError(error)
  if (!isNetwork) return error
  if (typeof statusCode !== 'number') {
    const why = name === 'AbortError' || name === 'TimeoutError' ? 'no whole answer came' : firstLine(message)
    return new StoreError(`${what}: ${why}`, {})
  }
  const told = response?.headers?.get('x-ms-error-code')
  const own = typeof code === 'string' ? code : told
  const hint = WAYS_OUT[statusCode]
  return new StoreError(
    `${what}: HTTP ${statusCode}${own === undefined ? '' : ` ${own}`}${hint === undefined ? '' : `, ${hint}`}`,
    {
      status: statusCode,
      ...(own === undefined ? {} : { code: own }),
      ...waitOf(response?.headers?.get('retry-after')),
    },
  )
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z_]+$/.test(String(error.code))
}

/** A message of the library may go on with a whole request. */
function firstLine(message: unknown): string {
  return typeof message === 'string' ? (message.split('\n')[0] ?? '').slice(0, 160) : 'it failed'
}

function waitOf(header: string | undefined): { readonly retryAfterMs?: number } {
  return header !== undefined && /^\d{1,4}$/.test(header) ? { retryAfterMs: Number(header) * 1000 } : {}
}
