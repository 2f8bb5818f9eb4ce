import type { Form } from './multipart.ts'
import type { RowTampering } from './scenario-types.ts'
import type { Caller } from './tokens.ts'
import type { World } from './world.ts'

/** One request on its way through a handler. */
export interface Call {
  readonly world: World
  /** Path segments that the route left open, decoded. */
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string | Buffer
  /** The form in the body; undefined where it is none. */
  readonly form: Form | undefined
  readonly caller: Caller
  readonly nowMs: number
  /** Scheme, host and path of the request, for nextLinks. */
  readonly url: URL
  readonly tampering: RowTampering | undefined
}
