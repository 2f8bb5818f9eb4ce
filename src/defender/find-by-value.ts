import type { ReadContext } from './json-reader.ts'
import type { Rung } from './ladder.ts'
import { allOf, batches, oneOf, type ValueForm } from './odata.ts'
import type { ListSource } from './page-chain.ts'
import { readBySkip } from './paging.ts'

/** Rows whose field has one of the values, and perhaps a further condition that all must meet. */
export interface ValueQuery {
  readonly field: string
  readonly values: readonly string[]
  readonly also?: string | undefined
}

/**
 * The ways to ask for rows by value, plainer from rung to rung: `in`, then chains of `or`, then one value at a time.
 *
 * A way that would cost more than `callsPerForm` calls is left out: reading the whole list, 10,000 rows a call, is
 * cheaper then. One value needs neither `in` nor `or`.
 */
export function valueRungs<Row extends { readonly id: string }>(
  source: ListSource<Row>,
  query: ValueQuery,
  context: ReadContext,
): readonly Rung<Row[]>[] {
  const { inBatch, orBatch, callsPerForm, concurrency } = source.limits
  const forms: readonly (readonly [ValueForm, number])[] =
    query.values.length > 1
      ? [
          ['in', inBatch],
          ['or', orBatch],
          ['eq', 1],
        ]
      : [['eq', 1]]
  return forms.flatMap(([form, size]) => {
    const cut = batches(query.field, query.values, size)
    if (cut.length > callsPerForm) return []
    const readBatch = (values: readonly string[]): Promise<Row[]> => {
      const filter = allOf(oneOf(form, query.field, values), query.also)
      // Of a key there is one row each: once all have come, the end was seen, whatever is counted.
      const atMost = query.field === 'id' ? values.length : undefined
      return readBySkip(source, { filter }, context, atMost)
    }
    return [
      { name: `${source.list} ${query.field} ${form}`, read: () => readAll(cut, readBatch, concurrency) },
    ]
  })
}

/** Reads the first batch alone, since it shows whether the form is accepted, then the others side by side. */
async function readAll<Row>(
  cut: readonly (readonly string[])[],
  readBatch: (values: readonly string[]) => Promise<Row[]>,
  concurrency: number,
): Promise<Row[]> {
  const [first, ...others] = cut
  const rows: Row[] = first === undefined ? [] : await readBatch(first)
  for (let start = 0; start < others.length; start += concurrency) {
    const group = await Promise.all(others.slice(start, start + concurrency).map(readBatch))
    for (const batch of group) for (const row of batch) rows.push(row)
  }
  return rows
}
