import type { ActionType } from '../posture/methods.ts'
import type { Occurrence } from './occurrence.ts'
import type { Span } from './span.ts'

/** The facts a scenario may state of a machine: the service's own field names, all optional. */
export interface MachineFacts {
  /** 40 hex digits; made from the name where it is missing. */
  readonly id?: string
  readonly mergedIntoMachineId?: string | null
  readonly isPotentialDuplication?: boolean
  readonly isExcluded?: boolean
  readonly exclusionReason?: string | null
  readonly computerDnsName?: string | null
  /** A time, absolute or relative to the start. */
  readonly firstSeen?: string | null
  readonly lastSeen?: string | null
  readonly osPlatform?: string | null
  readonly osVersion?: string | null
  readonly osProcessor?: string | null
  readonly version?: string | null
  readonly lastIpAddress?: string | null
  readonly lastExternalIpAddress?: string | null
  readonly agentVersion?: string | null
  readonly osBuild?: number | null
  readonly healthStatus?: string | null
  readonly deviceValue?: string | null
  readonly rbacGroupId?: number
  readonly rbacGroupName?: string | null
  readonly riskScore?: string | null
  readonly exposureLevel?: string | null
  readonly isAadJoined?: boolean | null
  readonly aadDeviceId?: string | null
  readonly machineTags?: readonly string[]
  readonly defenderAvStatus?: string | null
  readonly onboardingStatus?: string
  readonly osArchitecture?: string | null
  readonly managedBy?: string | null
  readonly managedByStatus?: string | null
}

/** A machine and how it behaves. */
export interface ScenarioMachine extends MachineFacts {
  /** It does not answer. Without the key, machines that are Inactive or merged away do not. */
  readonly offline?: boolean
  /** When it answers again: a time, absolute or relative to the start. */
  readonly onlineAt?: string
  /** When it stops answering. */
  readonly offlineAt?: string
  /** Its device group has no automation level: live response is 403 DisallowedOperation. */
  readonly noAutomation?: boolean
  /** What hunting shows as its `MitigationStatus`, in place of what holds on it. */
  readonly mitigation?: string
  /** It was onboarded restricted and refuses these categories, and scripts in any case. */
  readonly refuses?: readonly RefusedOperation[]
  /** What shows that it is restricted: its tag, the column of `DeviceInfo`, both (as documented), or nothing. */
  readonly refusesShownBy?: 'tag' | 'column' | 'both' | 'none'
  /** The caller may not see it: it is in no list and 404 by id. Its actions stay listed. */
  readonly hidden?: boolean
  /** False: lists count it and never show it. */
  readonly listed?: boolean
}

/** What a device that was onboarded restricted can refuse, as hunting names it. */
export type RefusedOperation = 'BasicResponse' | 'AdvancedResponse' | 'LiveResponse' | 'DeviceProtection'

/** How an action ends, in place of Succeeded after its settle time. */
export interface Fate {
  /** `never` stays as it is for ever. */
  readonly end?: 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled' | 'never'
  /** Time from the creation (for actions of the scenario: from the start) to the end. */
  readonly after?: Span
  /** Time to InProgress; `never` goes from Pending straight to the end. */
  readonly inProgressAfter?: Span | 'never'
  readonly errorHResult?: number
  /** `exit_code` of its scripts, where it is a live response. */
  readonly exitCode?: number
  /** Texts in `errors` of the live response command that failed. */
  readonly errors?: readonly string[]
  /** Who cancelled, where the end is Cancelled. */
  readonly cancelledBy?: string
  readonly cancellationComment?: string
}

