import { type HuntingSettings, huntingSettings } from './hunting-settings.ts'
import { type LapseSettings, lapseSettings } from './lapse-settings.ts'
import type { Behaviour, QuotaRule, RefusedQuery } from './scenario-types.ts'
import { type Span, spanMs } from './span.ts'

/** Settle times as they were recorded or documented (docs/service.md#settle-times); those without a record are estimates. */
const SETTLE: Readonly<Record<string, Span>> = {
  Isolate: '66.4s',
  Unisolate: '1.7s',
  RestrictCodeExecution: '20s',
  UnrestrictCodeExecution: '20s',
  RunAntiVirusScan: '22.8s',
  'RunAntiVirusScan.Full': '30.4s',
  CollectInvestigationPackage: '88.2s',
  StopAndQuarantineFile: '33.7s',
  LiveResponse: '180s',
  Offboard: '60s',
}

/** Most rows of one page (docs/service.md#page-size). */
const PAGE_LIMIT = 10_000
const CONTEXT_ORIGIN = 'https://api.securitycenter.microsoft.com'

/** A {@link Behaviour} with its defaults, lengths of time in milliseconds. */
export interface Settings {
  readonly duplicates: 'reject' | 'existing' | 'enqueue'
  readonly enqueuedForMs: number
  readonly settleMs: (type: string, scope: string | null) => number
  readonly jitter: number
  readonly offlineTimeoutMs: number
  readonly retentionMs: number
  readonly listDelayMs: number
  readonly getDelayMs: number
  readonly cancelSettleMs: number
  readonly cancelEnd: 'Cancelled' | 'Failed' | 'Succeeded'
  readonly statusWords: Readonly<Record<string, string>>
  readonly legacyUpdateField: boolean
  readonly echoScope: boolean
  readonly commentLimit: number
  readonly commentKeep: number
  readonly requestor: string
  readonly roles: readonly string[] | undefined
  readonly disabled: ReadonlySet<string>
  readonly tokenLifetimeMs: number
  readonly enforceTokens: boolean
  readonly secrets: Readonly<Record<string, string>> | undefined
  readonly assertions: Readonly<Record<string, string>> | undefined
  readonly quotas: QuotaSettings | undefined
  readonly refuse: ReadonlySet<RefusedQuery>
  readonly pageLimit: number
  readonly filterNodeLimit: number
  readonly nextLinkOrigin: string | undefined
  readonly contextOrigin: string
  readonly noMachinesIs404: boolean
  readonly linkLifetimeMs: number
  readonly packagePadding: number
  readonly quotedLinks: boolean
  readonly clockSkewMs: number
  readonly hunting: HuntingSettings
  readonly lapse: LapseSettings
  readonly liveResponseQueue: {
    readonly forMs: number
    readonly end: 'TimeOut' | 'Failed' | 'Cancelled' | 'never'
  }
  readonly restrictedRefusal: { readonly status: number; readonly code: string }
  readonly scanNeedsType: boolean
  readonly patchAppendsTags: boolean
  /** Largest `$top` that is taken; larger ones are refused where it is finite. */
  readonly topLimit: number
  /** Permissions by route in small letters, in place of its own. */
  readonly permissions: ReadonlyMap<string, readonly string[]>
  readonly audiences: NonNullable<Behaviour['tokens']>['audiences']
}

/** Limits that a scenario puts in place of the documented ones, and how a 429 looks. */
export interface QuotaSettings {
  readonly all: QuotaRule
  readonly paths: ReadonlyMap<string, QuotaRule>
  readonly retryAfter: boolean
  readonly code: string
}

function originOf(host: string | undefined): string | undefined {
  if (host === undefined) return undefined
  return host.includes('://') ? host.replace(/\/+$/, '') : `https://${host}`
}

function settleTable(settle: Behaviour['settle']): Settings['settleMs'] {
  const own = settle ?? {}
  return (type, scope) =>
    spanMs(own[`${type}.${scope}`] ?? own[type] ?? SETTLE[`${type}.${scope}`] ?? SETTLE[type] ?? '20s')
}

function quotaSettings(quotas: Behaviour['quotas']): QuotaSettings | undefined {
  const { enforce = true, paths = {}, retryAfter = true, code = '429', ...all } = quotas ?? {}
  if (!enforce) return undefined
  const byPath = Object.entries(paths).map(([path, rule]) => [path.toLowerCase(), rule] as const)
  return { all, paths: new Map(byPath), retryAfter, code }
}

