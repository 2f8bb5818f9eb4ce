import type { HttpRequest, HttpResponse, Send } from '../../src/defender/transport.ts'
import { readInstant } from '../../src/defender/wire-instant.ts'
import { DATE, errorBody } from './mock-service.ts'
import type { WireRow } from './rows.ts'

/** What a model service refuses with 400, by a part of the decoded query. */
export type Refusable = 'in' | 'or' | 'filter' | 'orderby' | 'tolower' | 'merged' | 'count'

/** How a model service behaves. All off: it takes every query and gives at most `$top` rows. */
export interface ModelOptions {
  readonly machines?: readonly WireRow[]
  readonly actions?: readonly WireRow[]
  readonly refuses?: readonly Refusable[]
  /** Rows of a page that the server cuts itself, leading on by nextLink. */
  readonly serverPage?: number
  /** Keeps to its own order, newest first, whatever is asked. */
  readonly ignoresOrder?: boolean
  /** Gives the first rows whatever `$skip` says. */
  readonly ignoresSkip?: boolean
  /** Leaves `@odata.count` out. */
  readonly countsNothing?: boolean
  /** Changes the rows of an answer after they were counted. */
  readonly tamper?: (rows: readonly WireRow[], request: number) => readonly WireRow[]
  /** A limit on a page of which the server says nothing. */
  readonly silentPage?: number
  /** Runs before each answer, such as to let a row come or go. */
  readonly before?: (model: ModelService, url: URL) => void
}

/** A list service in memory that understands the queries the client makes, over which whole readings are judged. */
export class ModelService {
  readonly urls: URL[] = []
  machines: WireRow[]
  actions: WireRow[]
  readonly #options: ModelOptions

  constructor(options: ModelOptions) {
    this.#options = options
    this.machines = [...(options.machines ?? [])]
    this.actions = [...(options.actions ?? [])]
  }

  /** The decoded queries so far, the list first, `$count` left out: `machines $filter=…&$top=…`. */
  get queries(): readonly string[] {
    return this.urls.map(url => {
      const query = decodeURIComponent(url.search.slice(1)).replace('&$count=true', '')
      return `${url.pathname.slice('/api/'.length)} ${query}`
    })
  }

  /** Which of the queries asked for a count. */
  get counted(): readonly boolean[] {
    return this.urls.map(url => url.searchParams.has('$count'))
  }

  readonly send: Send = async request => this.#answer(request)

  #answer(request: HttpRequest): HttpResponse {
    const url = new URL(request.url)
    this.urls.push(url)
    this.#options.before?.(this, url)
    const query = url.searchParams
    const refused = refusal(query, this.#options.refuses ?? [])
    if (refused !== undefined) return answer(400, errorBody('ODataError', `${refused} is not supported`))
    const list = url.pathname.slice('/api/'.length)
    const rows = list === 'machines' ? this.machines : this.actions
    return answer(200, this.#page(url, select(rows, query.get('$filter'))))
  }

  #page(url: URL, selected: readonly WireRow[]): object {
    const query = url.searchParams
    const order = this.#options.ignoresOrder === true ? null : query.get('$orderby')
    const ordered = sort(selected, order)
    const skip = this.#options.ignoresSkip === true ? 0 : Number(query.get('$skip') ?? 0)
    const top = Number(query.get('$top') ?? 10_000)
    const asked = ordered.slice(skip, skip + top)
    const page = asked.slice(0, this.#options.serverPage ?? asked.length)
    const rest = asked.length - page.length
    const shown = page.slice(0, this.#options.silentPage ?? page.length)
    const value = this.#options.tamper?.(shown, this.urls.length) ?? shown
    const count =
      query.get('$count') === 'true' && this.#options.countsNothing !== true
        ? { '@odata.count': selected.length }
        : {}
    if (rest === 0) return { ...count, value }
    const next = new URL(url)
    next.searchParams.set('$skip', String(skip + page.length))
    next.searchParams.set('$top', String(rest))
    return { ...count, value, '@odata.nextLink': next.href }
  }
}

function answer(status: number, body: object): HttpResponse {
  return { status, headers: { date: DATE }, body: JSON.stringify(body) }
}

function refusal(query: URLSearchParams, refuses: readonly Refusable[]): Refusable | undefined {
  const filter = query.get('$filter') ?? ''
  const present: Readonly<Record<Refusable, boolean>> = {
    filter: filter !== '',
    in: filter.includes(' in ('),
    or: filter.includes(' or '),
    tolower: filter.includes('tolower('),
    merged: filter.includes('mergedIntoMachineId'),
    orderby: query.has('$orderby'),
    count: query.has('$count'),
  }
  return refuses.find(what => present[what])
}

const CREATION = 'creationDateTimeUtc'

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sort(rows: readonly WireRow[], order: string | null): readonly WireRow[] {
  if (order === null) {
    return [...rows].reverse().sort((a, b) => compare(textOf(b, CREATION), textOf(a, CREATION)))
  }
  const [field = ''] = order.split(' ')
  return [...rows].sort((a, b) => compare(textOf(a, field), textOf(b, field)))
}

function textOf(row: WireRow, field: string): string {
  return readInstant(row[field]) ?? String(row[field])
}

function select(rows: readonly WireRow[], filter: string | null): readonly WireRow[] {
  if (filter === null) return rows
  const conditions = filter.split(' and ').map(conditionOf)
  return rows.filter(row => conditions.every(holds => holds(row)))
}

type Condition = (row: WireRow) => boolean

function conditionOf(text: string): Condition {
  const since = /^(\w+) ge (\S+)$/.exec(text)
  if (since !== null) {
    const from = readInstant(since[2])
    return row => from !== undefined && textOf(row, since[1] ?? '') >= from
  }
  const isNull = /^(\w+) eq null$/.exec(text)
  if (isNull !== null) return row => row[isNull[1] ?? ''] === null
  const inList = /^(\S+) in \((.*)\)$/.exec(text)
  if (inList !== null) return oneOf(inList[1] ?? '', (inList[2] ?? '').split(','))
  const equals = text
    .replace(/^\((.*)\)$/, '$1')
    .split(' or ')
    .map(part => part.split(' eq '))
  const fields = new Set(equals.map(([field]) => field))
  if (fields.size !== 1 || equals.some(parts => parts.length !== 2)) throw new Error(`model: ${text}`)
  return oneOf(
    [...fields][0] ?? '',
    equals.map(([, value]) => value ?? ''),
  )
}

function oneOf(field: string, literals: readonly string[]): Condition {
  const values = new Set(literals.map(text => text.slice(1, -1).replaceAll("''", "'")))
  const lower = /^tolower\((\w+)\)$/.exec(field)
  if (lower !== null) return row => values.has(String(row[lower[1] ?? '']).toLowerCase())
  return row => values.has(String(row[field]))
}