/** An action that is there at the start, or that somebody else takes during the run. */
export interface ScenarioAction {
  readonly id?: string
  readonly type: string
  /** The id of a machine, or its name where only one record has it. */
  readonly machineId: string
  /** Succeeded where it is missing. One that is in flight goes on by the status machine. */
  readonly status?: string
  readonly title?: string | null
  readonly requestor?: string | null
  readonly requestorComment?: string | null
  readonly requestSource?: string
  /** A time, absolute or relative to the start; five minutes before the start where it is missing. */
  readonly creationDateTimeUtc?: string
  readonly lastUpdateDateTimeUtc?: string
  readonly cancellationRequestor?: string | null
  readonly cancellationComment?: string | null
  readonly cancellationDateTimeUtc?: string | null
  readonly errorHResult?: number
  readonly scope?: string | null
  readonly externalId?: string | null
  readonly relatedFileInfo?: { readonly fileIdentifier: string; readonly fileIdentifierType: string } | null
  readonly commands?: readonly LiveResponseRequest[]
  readonly troubleshootInfo?: string | null
  /** How it goes on, where it is in flight. */
  readonly fate?: Fate
  /** How long its isolation lasts, in place of `behaviour.lapse`: automatic isolation has a length of its own. */
  readonly lasts?: Span | 'never'
  /** False: lists count it and never show it. */
  readonly listed?: boolean
}

/** One command as a request states it. */
export interface LiveResponseRequest {
  readonly type: string
  readonly params: readonly { readonly key: string; readonly value: string }[]
}

/** A file of the live response library. */
export interface ScenarioLibraryFile {
  readonly fileName: string
  readonly content?: string
  readonly description?: string
  readonly creationTime?: string
  readonly createdBy?: string
}

/** Decides how the actions that match it end. The first rule that applies wins. */
export interface OutcomeRule extends Occurrence, Fate {
  readonly type?: string
  /** The id or the name of a machine. */
  readonly machine?: string
}

/** What a broken answer looks like. */
export type FaultKind =
  | 'reset-before'
  | 'reset-after'
  | 'timeout'
  | 'timeout-after'
  | 'cut-body'
  | 'invalid-json'
  | 'wrong-content'
  | RowTampering

/** What a fault does to a list: its rows, or its link to the next page. */
export type RowTampering =
  | 'skip-row'
  | 'repeat-row'
  /** No rows at all, with status 200. */
  | 'no-rows'
  /** A page that is cut says so by no link. */
  | 'no-link'
  /** The link to the next page is a number. */
  | 'link-no-text'
  /** Each page links to one more, for ever. */
  | 'endless-links'

/** One fault: which requests it strikes, and what happens to them. Either `fault` or `status` is there. */
export interface FaultRule extends Occurrence {
  /** Method and path below `/api`, such as `POST /machines/{id}/isolate`; a `*` or `{…}` is one segment or any method, `**` any rest. */
  readonly on: string
  /** Only requests whose decoded query contains this text. */
  readonly query?: string
  /** Only from this time on, and until that: lengths after the start, or times. */
  readonly from?: Span
  readonly until?: Span
  readonly fault?: FaultKind
  /** Answer with this status instead. */
  readonly status?: number
  readonly body?: 'json' | 'html' | 'empty'
  readonly code?: string
  readonly message?: string
  /** Seconds in `Retry-After`; without it the header is not sent. */
  readonly retryAfter?: number
  /** The request takes effect before the status is answered. */
  readonly accepted?: boolean
}

/** Something that happens during the run: after a time, or after a number of requests. */
export interface ScenarioEvent {
  /** Time after the start. */
  readonly after?: Span
  /** An absolute time. */
  readonly at?: string
  /** After so many requests, or so many that match `on`. */
  readonly afterRequests?: number
  readonly on?: string
  /** Somebody takes an action; it is created at the moment of the event. */
  readonly action?: ScenarioAction
  /** Somebody cancels what is in flight on a machine. */
  readonly cancel?: {
    readonly machineId: string
    readonly type?: string
    readonly requestor?: string
    readonly comment?: string
  }
  /** A machine changes in its facts, or in whether it answers. */
  readonly machine?: ScenarioMachine
  /** A device is freed or isolated without any action: by a script on it, or by Defender itself. */
  readonly device?: {
    readonly machineId: string
    readonly isolation: 'none' | 'Full' | 'Selective'
    /** How long that isolation lasts, in place of `behaviour.lapse`. */
    readonly lasts?: Span | 'never'
  }
  /** It happens again each time so much has passed. */
  readonly repeat?: Span
}

