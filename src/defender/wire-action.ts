import type { ActionCommand, MachineAction } from '../posture/machine-action.ts'
import { MalformedRow } from './malformed-row.ts'
import { type Share, shareNothing } from './share-texts.ts'
import { readInstant } from './wire-instant.ts'

/** A row of `GET /api/machineactions` as far as it is read; nothing is taken for granted. */
interface WireAction {
  readonly id?: unknown
  readonly type?: unknown
  readonly status?: unknown
  readonly machineId?: unknown
  readonly requestor?: unknown
  readonly requestorComment?: unknown
  readonly requestSource?: unknown
  readonly creationDateTimeUtc?: unknown
  readonly lastUpdateDateTimeUtc?: unknown
  readonly lastUpdateTimeUtc?: unknown
  readonly cancellationRequestor?: unknown
  readonly cancellationComment?: unknown
  readonly errorHResult?: unknown
  readonly scope?: unknown
  readonly relatedFileInfo?: unknown
  readonly commands?: unknown
}

const NO_COMMANDS: readonly ActionCommand[] = []

/**
 * Reads one MachineAction of the wire (docs/service.md#machineaction).
 *
 * Words are open and the old spellings `lastUpdateTimeUtc` and `Canceled` are understood. An update time that is
 * missing, as in the payloads of 2020, is the creation time.
 *
 * @param share - Keeps the long texts that come again and again once; of short ones `JSON.parse` itself does.
 * @returns The action; its `machineId` is empty where the row names no machine, and the caller must leave it out or
 * know better.
 * @throws MalformedRow where id, type, status or a time is missing or unreadable.
 */
export function readAction(value: unknown, share: Share = shareNothing): MachineAction {
  if (typeof value !== 'object' || value === null) throw new MalformedRow('the row is no object')
  const row: WireAction = value
  const { id, type, status } = row
  if (typeof id !== 'string' || id === '') throw new MalformedRow('id')
  if (typeof type !== 'string' || type === '') throw new MalformedRow('type')
  if (typeof status !== 'string' || status === '') throw new MalformedRow('status')
  const created = readInstant(row.creationDateTimeUtc)
  if (created === undefined) throw new MalformedRow('creationDateTimeUtc')
  const update = row.lastUpdateDateTimeUtc ?? row.lastUpdateTimeUtc ?? null
  const updated = update === null ? created : readInstant(update)
  if (updated === undefined) throw new MalformedRow('lastUpdateDateTimeUtc')
  return {
    id: id.toLowerCase(),
    type: share(type),
    status: status === 'Canceled' ? 'Cancelled' : status,
    machineId: typeof row.machineId === 'string' ? share(row.machineId.toLowerCase()) : '',
    requestor: sharedOrNull(row.requestor, share),
    requestorComment: textOrNull(row.requestorComment),
    requestSource: textOrNull(row.requestSource),
    creationDateTimeUtc: created,
    lastUpdateDateTimeUtc: updated,
    cancellationRequestor: textOrNull(row.cancellationRequestor),
    cancellationComment: textOrNull(row.cancellationComment),
    errorHResult: typeof row.errorHResult === 'number' ? row.errorHResult : 0,
    scope: textOrNull(row.scope),
    relatedFileInfo: readFile(row.relatedFileInfo),
    commands: readCommands(row.commands),
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function sharedOrNull(value: unknown, share: Share): string | null {
  return typeof value === 'string' ? share(value) : null
}

function readFile(value: unknown): MachineAction['relatedFileInfo'] {
  if (typeof value !== 'object' || value === null) return null
  const { fileIdentifier, fileIdentifierType } = value as Readonly<Record<string, unknown>>
  if (typeof fileIdentifier !== 'string') return null
  return { fileIdentifier, fileIdentifierType: textOrNull(fileIdentifierType) ?? '' }
}

function readCommands(value: unknown): readonly ActionCommand[] {
  return Array.isArray(value) && value.length > 0 ? value.map(readCommand) : NO_COMMANDS
}

function readCommand(value: unknown, position: number): ActionCommand {
  const { index, commandStatus, errors, command } = asRecord(value)
  const { type, params } = asRecord(command)
  return {
    index: typeof index === 'number' ? index : position,
    commandStatus: textOrNull(commandStatus) ?? '',
    errors: Array.isArray(errors) ? errors.filter(error => typeof error === 'string') : [],
    type: textOrNull(type) ?? '',
    params: Array.isArray(params) ? params.map(readParameter) : [],
  }
}

function readParameter(value: unknown): { readonly key: string; readonly value: string } {
  const parameter = asRecord(value)
  return { key: textOrNull(parameter['key']) ?? '', value: textOrNull(parameter['value']) ?? '' }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
