import type { RefusedQuery } from '../scenario-types.ts'
import { compileFilter, type Predicate } from './compile.ts'
import { type Entity, propertyOf } from './entity.ts'
import type { Expression } from './expression.ts'
import { ODataProblem } from './lexer.ts'
import { parseFilter } from './parser.ts'

/** One `$orderby` item. */
export interface Ordering {
  /** The property as the entity spells it. */
  readonly property: string
  readonly descending: boolean
}

/** The system query options of a list request, checked against its entity. */
export interface QueryOptions<Row> {
  readonly expression: Expression | undefined
  readonly predicate: Predicate<Row> | undefined
  readonly orderBy: readonly Ordering[]
  readonly top: number | undefined
  readonly skip: number
  readonly count: boolean
  /** Properties to send, as the entity spells them; undefined for all. */
  readonly select: readonly string[] | undefined
}

/** What a service does not accept, although the grammar does. */
export interface QueryLimits {
  readonly refuse: ReadonlySet<RefusedQuery>
  readonly filterNodeLimit: number
  /** Largest `$top` that is taken. */
  readonly topLimit: number
}

const KNOWN: ReadonlySet<string> = new Set(['filter', 'orderby', 'top', 'skip', 'count', 'select'])

/** The system options of a query, by their lower-case names without the dollar sign. */
function systemOptions(query: URLSearchParams): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of query) {
    if (!key.startsWith('$')) continue
    const name = key.slice(1).toLowerCase()
    if (!KNOWN.has(name))
      throw new ODataProblem(
        `The query specified in the URI is not valid. The query parameter '${key}' is not supported.`,
      )
    if (found.has(name)) throw new ODataProblem(`Query option '${key}' was specified more than once.`)
    found.set(name, value)
  }
  return found
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text))
    throw new ODataProblem(`Invalid value '${text}' for $${name} query option found.`)
  return Number(text)
}

function readTop(text: string | undefined, limit: number): number | undefined {
  const top = wholeNumber('top', text)
  if (top !== undefined && top > limit)
    throw new ODataProblem(`The limit of '${limit}' for Top query has been exceeded.`)
  return top
}

function readOrderBy<Row>(entity: Entity<Row>, text: string | undefined): readonly Ordering[] {
  if (text === undefined) return []
  return text.split(',').map(item => {
    const [, name = '', direction = 'asc'] = /^\s*([\w.]+)(?:\s+(asc|desc))?\s*$/i.exec(item) ?? []
    const { name: property, type } = propertyOf(entity, name)
    if (type === 'tags' || type === 'complex') throw new ODataProblem(`$orderby cannot use '${property}'.`)
    return { property, descending: direction.toLowerCase() === 'desc' }
  })
}

function readSelect<Row>(entity: Entity<Row>, text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text.trim() === '*') return undefined
  return text.split(',').map(name => propertyOf(entity, name.trim()).name)
}

function readCount(text: string | undefined): boolean {
  const word = text?.toLowerCase() ?? 'false'
  if (word !== 'true' && word !== 'false')
    throw new ODataProblem(`Invalid value '${text}' for $count query option found.`)
  return word === 'true'
}

function checkLimits(nodes: number, uses: ReadonlySet<RefusedQuery>, limits: QueryLimits): void {
  for (const used of uses)
    if (limits.refuse.has(used))
      throw new ODataProblem(`The query specified in the URI is not valid. '${used}' is not allowed.`)
  if (nodes > limits.filterNodeLimit)
    throw new ODataProblem(
      `The query specified in the URI is not valid. The node count limit of '${limits.filterNodeLimit}' has been exceeded.`,
    )
}

/**
 * Reads the system query options of a list request. Other query parameters are ignored.
 *
 * @throws ODataProblem for what the service would answer 400 ODataError.
 */
export function readQueryOptions<Row>(
  query: URLSearchParams,
  entity: Entity<Row>,
  limits: QueryLimits,
): QueryOptions<Row> {
  const options = systemOptions(query)
  checkLimits(0, new Set([...options.keys()] as RefusedQuery[]), limits)
  const text = options.get('filter')
  const filter = text === undefined ? undefined : parseFilter(text)
  if (filter !== undefined) checkLimits(filter.nodes, filter.uses, limits)
  return {
    expression: filter?.expression,
    predicate: filter && compileFilter(entity, filter.expression),
    orderBy: readOrderBy(entity, options.get('orderby')),
    top: readTop(options.get('top'), limits.topLimit),
    skip: wholeNumber('skip', options.get('skip')) ?? 0,
    count: readCount(options.get('count')),
    select: readSelect(entity, options.get('select')),
  }
}