/** How an isolation ends by itself. Made true for seven days from its last update where nothing is said. */
export interface LapseRule {
  readonly after?: Span | 'never'
  /** What the time counts from. `update` by default. */
  readonly from?: 'update' | 'creation'
  /** `full` leaves selective isolations standing. `both` by default. */
  readonly scopes?: 'both' | 'full'
  /** Whether another isolation of a held device starts the time anew. */
  readonly extends?: boolean
  /** How long after its time the service gets to it. */
  readonly late?: Span
  /** What it leaves: an `Unisolate` of the service (as it is assumed), one without requestor, or nothing. */
  readonly record?: 'unisolate' | 'unnamed' | 'none'
  readonly requestor?: string
  readonly requestSource?: string
}

/** What hunting shows of devices, and how. */
export interface HuntingRule {
  /** How long after a report a row is to be seen. 10 minutes by default. */
  readonly lag?: Span
  /** The shape of `MitigationStatus`; `{"Isolated":"true"}` and `{"Isolated":"false"}` by default. */
  readonly status?: {
    readonly form?: 'object' | 'array'
    readonly value?: 'text' | 'capital' | 'boolean' | 'number'
    readonly released?: 'false' | 'absent' | 'empty'
  }
  /** Keys of rows: as the query names them, or with a small first letter. Graph alone. */
  readonly keys?: 'asked' | 'camel'
  /** How several refused categories stand in their column. */
  readonly refusedAs?: 'text' | 'array'
  /** What Graph answers without the permission: 403, or 400 as for a table that is not there. */
  readonly unpermitted?: 'forbidden' | 'unresolved'
  /** The tenant has no such table: 400 to everybody. */
  readonly noTable?: boolean
  /** Most rows of one answer; more is 400. 100000 by default. */
  readonly rowLimit?: number
  /** When `/api/advancedqueries/run` ends. 2027-02-01 by default. */
  readonly oldPathEnds?: string
  /** What it answers from then on. 410 by default. */
  readonly oldPathAnswer?: 'gone' | 'not-found' | 'forbidden' | 'empty'
}

/** Limits of calls; each API path has its own windows per application. */
export interface QuotaRule {
  readonly perMinute?: number
  readonly perHour?: number
}