/** Tokens last as docs/service.md#token-lifetime states. */
function tokenSettings(
  tokens: Behaviour['tokens'],
): Pick<Settings, 'tokenLifetimeMs' | 'enforceTokens' | 'secrets' | 'assertions' | 'audiences'> {
  return {
    tokenLifetimeMs: spanMs(tokens?.lifetime ?? '1h'),
    enforceTokens: tokens?.enforce ?? false,
    secrets: tokens?.secrets,
    assertions: tokens?.assertions,
    audiences: tokens?.audiences,
  }
}

/** Pages as docs/service.md#page-size states them. */
function querySettings(
  behaviour: Behaviour,
): Pick<
  Settings,
  'refuse' | 'pageLimit' | 'filterNodeLimit' | 'nextLinkOrigin' | 'contextOrigin' | 'topLimit'
> {
  return {
    refuse: new Set(behaviour.refuse),
    pageLimit: behaviour.pageLimit ?? PAGE_LIMIT,
    topLimit: behaviour.topOverLimit === 'refuse' ? PAGE_LIMIT : Number.POSITIVE_INFINITY,
    filterNodeLimit: behaviour.filterNodeLimit ?? Number.POSITIVE_INFINITY,
    nextLinkOrigin: originOf(behaviour.nextLinkHost),
    contextOrigin: originOf(behaviour.contextHost) ?? CONTEXT_ORIGIN,
  }
}

/** Times as docs/service.md#action-timeout and docs/service.md#retention state them; how late lists are is ours. */
function timeSettings(
  behaviour: Behaviour,
): Pick<
  Settings,
  | 'enqueuedForMs'
  | 'offlineTimeoutMs'
  | 'retentionMs'
  | 'listDelayMs'
  | 'getDelayMs'
  | 'cancelSettleMs'
  | 'clockSkewMs'
  | 'liveResponseQueue'
> {
  return {
    enqueuedForMs: spanMs(behaviour.enqueuedFor ?? '30m'),
    offlineTimeoutMs: spanMs(behaviour.offlineTimeout ?? '72h14m'),
    retentionMs: spanMs(behaviour.retention ?? '180d'),
    listDelayMs: spanMs(behaviour.visibility?.list ?? 0),
    getDelayMs: spanMs(behaviour.visibility?.get ?? 0),
    cancelSettleMs: spanMs(behaviour.cancel?.settle ?? 0),
    clockSkewMs: spanMs(behaviour.clockSkew ?? 0),
    liveResponseQueue: {
      forMs: spanMs(behaviour.liveResponseQueue?.for ?? '2h'),
      end: behaviour.liveResponseQueue?.end ?? 'TimeOut',
    },
  }
}

function refusalSettings(
  behaviour: Behaviour,
): Pick<Settings, 'restrictedRefusal' | 'scanNeedsType' | 'patchAppendsTags' | 'permissions'> {
  const { status = 403, code = 'DisallowedOperation' } = behaviour.restrictedRefusal ?? {}
  const byPath = Object.entries(behaviour.permissions ?? {})
  return {
    restrictedRefusal: { status, code },
    scanNeedsType: behaviour.scanWithoutType === 'refuse',
    patchAppendsTags: behaviour.patchTags === 'append',
    permissions: new Map(byPath.map(([path, names]) => [path.toLowerCase(), names])),
  }
}

/**
 * Fills in what a scenario's behaviour leaves out.
 *
 * @throws RangeError where a length of time is none.
 */
export function resolveSettings(behaviour: Behaviour, startMs: number): Settings {
  return {
    hunting: huntingSettings(behaviour.hunting, startMs),
    lapse: lapseSettings(behaviour.lapse),
    ...refusalSettings(behaviour),
    ...timeSettings(behaviour),
    ...tokenSettings(behaviour.tokens),
    ...querySettings(behaviour),
    duplicates: behaviour.duplicates ?? 'reject',
    settleMs: settleTable(behaviour.settle),
    jitter: behaviour.jitter ?? 0,
    cancelEnd: behaviour.cancel?.end ?? 'Cancelled',
    statusWords: behaviour.statusWords ?? {},
    legacyUpdateField: behaviour.legacyUpdateField ?? false,
    echoScope: behaviour.answeredScope !== 'hidden',
    commentLimit: behaviour.comments?.limit ?? 4000,
    commentKeep: behaviour.comments?.keep ?? Number.POSITIVE_INFINITY,
    requestor: behaviour.requestor ?? 'Holdfast',
    roles: behaviour.roles,
    disabled: new Set(behaviour.disabled),
    quotas: quotaSettings(behaviour.quotas),
    noMachinesIs404: behaviour.noMachines === 'not-found',
    linkLifetimeMs: spanMs(behaviour.downloads?.linkLifetime ?? '30m'),
    packagePadding: behaviour.downloads?.padding ?? 0,
    quotedLinks: behaviour.downloads?.quotedLinks ?? false,
  }
}
