import type { Clock } from '../apply/ports.ts'
import type { ReportNeed } from '../plan/select/report-need.ts'
import type { ServiceTarget } from './clouds.ts'
import type { DeviceReport } from './device-report.ts'
import { createHuntingPath, type HuntingApi, type PathAnswer } from './hunting-path.ts'
import { huntingQueries } from './hunting-query.ts'
import type { ReadLimits } from './limits.ts'
import type { TokenSource } from './token.ts'
import type { Send } from './transport.ts'

/** What the devices were heard to say. */
export type HuntingAnswer =
  | {
      readonly kind: 'read'
      readonly api: HuntingApi
      /** Why it was not asked of Graph, where that was tried first. */
      readonly instead: string | null
      /** The latest of the last 30 days of each device that is asked about; one that never reported has none. */
      readonly reports: readonly DeviceReport[]
      readonly apiCalls: number
    }
  /** Nobody lets us ask: no permission, no licence, no token, or a path that is switched off. */
  | { readonly kind: 'closed'; readonly reason: string; readonly apiCalls: number }

/** Asks hunting, and can ask nothing else. Rejects with a DefenderError where it may ask and the read fails. */
export interface HuntingClient {
  /** @param tenantId - The tenant that machines and actions are read of; a token of another one is an error. */
  read(need: ReportNeed, tenantId: string | null, signal?: AbortSignal): Promise<HuntingAnswer>
}

/** Whom to ask on one of the two ways: a token for one is never sent to the other. */
export interface HuntingAccess {
  readonly token: TokenSource
  readonly target: ServiceTarget
}

/** What the client is made of. */
export interface HuntingDependencies {
  readonly send: Send
  readonly clock: Clock
  readonly limits?: Partial<ReadLimits>
  readonly defender: HuntingAccess
  readonly graph: HuntingAccess
  /** `defender` asks the old path alone; `graph` falls back to it where Graph refuses for lack of the permission. */
  readonly api: HuntingApi
}

/** Makes the client; it sends as few queries as it can, since their quota is the tenant's. */
export function createHuntingClient(dependencies: HuntingDependencies): HuntingClient {
  const { api, ...shared } = dependencies
  const graph = createHuntingPath('graph', { ...shared, ...dependencies.graph })
  const old = createHuntingPath('defender', { ...shared, ...dependencies.defender })
  const answer = (asked: PathAnswer, by: HuntingApi, instead: string | null): HuntingAnswer =>
    asked.kind === 'read' ? { ...asked, api: by, instead } : asked
  return {
    async read(need, tenantId, signal) {
      const queries = huntingQueries(need)
      if (api === 'defender') return answer(await old.ask(queries, tenantId, signal), 'defender', null)
      const first = await graph.ask(queries, tenantId, signal)
      if (first.kind === 'read') return answer(first, 'graph', null)
      const second = await old.ask(queries, tenantId, signal)
      const apiCalls = first.apiCalls + second.apiCalls
      if (second.kind === 'read') return { ...answer(second, 'defender', first.reason), apiCalls }
      return {
        kind: 'closed',
        reason: `Microsoft Graph: ${first.reason}; the old path: ${second.reason}`,
        apiCalls,
      }
    },
  }
}
