import type { Machine } from '../posture/machine.ts'
import { resolveMerges } from '../posture/merges.ts'
import type { ReadContext } from './json-reader.ts'
import type { Found } from './machine-reads.ts'
import { RowsMissing } from './rows-missing.ts'

/** Asks for machines by a field. */
export type ByValue = (
  field: 'id' | 'mergedIntoMachineId',
  values: readonly string[],
  context: ReadContext,
) => Promise<Found<Machine>>

/** Rounds in which a chain of merges is followed; a longer one is unresolved (docs/contract.md#merged-records). */
const ROUNDS = 5

/**
 * Adds the records that records were merged into, one by one to the end of the chain; no call where none was merged.
 *
 * @param found - Where it is the whole list, nothing more is asked.
 */
export async function withHeirs(
  found: Found<Machine>,
  byValue: ByValue,
  context: ReadContext,
): Promise<Found<Machine>> {
  let { rows } = found
  for (let round = 0; round < ROUNDS && !found.isWhole; round += 1) {
    const known = new Set(rows.map(({ id }) => id))
    const heirs = rows.flatMap(({ mergedIntoMachineId: heir }) =>
      heir === null || known.has(heir) ? [] : [heir],
    )
    if (heirs.length === 0) break
    const more = await byValue('id', [...new Set(heirs)].sort(), context)
    const wanted = more.rows.filter(({ id }) => heirs.includes(id))
    if (wanted.length === 0) break
    rows = [...rows, ...wanted]
  }
  return { ...found, rows }
}

/**
 * Adds all records of the devices that records are of: those they were merged into, and those that were merged into
 * them. Where the service takes no such query the whole list is read and given.
 */
export async function withRelated(
  found: Found<Machine>,
  byValue: ByValue,
  context: ReadContext,
): Promise<Found<Machine>> {
  let all = await withHeirs(found, byValue, context)
  let asked = new Set<string>()
  for (let round = 0; round < ROUNDS && !all.isWhole; round += 1) {
    const frontier = all.rows.map(({ id }) => id).filter(id => !asked.has(id))
    if (frontier.length === 0) break
    asked = new Set([...asked, ...frontier])
    const merged = await asFarAsListed(byValue('mergedIntoMachineId', [...new Set(frontier)].sort(), context))
    if (merged.isWhole) return merged
    const known = new Set(all.rows.map(({ id }) => id))
    const fresh = merged.rows.filter(
      ({ id, mergedIntoMachineId: heir }) => !known.has(id) && heir !== null && known.has(heir),
    )
    if (fresh.length === 0) break
    all = { ...all, rows: [...all.rows, ...fresh] }
  }
  return all
}

/**
 * Takes what came where the service counts a row that it never lists: that one is no record of these machines by all
 * that can be known, and must not stop every look at any of them.
 */
async function asFarAsListed(read: Promise<Found<Machine>>): Promise<Found<Machine>> {
  try {
    return await read
  } catch (error) {
    if (!(error instanceof RowsMissing)) throw error
    return { rows: error.rows as readonly Machine[], isWhole: false }
  }
}

/** Of a list the records of the devices that these records are of. */
export function deviceIds(ids: Iterable<string>, machines: readonly Machine[]): ReadonlySet<string> {
  const merges = resolveMerges(machines)
  const related = [...ids].flatMap(id => [id, ...merges.recordsOf(id).map(record => record.id)])
  return new Set(related)
}
