import { formatInstant, type Instant } from '../schema/instant.ts'

/** The options of one list call. Texts are OData, not yet encoded for a URL. */
export interface ListQuery {
  readonly filter?: string | undefined
  readonly orderBy?: string | undefined
  readonly top?: number
  readonly skip?: number
  readonly count?: boolean
}

/** Writes the URL of a list call. */
export function listUrl(endpoint: string, list: string, query: ListQuery): string {
  const options: string[] = []
  if (query.filter !== undefined) options.push(`$filter=${encodeOption(query.filter)}`)
  if (query.orderBy !== undefined) options.push(`$orderby=${encodeOption(query.orderBy)}`)
  if (query.top !== undefined) options.push(`$top=${query.top}`)
  if (query.skip !== undefined && query.skip > 0) options.push(`$skip=${query.skip}`)
  if (query.count === true) options.push('$count=true')
  return `${endpoint}/api/${list}${options.length > 0 ? `?${options.join('&')}` : ''}`
}

/** Encodes for a query but leaves commas and colons, which are legal there, so that long lists stay short. */
function encodeOption(text: string): string {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':')
}

/** A text literal: in single quotes, a quote inside doubled. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** `creationDateTimeUtc ge …`: what was created at or after a time; times stand without quotes. */
export function createdFrom(from: Instant): string {
  return `creationDateTimeUtc ge ${formatInstant(from)}`
}

/** Joins conditions that must all hold, leaving out the undefined. */
export function allOf(...conditions: readonly (string | undefined)[]): string | undefined {
  const present = conditions.filter(condition => condition !== undefined)
  return present.length > 0 ? present.join(' and ') : undefined
}

/** A way to say "one of these values", plainer from one to the next. */
export type ValueForm = 'in' | 'or' | 'eq'

/** Writes "the field is one of the values". `eq` takes one value. */
export function oneOf(form: ValueForm, field: string, values: readonly string[]): string {
  if (form === 'in') return `${field} in (${values.map(literal).join(',')})`
  const equals = values.map(value => `${field} eq ${literal(value)}`)
  return equals.length > 1 ? `(${equals.join(' or ')})` : (equals[0] ?? '')
}

/** Longest filter in a URL, encoded; the whole request line must stay under the 8 KB that servers commonly take. */
const FILTER_LIMIT = 6000

/** Cuts values into batches of at most `size` that also stay short enough for a URL. */
export function batches(
  field: string,
  values: readonly string[],
  size: number,
): readonly (readonly string[])[] {
  const all: string[][] = []
  let current: string[] = []
  let length = 0
  // A batch of one stands for the form that costs most per value.
  const overhead = size > 1 ? encodeOption(` or ${field} eq `).length : 0
  for (const value of values) {
    const cost = overhead + encodeOption(literal(value)).length
    if (current.length > 0 && (current.length >= size || length + cost > FILTER_LIMIT)) {
      all.push(current)
      current = []
      length = 0
    }
    current.push(value)
    length += cost
  }
  if (current.length > 0) all.push(current)
  return all
}
