import type { Clock } from '../apply/ports.ts'
import { QuotaWindows } from '../apply/quota-windows.ts'
import type { Quota } from '../posture/methods.ts'
import { type Instant, msBetween } from '../schema/instant.ts'
import { createCaller, newCallLog } from './caller.ts'
import type { ServiceTarget } from './clouds.ts'
import { DefenderError } from './defender-error.ts'
import type { DeviceReport } from './device-report.ts'
import { createJsonReader } from './json-reader.ts'
import { READ_LIMITS, type ReadLimits } from './limits.ts'
import { onlyHunting } from './only-hunting.ts'
import type { TokenSource } from './token.ts'
import type { Send } from './transport.ts'
import { readReports } from './wire-report.ts'

/** The two ways to hunt. */
export type HuntingApi = 'graph' | 'defender'

/** What tells the two apart. */
interface PathFacts {
  readonly path: string
  /** The application permission that a query needs. */
  readonly permission: string
  readonly quota: Quota
  /** What goes beside the query. */
  readonly body: Readonly<Record<string, string>>
}

/** The path of Microsoft Graph, and the old one (docs/service.md#hunting-graph, docs/service.md#hunting-old). */
export const HUNTING_PATHS: Readonly<Record<HuntingApi, PathFacts>> = {
  graph: {
    path: '/v1.0/security/runHuntingQuery',
    permission: 'ThreatHunting.Read.All',
    quota: { perMinute: 45, perHour: Number.POSITIVE_INFINITY },
    body: { Timespan: 'P30D' },
  },
  defender: {
    path: '/api/advancedqueries/run',
    permission: 'AdvancedQuery.Read.All',
    quota: { perMinute: 45, perHour: 1500 },
    body: {},
  },
}

/** When the old path stops returning data (docs/service.md#hunting-retirement). */
export const OLD_PATH_ENDS = '2027-02-01T00:00:00.0000000Z' as Instant
/** A query may take three minutes (docs/service.md#hunting-limits). */
const QUERY_TAKES_MS = 200_000

/** What asking one path came to. */
export type PathAnswer =
  | { readonly kind: 'read'; readonly reports: readonly DeviceReport[]; readonly apiCalls: number }
  /** The path is not there for this token: no permission, no licence, or it is switched off. */
  | { readonly kind: 'closed'; readonly reason: string; readonly apiCalls: number }

/** One way to hunt. Rejects with a DefenderError where it is open and fails. */
export interface HuntingPath {
  ask(queries: readonly string[], tenantId: string | null, signal?: AbortSignal): Promise<PathAnswer>
}

/** What a path is made of: its token goes to its own host alone. */
export interface PathDependencies {
  readonly send: Send
  readonly clock: Clock
  readonly token: TokenSource
  readonly target: ServiceTarget
  readonly limits?: Partial<ReadLimits>
}

/** Makes one way to hunt; its transport lets nothing but its query through. */
export function createHuntingPath(api: HuntingApi, dependencies: PathDependencies): HuntingPath {
  const { target, clock, send } = dependencies
  const { path, permission, quota, body } = HUNTING_PATHS[api]
  const url = target.endpoint + path
  const caller = createCaller({ ...dependencies, send: onlyHunting(send, url) })
  const limits = { ...READ_LIMITS, ...dependencies.limits }
  const windows = new QuotaWindows(() => quota, [])

  const waitForRoom = async (signal: AbortSignal | undefined): Promise<void> => {
    const now = clock.now()
    const readyAt = windows.readyAt(path, now) ?? now
    if (readyAt > now) await clock.sleep(msBetween(now, readyAt), signal)
  }

  return {
    async ask(queries, tenantId, signal) {
      const log = newCallLog()
      const closed = (reason: string): PathAnswer => ({ kind: 'closed', reason, apiCalls: log.apiCalls })
      const reports: DeviceReport[] = []
      try {
        const identity = await caller.identify()
        checkSameTenant(identity.tenantId, tenantId)
        if (identity.roles !== null && !identity.roles.includes(permission))
          return closed(`the token lacks ${permission}`)
        for (const query of queries) {
          const text = JSON.stringify({ Query: query, ...body })
          const readJson = createJsonReader(caller, clock, limits, to => ({
            method: 'POST',
            url: to,
            body: text,
            timeoutMs: QUERY_TAKES_MS,
          }))
          await waitForRoom(signal)
          windows.take(path)
          try {
            reports.push(...readReports(await readJson(url, { log, signal })))
          } finally {
            windows.settle(path, clock.now())
          }
        }
      } catch (error) {
        const reason = error instanceof DefenderError ? whyClosed(error, api, permission) : undefined
        if (reason === undefined) throw error
        return closed(reason)
      }
      const isSilent = api === 'defender' && reports.length === 0 && queries.length > 0
      if (isSilent && clock.now() >= OLD_PATH_ENDS) return closed('it is switched off, and answers nothing')
      return { kind: 'read', reports, apiCalls: log.apiCalls }
    },
  }
}

/** A token of another tenant would tell of other devices. */
function checkSameTenant(found: string | null, wanted: string | null): void {
  if (found === null || wanted === null || found.toLowerCase() === wanted.toLowerCase()) return
  throw new DefenderError(
    'tenant-mismatch',
    `The token for hunting is of tenant ${found}, the one for machines and actions of ${wanted}.`,
  )
}

/** Whether an error says that this path is not there for us; a table that may not be seen is 400, not 403. */
function whyClosed(error: DefenderError, api: HuntingApi, permission: string): string | undefined {
  const { code, status, message } = error
  const said = message.replace(/\.$/, '')
  if (code === 'token-not-given') return said
  if (status === 403) return `${permission} is missing (${said})`
  if (status === 400 && /failed to resolve/i.test(message))
    return `${permission} or the licence is missing (${said})`
  const isGone = status === 404 || status === 410
  return api === 'defender' && isGone ? `it is switched off (${said})` : undefined
}
