import type { Clock } from '../apply/ports.ts'
import type { Machine } from '../posture/machine.ts'
import { normalName } from '../schema/machine-name.ts'
import { DefenderError } from './defender-error.ts'
import { valueRungs } from './find-by-value.ts'
import type { ReadBody, ReadContext, ReadJson } from './json-reader.ts'
import { firstAccepted, type Rung } from './ladder.ts'
import type { ReadLimits } from './limits.ts'
import { ListReader } from './list-reader.ts'
import { emptyAt404, nullAt404 } from './not-found.ts'
import { listUrl } from './odata.ts'
import { paced } from './paced-reads.ts'
import type { CountSupport, ListSource } from './page-chain.ts'
import { readBySkip } from './paging.ts'
import { withHeirs, withRelated } from './related-records.ts'
import { shareTexts } from './share-texts.ts'
import { type Page, readEntity } from './wire-list.ts'
import { isOnboarded, readMachine } from './wire-machine.ts'

/** Rows that were asked for, and whether the whole list had to be read to find them. */
export interface Found<Row> {
  readonly rows: readonly Row[]
  readonly isWhole: boolean
}

/** The reads of machines; each rejects with a DefenderError. */
export interface MachineReads {
  all(context: ReadContext): Promise<readonly Machine[]>
  /**
   * Machines by id and by exact, whole name, whatever its case. Where the whole list was read, all of it is given.
   *
   * @param wanted - Lower case, without repeats.
   */
  named(
    wanted: { readonly ids: readonly string[]; readonly dnsNames: readonly string[] },
    context: ReadContext,
  ): Promise<Found<Machine>>
  /** The same with all records of the devices that they are of (docs/contract.md#merged-records). */
  related(found: Found<Machine>, context: ReadContext): Promise<Found<Machine>>
  /** The same with the records that they were merged into. */
  heirs(found: Found<Machine>, context: ReadContext): Promise<Found<Machine>>
  /** Null where the service does not know the machine, asked three times: such answers are sometimes wrong. */
  one(id: string, context: ReadContext): Promise<Machine | null>
  /** Onboarded, unmerged machines of the tenant by one $count call, or by reading all where that is refused. */
  countOnboarded(context: ReadContext): Promise<number>
}

/** What the reads of one list share. */
export interface ReadsInput {
  readonly endpoint: string
  readonly readJson: ReadJson
  readonly readBody: ReadBody
  readonly limits: ReadLimits
  readonly clock: Clock
  readonly counts: CountSupport
}

const NO_MACHINES: Page<Machine> = { rows: [], nextLink: undefined, count: 0 }

const ONBOARDED = "onboardingStatus eq 'Onboarded' and mergedIntoMachineId eq null"

/** Makes the reads of machines. */
export function createMachineReads(input: ReadsInput): MachineReads {
  const refused = new Set<string>()
  const share = shareTexts()
  const readPage = emptyAt404(
    paced(
      input.readBody(() => new ListReader(row => readMachine(row, share))),
      input.clock,
      input.limits.callsPerMinute,
    ),
    input.clock,
    NO_MACHINES,
  )
  const source: ListSource<Machine> = {
    endpoint: input.endpoint,
    list: 'machines',
    readPage,
    limits: input.limits,
    clock: input.clock,
    counts: input.counts,
  }

  // Ordered by key, so that pages do not shift where there is more than one.
  const wholeRungs = (context: ReadContext): readonly Rung<Found<Machine>>[] =>
    [{ orderBy: 'id' }, {}].map((query, index) => ({
      name: `machines whole ${index}`,
      read: async () => ({ rows: await readBySkip(source, query, context), isWhole: true }),
    }))

  const byValue = (
    field: string,
    values: readonly string[],
    context: ReadContext,
  ): Promise<Found<Machine>> => {
    if (values.length === 0) return Promise.resolve({ rows: [], isWhole: false })
    const rungs = valueRungs(source, { field, values }, context)
    return firstAccepted([...rungs.map(asPart), ...wholeRungs(context)], refused)
  }

  const reads: MachineReads = {
    all: async context => (await firstAccepted(wholeRungs(context), refused)).rows,

    async named({ ids, dnsNames }, context) {
      const byId = await byValue('id', ids, context)
      if (byId.isWhole) return byId
      const byName = await byValue('computerDnsName', dnsNames, context)
      if (byName.isWhole) return byName
      const missing = missingNames(dnsNames, byName.rows)
      const [rung] =
        missing.length > 0
          ? valueRungs(source, { field: 'tolower(computerDnsName)', values: missing }, context)
          : []
      // The service keeps names in lower case, so this finds nothing but on a service that does not.
      const nothing: Rung<Machine[]> = { name: 'machines none', read: () => Promise.resolve([]) }
      const otherCase = await firstAccepted(rung === undefined ? [nothing] : [rung, nothing], refused)
      return { rows: onlyWanted(ids, dnsNames, [...byId.rows, ...byName.rows, ...otherCase]), isWhole: false }
    },

    related: (found, context) => withRelated(found, byValue, context),
    heirs: (found, context) => withHeirs(found, byValue, context),

    one: async (id, context) => {
      const url = `${input.endpoint}/api/machines/${encodeURIComponent(id)}`
      const answer = await nullAt404(input.readJson, input.clock)(url, context)
      return answer === null ? null : readEntity(answer, readMachine)
    },

    async countOnboarded(context) {
      const counted: Rung<number> = {
        name: 'machines count',
        read: async () => {
          const url = listUrl(input.endpoint, 'machines', { filter: ONBOARDED, top: 1, count: true })
          const { count } = await readPage(url, context)
          if (count === undefined) throw new DefenderError('query-refused', 'The answer holds no count.')
          return count
        },
      }
      const read = async (): Promise<number> => (await reads.all(context)).filter(isOnboarded).length
      return firstAccepted([counted, { name: 'machines counted', read }], refused)
    },
  }
  return reads
}

function asPart<Row>(rung: Rung<Row[]>): Rung<Found<Row>> {
  return { name: rung.name, read: async () => ({ rows: await rung.read(), isWhole: false }) }
}

function missingNames(names: readonly string[], rows: readonly Machine[]): readonly string[] {
  const found = new Set(rows.map(row => normalName(row.computerDnsName ?? '')))
  return names.filter(name => !found.has(name))
}

/** Trusts no filter: a row that was not asked for is left out, one that came twice is kept once. */
function onlyWanted(
  ids: readonly string[],
  names: readonly string[],
  rows: readonly Machine[],
): readonly Machine[] {
  const wantedIds = new Set(ids)
  const wantedNames = new Set(names)
  const byId = new Map<string, Machine>()
  for (const row of rows) {
    const isNamed = row.computerDnsName !== null && wantedNames.has(normalName(row.computerDnsName))
    if (isNamed || wantedIds.has(row.id)) byId.set(row.id, row)
  }
  return [...byId.values()]
}
