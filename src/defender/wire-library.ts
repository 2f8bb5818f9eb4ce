import type { Instant } from '../schema/instant.ts'
import { MalformedRow } from './malformed-row.ts'
import { readInstant } from './wire-instant.ts'

/** A file of the tenant's live response library (docs/service.md#library-upload). */
export interface LibraryFile {
  readonly fileName: string
  /** Lower-case hex. */
  readonly sha256: string | null
  readonly description: string | null
  readonly creationTime: Instant | null
  readonly lastUpdatedTime: Instant | null
  readonly createdBy: string | null
  readonly hasParameters: boolean
  readonly parametersDescription: string | null
}

/**
 * Reads one row of `GET /api/libraryfiles`; whatever is missing but the name is null.
 *
 * @throws MalformedRow where the name is missing.
 */
export function readLibraryFile(value: unknown): LibraryFile {
  if (typeof value !== 'object' || value === null) throw new MalformedRow('the row is no object')
  const row = value as Readonly<Record<string, unknown>>
  const { fileName, sha256 } = row
  if (typeof fileName !== 'string' || fileName === '') throw new MalformedRow('fileName')
  return {
    fileName,
    sha256: typeof sha256 === 'string' ? sha256.toLowerCase() : null,
    description: textOrNull(row['description']),
    creationTime: readInstant(row['creationTime']) ?? null,
    lastUpdatedTime: readInstant(row['lastUpdatedTime']) ?? null,
    createdBy: textOrNull(row['createdBy']),
    hasParameters: row['hasParameters'] === true,
    parametersDescription: textOrNull(row['parametersDescription']),
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
