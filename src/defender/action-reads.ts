import type { MachineAction } from '../posture/machine-action.ts'
import { TERMINAL_STATUSES } from '../posture/methods.ts'
import { type Instant, msBetween } from '../schema/instant.ts'
import { valueRungs } from './find-by-value.ts'
import type { ReadContext } from './json-reader.ts'
import { firstAccepted, type Rung } from './ladder.ts'
import { ListReader } from './list-reader.ts'
import type { Found, ReadsInput } from './machine-reads.ts'
import { errorAt404, nullAt404 } from './not-found.ts'
import { createdFrom } from './odata.ts'
import { paced } from './paced-reads.ts'
import type { ListSource } from './page-chain.ts'
import { readByCreation, readBySkip } from './paging.ts'
import { shareTexts } from './share-texts.ts'
import { readAction } from './wire-action.ts'
import { readEntity } from './wire-list.ts'

/** The reads of actions; each rejects with a DefenderError. A row that names no machine has an empty `machineId`. */
export interface ActionReads {
  /** All actions of the tenant created at or after a time. */
  since(from: Instant, context: ReadContext): Promise<readonly MachineAction[]>
  /** Those of some machines. Where the whole tenant was read to find them, all of it is given. */
  ofMachines(
    machineIds: readonly string[],
    from: Instant,
    context: ReadContext,
  ): Promise<Found<MachineAction>>
  /** Those with the ids, whichever of them the service lists. */
  byIds(ids: readonly string[], context: ReadContext): Promise<readonly MachineAction[]>
  /** Null where the service does not know the action. */
  one(id: string, context: ReadContext): Promise<MachineAction | null>
  /** Remembers when an action in flight was created, so that {@link byIds} can ask for a short window of time. */
  note(action: MachineAction): void
}

/** A window this short is nearly always one page, whatever happened in it. */
const SHORT_WINDOW_MS = 86_400_000
/** From this many batches of ids on, one window of time is asked for instead where it is known. */
const MANY_BATCHES = 3
const BEGINNING = '0001-01-01T00:00:00.0000000Z' as Instant

/** Makes the reads of actions. */
export function createActionReads(input: ReadsInput): ActionReads {
  const { readJson, readBody, limits, clock, endpoint, counts } = input
  const refused = new Set<string>()
  const share = shareTexts()
  const created = new Map<string, Instant>()
  const source: ListSource<MachineAction> = {
    endpoint,
    list: 'machineactions',
    readPage: errorAt404(
      paced(
        readBody(() => new ListReader(row => readAction(row, share))),
        clock,
        limits.callsPerMinute,
      ),
      clock,
      'machineactions',
    ),
    limits,
    clock,
    counts,
  }

  const note = (action: MachineAction): void => {
    if (!TERMINAL_STATUSES.has(action.status)) created.set(action.id, action.creationDateTimeUtc)
  }

  const since = async (from: Instant, context: ReadContext): Promise<readonly MachineAction[]> => {
    const rows = await firstAccepted(sinceRungs(source, from, context), refused)
    const wanted = rows.filter(row => row.creationDateTimeUtc >= from)
    wanted.forEach(note)
    return wanted
  }

  /** The start of a window that holds all the ids, where that is known and cheaper than asking by id. */
  const windowOf = (ids: readonly string[]): Instant | undefined => {
    if (ids.length <= limits.inBatch * (MANY_BATCHES - 1)) return undefined
    const times = ids.map(id => created.get(id))
    return times.every(time => time !== undefined) ? times.toSorted()[0] : undefined
  }

  return {
    since,
    note,

    async ofMachines(machineIds, from, context) {
      if (machineIds.length === 0) return { rows: [], isWhole: false }
      const isShort = msBetween(from, clock.now()) < SHORT_WINDOW_MS
      const whole: Rung<Found<MachineAction>> = {
        name: 'machineactions since',
        read: async () => ({ rows: await since(from, context), isWhole: true }),
      }
      if (isShort && machineIds.length > limits.inBatch) return whole.read()
      const rungs = valueRungs(
        source,
        { field: 'machineId', values: machineIds, also: createdFrom(from) },
        context,
      )
      const wanted = new Set(machineIds)
      const parts = rungs.map(rung => ({
        name: rung.name,
        read: async () => ({
          rows: (await rung.read()).filter(
            row => wanted.has(row.machineId) && row.creationDateTimeUtc >= from,
          ),
          isWhole: false,
        }),
      }))
      const found = await firstAccepted([...parts, whole], refused)
      found.rows.forEach(note)
      return found
    },

    async byIds(ids, context) {
      if (ids.length === 0) return []
      const window = windowOf(ids)
      const rows =
        window !== undefined
          ? await since(window, context)
          : await firstAccepted(
              [
                ...valueRungs(source, { field: 'id', values: ids }, context),
                { name: 'machineactions all', read: async () => [...(await since(BEGINNING, context))] },
              ],
              refused,
            )
      const wanted = new Set(ids)
      const found = rows.filter(row => wanted.has(row.id))
      found.forEach(note)
      return found
    },

    async one(id, context) {
      const url = `${endpoint}/api/machineactions/${encodeURIComponent(id)}`
      const answer = await nullAt404(readJson, clock)(url, context)
      return answer === null ? null : readEntity(answer, readAction)
    },
  }
}

/** The whole list, plainer from rung to rung; the last names neither a filter nor an order. */
function sinceRungs(
  source: ListSource<MachineAction>,
  from: Instant,
  context: ReadContext,
): readonly Rung<MachineAction[]>[] {
  const orderBy = 'creationDateTimeUtc asc'
  return [
    { name: 'machineactions by creation', read: () => readByCreation(source, from, context) },
    {
      name: 'machineactions created',
      read: () => readBySkip(source, { filter: createdFrom(from) }, context),
    },
    { name: 'machineactions ordered', read: () => readBySkip(source, { orderBy }, context) },
    { name: 'machineactions plain', read: () => readBySkip(source, {}, context) },
  ]
}
