import { type Instant, parseInstant } from '../schema/instant.ts'
import type { AuditEntry, RunHead } from './entry.ts'
import type { AuditRecord } from './read-record.ts'

/** The columns of an export, in order. Each row says by itself which run, tenant and plan it belongs to, and who ran. */
export const COLUMNS = [
  'at',
  'event',
  'tenantId',
  'endpoint',
  'runId',
  'command',
  'planId',
  'planDigest',
  'commit',
  'user',
  'host',
  'ciProvider',
  'ciActor',
  'ciRun',
  'appId',
  'objectId',
  'approvedBy',
  'signedBy',
  'overrides',
  'reason',
  'address',
  'machineId',
  'type',
  'marker',
  'actionId',
  'kind',
  'outcome',
  'status',
  'code',
  'http',
  'correlation',
  'exit',
  'file',
  'line',
  'hash',
] as const

/** A column of an export. */
export type Column = (typeof COLUMNS)[number]

/** One line of a record, with what its run says of itself; null where the line has no such thing. */
export interface AuditRow {
  readonly values: { readonly [column in Column]: string | number | null }
  /** The line itself. */
  readonly entry: AuditEntry
}

/** Lists the lines of a record that are as they were written, from a time on. */
export function exportRows({ file, head, lines }: AuditRecord, since?: Instant): readonly AuditRow[] {
  if (head === null) return []
  const about = aboutRun(head)
  return lines.flatMap(({ entry, hash }, index): readonly AuditRow[] => {
    const at = parseInstant(entry.at)
    if (since !== undefined && (at === undefined || at < since)) return []
    const place = { file, line: index + 1, hash }
    return [{ values: { ...about, ...ofEntry(entry), ...place }, entry }]
  })
}

type Values = AuditRow['values']
type Cell = string | number | null
type AboutEntry = Pick<
  Values,
  | 'at'
  | 'event'
  | 'address'
  | 'machineId'
  | 'type'
  | 'marker'
  | 'actionId'
  | 'kind'
  | 'outcome'
  | 'status'
  | 'code'
  | 'http'
  | 'correlation'
  | 'exit'
>
type AboutRun = Omit<Values, keyof AboutEntry | 'file' | 'line' | 'hash'>

/** A value at a path of names; null where there is none, or none that a cell can hold. */
function cell(value: unknown, ...path: readonly string[]): Cell {
  let found: unknown = value
  for (const name of path) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined
  }
  if (Array.isArray(found)) return found.filter(isCell).join(' ')
  return isCell(found) ? found : null
}

function isCell(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function aboutRun(head: RunHead): AboutRun {
  return {
    tenantId: cell(head, 'target', 'tenantId'),
    endpoint: cell(head, 'target', 'endpoint'),
    runId: head.runId,
    command: cell(head, 'command'),
    planId: cell(head, 'plan', 'planId'),
    planDigest: cell(head, 'plan', 'digest'),
    commit: cell(head, 'plan', 'source', 'commit'),
    user: cell(head, 'who', 'user'),
    host: cell(head, 'who', 'host'),
    ciProvider: cell(head, 'who', 'ci', 'provider'),
    ciActor: cell(head, 'who', 'ci', 'actor'),
    ciRun: cell(head, 'who', 'ci', 'run'),
    appId: cell(head, 'who', 'token', 'appId'),
    objectId: cell(head, 'who', 'token', 'objectId'),
    approvedBy: cell(head, 'approval', 'by'),
    signedBy: cell(head, 'approval', 'signature', 'keyId'),
    overrides: cell(head, 'approval', 'overrides'),
    reason: cell(head, 'approval', 'reason'),
  }
}

function ofEntry(entry: AuditEntry): AboutEntry {
  return {
    at: entry.at,
    event: entry.event,
    address: cell(entry, 'address'),
    machineId: cell(entry, 'machineId'),
    type: cell(entry, 'type'),
    marker: cell(entry, 'marker'),
    actionId: cell(entry, 'actionId'),
    kind: cell(entry, 'kind'),
    outcome: cell(entry, 'outcome'),
    status: cell(entry, 'status'),
    code: cell(entry, entry.event === 'end' ? 'failure' : 'code'),
    http: cell(entry, 'http'),
    correlation: cell(entry, 'correlation'),
    exit: cell(entry, 'exit', 'code'),
  }
}
