import type { Instant } from '../schema/instant.ts'

/**
 * One MachineAction of the service's history (docs/service.md#machineaction), under the service's own field names.
 *
 * `type` and `status` are open: the service may send words never seen before. Times are canonical instants.
 */
export interface MachineAction {
  /** Lower-case GUID. */
  readonly id: string
  readonly type: string
  readonly status: string
  /** The record that the action counts for (docs/contract.md#merged-records). */
  readonly machineId: string
  /** The record that the service lists the action under, where that one was merged into the other. */
  readonly recordId?: string
  readonly requestor: string | null
  readonly requestorComment: string | null
  /** `Portal` or `PublicApi`; open. */
  readonly requestSource: string | null
  readonly creationDateTimeUtc: Instant
  readonly lastUpdateDateTimeUtc: Instant
  readonly cancellationRequestor: string | null
  readonly cancellationComment: string | null
  readonly errorHResult: number
  /** `Full`, `Selective`, `UnManagedDevice` (isolation), `Quick`, `Full` (scan), else null. */
  readonly scope: string | null
  readonly relatedFileInfo: { readonly fileIdentifier: string; readonly fileIdentifierType: string } | null
  readonly commands: readonly ActionCommand[]
}

/** One command of a live response action. */
export interface ActionCommand {
  readonly index: number
  readonly commandStatus: string
  readonly errors: readonly string[]
  readonly type: string
  readonly params: readonly { readonly key: string; readonly value: string }[]
}
