import type { Mitigation, MitigationNeed } from '../plan/judge/verify-holds.ts'
import { createCaller, newCallLog } from './caller.ts'
import { createJsonReader } from './json-reader.ts'
import { READ_LIMITS } from './limits.ts'
import { onlyHunting } from './only-hunting.ts'
import type { ClientDependencies } from './read-client.ts'
import { readMitigations } from './wire-mitigation.ts'

/** Ids in one query: some 90 kB of text. */
const BATCH = 2_000

/** Asks advanced hunting, and can ask nothing else. Rejects with a DefenderError. */
export interface HuntingClient {
  /** The latest report of the last 30 days of each device that is asked about; one that never reported has none. */
  mitigations(need: MitigationNeed, signal?: AbortSignal): Promise<readonly Mitigation[]>
}

/** Makes the client; it sends as few queries as it can, since their quota is the tenant's (45 a minute). */
export function createHuntingClient(dependencies: ClientDependencies): HuntingClient {
  const { target, clock, send } = dependencies
  const url = `${target.endpoint}/api/advancedqueries/run`
  const caller = createCaller({ ...dependencies, send: onlyHunting(send, url) })
  const limits = { ...READ_LIMITS, ...dependencies.limits }
  const log = newCallLog()
  return {
    async mitigations({ machineIds, alsoIsolated }, signal) {
      const found: Mitigation[] = []
      for (const query of queriesOf(machineIds.filter(isPlainId), alsoIsolated)) {
        const body = JSON.stringify({ Query: query })
        const readJson = createJsonReader(caller, clock, limits, to => ({ method: 'POST', url: to, body }))
        found.push(...readMitigations(await readJson(url, { log, signal })))
      }
      return found
    },
  }
}

/** Only what looks like an id of the service becomes part of a query. */
function isPlainId(id: string): boolean {
  return /^[0-9a-f]{1,64}$/.test(id)
}

function queriesOf(ids: readonly string[], alsoIsolated: boolean): readonly string[] {
  const cuts: (readonly string[])[] = []
  for (let start = 0; start < ids.length; start += BATCH) cuts.push(ids.slice(start, start + BATCH))
  const [first = [], ...others] = cuts
  const asks = first.length > 0 || alsoIsolated
  return [...(asks ? [queryOf(first, alsoIsolated)] : []), ...others.map(cut => queryOf(cut, false))]
}

/** The latest row of each device, of the last 30 days, which is as far as the table goes back. */
function queryOf(ids: readonly string[], alsoIsolated: boolean): string {
  const conditions = [
    ...(ids.length === 0 ? [] : [`DeviceId in (${ids.map(id => `"${id}"`).join(', ')})`]),
    ...(alsoIsolated ? ['MitigationStatus has "Isolated"'] : []),
  ]
  return [
    'DeviceInfo',
    '| where Timestamp > ago(30d)',
    '| summarize arg_max(Timestamp, MitigationStatus) by DeviceId',
    `| where ${conditions.join(' or ')}`,
    '| project DeviceId, Timestamp, MitigationStatus',
  ].join('\n')
}
