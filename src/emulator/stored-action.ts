import { formatInstant, type Instant } from '../schema/instant.ts'

/** One command of a live response action, in the service's own shape. */
export interface WireCommand {
  readonly index: number
  readonly startTime: string | null
  readonly endTime: string | null
  readonly commandStatus: string
  readonly errors: readonly string[]
  readonly command: {
    readonly type: string
    readonly params: readonly { readonly key: string; readonly value: string }[]
  }
}

/** A MachineAction as the service sends it: all its fields, in the captured order (docs/service.md#action-shape). */
export interface WireAction {
  readonly id: string
  readonly type: string
  readonly title: string | null
  readonly requestor: string | null
  readonly requestorComment: string | null
  readonly status: string
  readonly machineId: string
  readonly computerDnsName: string | null
  readonly creationDateTimeUtc: string
  readonly lastUpdateDateTimeUtc: string
  readonly cancellationRequestor: string | null
  readonly cancellationComment: string | null
  readonly cancellationDateTimeUtc: string | null
  readonly errorHResult: number
  readonly scope: string | null
  readonly externalId: string | null
  readonly requestSource: string
  readonly relatedFileInfo: { readonly fileIdentifier: string; readonly fileIdentifierType: string } | null
  readonly commands: readonly WireCommand[]
  readonly troubleshootInfo: string | null
}

/** One MachineAction as the emulator keeps it. Times are canonical instants; {@link toWireAction} writes the rest. */
export interface StoredAction {
  readonly id: string
  readonly type: string
  readonly title: string | null
  readonly requestor: string | null
  readonly requestorComment: string | null
  status: string
  readonly machineId: string
  readonly computerDnsName: string | null
  readonly creation: Instant
  update: Instant
  cancellationRequestor: string | null
  cancellationComment: string | null
  cancellation: Instant | null
  errorHResult: number
  readonly scope: string | null
  readonly externalId: string | null
  readonly requestSource: string
  readonly relatedFileInfo: WireAction['relatedFileInfo']
  commands: readonly WireCommand[]
  readonly troubleshootInfo: string | null
  /** Exit code of the scripts of a live response. */
  exitCode: number
  /** How long its isolation lasts; undefined for as long as usual. */
  readonly lastsMs: number | undefined
  /** Whether lists show it; they count it in any case. */
  readonly listed: boolean
  /** From when lists show it, and from when its id is found. */
  readonly listedFromMs: number
  readonly foundFromMs: number
  /** Grows with every change of course, so that transitions planned before are dropped. */
  course: number
  /** The row as it was last sent; undefined after a change. */
  json: string | undefined
}

/** What a status is called on the wire, where a scenario uses other words. */
export type StatusWords = Readonly<Record<string, string>>

/** Writes a record in the service's shape, without `@odata.context`. */
export function toWireAction(record: StoredAction, words: StatusWords = {}): WireAction {
  return {
    id: record.id,
    type: record.type,
    title: record.title,
    requestor: record.requestor,
    requestorComment: record.requestorComment,
    status: words[record.status] ?? record.status,
    machineId: record.machineId,
    computerDnsName: record.computerDnsName,
    creationDateTimeUtc: formatInstant(record.creation),
    lastUpdateDateTimeUtc: formatInstant(record.update),
    cancellationRequestor: record.cancellationRequestor,
    cancellationComment: record.cancellationComment,
    cancellationDateTimeUtc: record.cancellation === null ? null : formatInstant(record.cancellation),
    errorHResult: record.errorHResult,
    scope: record.scope,
    externalId: record.externalId,
    requestSource: record.requestSource,
    relatedFileInfo: record.relatedFileInfo,
    commands: record.commands,
    troubleshootInfo: record.troubleshootInfo,
  }
}

/** Says whether an action has ended, by the emulator's own knowledge of the status words. */
export function hasEnded(record: StoredAction): boolean {
  return (
    record.status === 'Succeeded' ||
    record.status === 'Failed' ||
    record.status === 'TimeOut' ||
    record.status === 'Cancelled'
  )
}

/** The command list of a new live response action: nothing has run yet. */
export function createdCommands(
  requests: readonly {
    readonly type: string
    readonly params: readonly { readonly key: string; readonly value: string }[]
  }[],
): readonly WireCommand[] {
  return requests.map(({ type, params }, index) => ({
    index,
    startTime: null,
    endTime: null,
    commandStatus: 'Created',
    errors: [],
    command: { type, params: params.map(({ key, value }) => ({ key, value })) },
  }))
}