/** How the service behaves. Everything is off, or as documented, by default. */
export interface Behaviour {
  /** A second action of a type while one is in flight: 400, the existing one, or one more that sticks in Pending. */
  readonly duplicates?: 'reject' | 'existing' | 'enqueue'
  /** How long a duplicate that was enqueued sticks. 30 minutes by default. */
  readonly enqueuedFor?: Span
  /** Time from creation to the end per action type; `RunAntiVirusScan.Full` for full scans. */
  readonly settle?: Readonly<Record<string, Span>>
  /** Settle times vary by this share: 0.2 is ±20 %. */
  readonly jitter?: number
  /** When an action that no device answers ends in TimeOut. 72 h 14 min by default. */
  readonly offlineTimeout?: Span
  /** Actions older than this are gone. 180 days by default. */
  readonly retention?: Span
  /** How long a new action is missing in lists, and 404 by id. */
  readonly visibility?: { readonly list?: Span; readonly get?: Span }
  readonly cancel?: { readonly settle?: Span; readonly end?: 'Cancelled' | 'Failed' | 'Succeeded' }
  readonly outcomes?: readonly OutcomeRule[]
  /** Other words for statuses, such as `{ InProgress: Dispatched }`. */
  readonly statusWords?: Readonly<Record<string, string>>
  /** Lists and entities say `lastUpdateTimeUtc` in place of `lastUpdateDateTimeUtc`, as in 2020. */
  readonly legacyUpdateField?: boolean
  /** `hidden`: the 201 body never says the scope. */
  readonly answeredScope?: 'echo' | 'hidden'
  /** Longest comment accepted (4000), and how many characters of it are kept. */
  readonly comments?: { readonly limit?: number; readonly keep?: number }
  /** Display name of the application in `requestor`. */
  readonly requestor?: string
  /** Application permissions, those of Graph among them; all where it is missing. */
  readonly roles?: readonly string[]
  /** Permissions, any of which is enough, by path such as `GET /machineactions`. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>
  /** Tenant features that are off: live response is 403 DisabledFeature. */
  readonly disabled?: readonly ActionType[]
  readonly tokens?: {
    /** How long a token lasts. An hour by default. */
    readonly lifetime?: Span
    /** Tokens that expired on the emulator's clock, or that it never issued, are 401. */
    readonly enforce?: boolean
    /** Secrets by client id; anything else is invalid_client. */
    readonly secrets?: Readonly<Record<string, string>>
    /** Certificates or public keys, PEM, by client id, that client assertions must be signed with. */
    readonly assertions?: Readonly<Record<string, string>>
    /** The audiences that Defender and Graph take; a token of any other one is 403. Without it none is looked at. */
    readonly audiences?: { readonly defender?: readonly string[]; readonly graph?: readonly string[] }
  }
  /** Other limits than those of the documentation, or none. */
  readonly quotas?: QuotaRule & {
    /** false takes the limits away. */
    readonly enforce?: boolean
    /** Limits by path, such as `POST /machines/{id}/isolate`. */
    readonly paths?: Readonly<Record<string, QuotaRule>>
    /** Whether a 429 says `Retry-After`. */
    readonly retryAfter?: boolean
    readonly code?: '429' | 'TooManyRequests'
  }
  /** Query options and operators that are answered 400 ODataError. */
  readonly refuse?: readonly RefusedQuery[]
  /** Most rows of one answer; where more are left there is a nextLink. 10000 by default. */
  readonly pageLimit?: number
  /** Most comparisons, operators and literals of one filter; without it, any number. */
  readonly filterNodeLimit?: number
  /** nextLinks lead to this origin. */
  readonly nextLinkHost?: string
  /** Host named by `@odata.context`. */
  readonly contextHost?: string
  /** What `GET /machines` answers where there is none. */
  readonly noMachines?: 'list' | 'not-found'
  readonly downloads?: {
    /** How long a link is good. 30 minutes by default. */
    readonly linkLifetime?: Span
    /** Bytes added to every investigation package. */
    readonly padding?: number
    /** Links to packages stand in a second pair of quotes, as the documentation shows them. */
    readonly quotedLinks?: boolean
  }
  readonly hunting?: HuntingRule
  readonly lapse?: LapseRule
  /** A live response that no device takes: how long it is queued (2 h), and how it ends (TimeOut). */
  readonly liveResponseQueue?: {
    readonly for?: Span
    readonly end?: 'TimeOut' | 'Failed' | 'Cancelled' | 'never'
  }
  /** What a restricted device answers. 403 DisallowedOperation by default. */
  readonly restrictedRefusal?: { readonly status?: number; readonly code?: string }
  /** A scan without `ScanType`: 201 with a null scope as recorded, or 400 as documented. */
  readonly scanWithoutType?: 'accept' | 'refuse'
  /** What `machineTags` of a PATCH does. */
  readonly patchTags?: 'replace' | 'append'
  /** What a `$top` over 10,000 gets: 10,000 rows, or 400. */
  readonly topOverLimit?: 'cap' | 'refuse'
  /** How far the `Date` header is ahead of the emulator's clock; negative is behind. */
  readonly clockSkew?: Span
  readonly faults?: readonly FaultRule[]
}

export type RefusedQuery = 'filter' | 'or' | 'in' | 'any' | 'orderby' | 'select' | 'count' | 'skip' | 'top'

/** What an emulator starts with. */
export interface Scenario {
  /** Where the emulator's clock starts; the time of the machine it runs on where it is missing. */
  readonly now?: string
  readonly tenantId?: string
  readonly machines?: readonly ScenarioMachine[]
  readonly actions?: readonly ScenarioAction[]
  readonly libraryFiles?: readonly ScenarioLibraryFile[]
  readonly behaviour?: Behaviour
  readonly events?: readonly ScenarioEvent[]
}
