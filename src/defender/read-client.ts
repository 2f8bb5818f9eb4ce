import type { ActionQuery } from '../apply/ports.ts'
import type { Need, Observation } from '../plan/select/observation.ts'
import type { Machine } from '../posture/machine.ts'
import type { MachineAction } from '../posture/machine-action.ts'
import type { Instant } from '../schema/instant.ts'
import { normalName } from '../schema/machine-name.ts'
import { type ActionReads, createActionReads } from './action-reads.ts'
import { wholeJson } from './body-reader.ts'
import { type CallerDependencies, type CallLog, createCaller, type Identity, newCallLog } from './caller.ts'
import { createReader, type ReadBody, type ReadContext } from './json-reader.ts'
import { READ_LIMITS, type ReadLimits } from './limits.ts'
import { createMachineReads } from './machine-reads.ts'
import { observe } from './observe.ts'
import type { CountSupport } from './page-chain.ts'
import { readOnly } from './read-only.ts'
import { deviceIds } from './related-records.ts'
import { createResultReads, type ResultReads } from './result-reads.ts'

/** Which machines a list call asks for. Ids and names in lower case; a name is the exact, whole one. */
export type MachineQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly ids: readonly string[]; readonly dnsNames: readonly string[] }

/** Which actions a list call asks for: those of a query of apply, or all of the tenant since a time. */
export type ActionListQuery = ActionQuery | { readonly kind: 'tenant'; readonly createdFrom: Instant }

/**
 * The service for those who only look. It has no method that writes, and its transport lets nothing but GET through.
 *
 * Every method but `observe` rejects with a DefenderError where the read fails for good; `observe` does so only where
 * no read can succeed.
 */
export interface ReadClient extends ResultReads {
  observe(need: Need, signal?: AbortSignal): Promise<Observation>
  listMachines(query: MachineQuery, signal?: AbortSignal): Promise<readonly Machine[]>
  /** Actions that name no machine are left out. */
  listActions(query: ActionListQuery, signal?: AbortSignal): Promise<readonly MachineAction[]>
  getMachine(id: string, signal?: AbortSignal): Promise<Machine | null>
  getAction(id: string, signal?: AbortSignal): Promise<MachineAction | null>
  countOnboarded(signal?: AbortSignal): Promise<number>
  /** Who the token says we are, without asking the service. */
  identify(): Promise<Identity>
  /** The service's clock at the first answer of this client; undefined before it. */
  readonly firstDate: Instant | undefined
  /** That clock minus ours, 0 before the first answer. */
  readonly clockSkewMs: number
  /** The same at the latest answer; undefined before the first. */
  readonly latestSkewMs: number | undefined
  /** Requests sent so far, each try counted. */
  readonly apiCalls: number
}

/** What a client is made of. */
export interface ClientDependencies extends CallerDependencies {
  readonly limits?: Partial<ReadLimits>
}

/** Makes a client that can only read. */
export function createReadClient(dependencies: ClientDependencies): ReadClient {
  return createReads(dependencies).client
}

/** A read client with what the client that writes builds on. */
export interface Reads {
  readonly client: ReadClient
  readonly actions: ActionReads
}

/** Makes a read client and shows its reads of actions, for the client that writes. */
export function createReads(dependencies: ClientDependencies): Reads {
  const { target, clock } = dependencies
  const limits: ReadLimits = { ...READ_LIMITS, ...dependencies.limits }
  const caller = createCaller({ ...dependencies, send: readOnly(dependencies.send) })
  const readBody: ReadBody = openBody => createReader(caller, clock, limits, openBody)
  const readJson = readBody(wholeJson)
  const counts: CountSupport = { state: 'untried', acquittals: 0 }
  const input = { endpoint: target.endpoint, readJson, readBody, limits, clock, counts }
  const machines = createMachineReads(input)
  const actions = createActionReads(input)
  const log = newCallLog()
  const now = (): Instant => clock.now()

  const list = async (query: ActionListQuery, context: ReadContext): Promise<readonly MachineAction[]> => {
    if (query.kind === 'ids') return actions.byIds(query.ids, context)
    if (query.kind === 'tenant') return actions.since(query.createdFrom, context)
    const wanted = new Set(query.machineIds)
    const found = await actions.ofMachines(query.machineIds, query.createdFrom, context)
    return found.rows.filter(row => wanted.has(row.machineId))
  }

  const client: ReadClient = {
    ...createResultReads(target.endpoint, readJson, log),
    async observe(need, signal) {
      const own = newCallLog()
      try {
        const identity = await caller.identify()
        const sources = { machines, actions, identity, endpoint: target.endpoint, now }
        return await observe(sources, need, { log: own, signal })
      } finally {
        addTo(log, own)
      }
    },
    async listMachines(query, signal) {
      const context = { log, signal }
      if (query.kind === 'all') return machines.all(context)
      const found = await machines.heirs(await machines.named(query, context), context)
      const ids = new Set(query.ids)
      const names = new Set(query.dnsNames)
      const wanted = found.rows.filter(
        row => ids.has(row.id) || names.has(normalName(row.computerDnsName ?? '')),
      )
      const heirs = deviceIds(
        wanted.map(({ id }) => id),
        found.rows,
      )
      return found.rows.filter(
        row => wanted.includes(row) || (row.mergedIntoMachineId === null && heirs.has(row.id)),
      )
    },
    listActions: async (query, signal) =>
      (await list(query, { log, signal })).filter(row => row.machineId !== ''),
    getMachine: (id, signal) => machines.one(id, { log, signal }),
    getAction: (id, signal) => actions.one(id, { log, signal }),
    countOnboarded: signal => machines.countOnboarded({ log, signal }),
    identify: () => caller.identify(),
    get firstDate() {
      return log.firstDate
    },
    get clockSkewMs() {
      return log.clockSkewMs
    },
    get latestSkewMs() {
      return log.latestSkewMs
    },
    get apiCalls() {
      return log.apiCalls
    },
  }
  return { client, actions }
}

function addTo(log: CallLog, own: CallLog): void {
  log.apiCalls += own.apiCalls
  if (log.firstDate !== undefined || own.firstDate === undefined) return
  log.firstDate = own.firstDate
  log.clockSkewMs = own.clockSkewMs
}
