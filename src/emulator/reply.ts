import { fromEpochMs, toEpochMs } from '../schema/instant.ts'
import { type ByteSource, readSource } from './byte-source.ts'
import type { Refusal, Reply } from './exchange.ts'
import type { Random } from './random.ts'

const ODATA_JSON = 'application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8'
const PLAIN_JSON = 'application/json; charset=utf-8'
const TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains'
/** Above so many bytes a body is made while it is sent. */
const STREAM_FROM = 1_048_576
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Writes a time for the `Date` header: `Sun, 22 Nov 2026 18:03:11 GMT`. */
export function httpDate(ms: number): string {
  const instant = fromEpochMs(ms)
  const weekday = WEEKDAYS[(Math.floor(toEpochMs(instant) / 86_400_000) + 4) % 7]
  const month = MONTHS[Number(instant.slice(5, 7)) - 1]
  return `${weekday}, ${instant.slice(8, 10)} ${month} ${instant.slice(0, 4)} ${instant.slice(11, 19)} GMT`
}

/** Writes answers with the headers that were recorded (docs/service.md#answer-headers). */
export class Replies {
  protected readonly random: Random
  readonly #dateMs: () => number

  /** @param dateMs - What the `Date` header says, skew included. */
  constructor(random: Random, dateMs: () => number) {
    this.random = random
    this.#dateMs = dateMs
  }

  protected base(): Record<string, string> {
    return {
      date: httpDate(this.#dateMs()),
      'strict-transport-security': TRANSPORT_SECURITY,
      'mise-correlation-id': this.random.guid(),
    }
  }

  /** Now, as Graph writes it in errors: to the second, without an offset. */
  protected dateText(): string {
    return fromEpochMs(this.#dateMs()).slice(0, 19)
  }

  /** An entity or a list, already written as JSON. */
  odata(body: string, status = 200): Reply {
    const headers = {
      ...this.base(),
      'content-type': ODATA_JSON,
      'odata-version': '4.0',
      vary: 'Accept-Encoding',
    }
    return { status, headers, body }
  }

  /** The bare number of `/$count`. */
  count(count: number): Reply {
    const headers = { ...this.base(), 'content-type': 'text/plain; charset=utf-8', 'odata-version': '4.0' }
    return { status: 200, headers, body: String(count) }
  }

  /** JSON that is not OData, as of the token endpoints. */
  json(status: number, value: unknown): Reply {
    const headers = { ...this.base(), 'content-type': PLAIN_JSON, 'cache-control': 'no-store, no-cache' }
    return { status, headers, body: JSON.stringify(value) }
  }

  /** The service's error body with a correlation id of its own; no `OData-Version`. */
  refusal({ status, code, message, headers }: Refusal): Reply {
    const target = `|${this.random.hex(8)}-${this.random.hex(16)}.`
    return {
      status,
      headers: { ...this.base(), 'content-type': PLAIN_JSON, ...headers },
      body: JSON.stringify({ error: { code, message, target } }),
    }
  }

  /** An answer without a body, such as 405 and 204. */
  empty(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
    const length: Record<string, string> = status === 204 ? {} : { 'content-length': '0' }
    return { status, headers: { ...this.base(), ...length, ...headers }, body: '' }
  }

  /** A page of HTML, as proxies and gateways send it. */
  html(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Reply {
    return {
      status,
      headers: { ...this.base(), 'content-type': 'text/html', ...headers },
      body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    }
  }

  /** Bytes for a download. */
  bytes(status: number, body: Buffer, headers: Readonly<Record<string, string>>): Reply {
    return { status, headers: { ...this.base(), 'content-length': String(body.length), ...headers }, body }
  }

  /** A part of a source for a download; a large one is made while it is sent. */
  source(
    status: number,
    source: ByteSource,
    [from, to]: readonly [from: number, to: number],
    headers: Readonly<Record<string, string>>,
  ): Reply {
    if (to - from <= STREAM_FROM) return this.bytes(status, readSource(source, from, to), headers)
    const length = to - from
    const stream = { length, read: (first: number, last: number) => source.read(from + first, from + last) }
    const reply = this.bytes(status, Buffer.alloc(0), { ...headers, 'content-length': String(length) })
    return { ...reply, stream }
  }
}

/** Codes that Graph gives a status in place of Defender's (docs/service.md#hunting-graph-errors). */
const GRAPH_CODES: Readonly<Record<number, string>> = {
  401: 'InvalidAuthenticationToken',
  429: 'TooManyRequests',
  500: 'UnknownError',
  504: 'UnknownError',
}

/** Writes answers of Microsoft Graph: its errors have an `innerError`, and those of its own no message. */
export class GraphReplies extends Replies {
  override refusal({ status, code, message, headers }: Refusal): Reply {
    const id = this.random.guid()
    const isOwn = GRAPH_CODES[status] === 'UnknownError'
    return {
      status,
      headers: { ...this.base(), 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        error: {
          code: GRAPH_CODES[status] ?? code,
          message: isOwn ? '' : message,
          innerError: {
            date: this.dateText(),
            'request-id': id,
            'client-request-id': id,
          },
        },
      }),
    }
  }
}
