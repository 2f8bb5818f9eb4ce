import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type AuditRecord, readRecord } from '../../audit/read-record.ts'
import type { Environment } from '../environment.ts'
import { fail } from '../failure.ts'
import { describeFileError, errorCode } from '../file-error.ts'
import { stateDirectory } from '../state-directory.ts'
import type { Shelf } from '../store/shelf.ts'
import { AUDIT_FOLDER, listRecords, recordFolder } from './record-shelf.ts'

/** The records of one target. */
export interface RecordFolder {
  readonly folder: string
  readonly records: readonly AuditRecord[]
  /** Whether one record was named alone, so that nothing is known of those that it follows. */
  readonly isAlone: boolean
}

/** How many files are open at once. */
const AT_ONCE = 32

async function readAll(shelf: Shelf, names: readonly string[]): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = []
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const batch = names.slice(start, start + AT_ONCE)
    records.push(
      ...(await Promise.all(batch.map(async name => readRecord(name, (await shelf.read(name)) ?? '')))),
    )
  }
  return records
}

/** Reads every record on a shelf. */
async function readShelf(shelf: Shelf): Promise<RecordFolder> {
  const records = await readAll(shelf, await listRecords(shelf))
  return { folder: shelf.place, records, isAlone: false }
}

/** How far below a folder the folders of targets are looked for: `XDG_STATE_HOME` itself has them two below. */
const DEPTH = 3

/** Folders of records: the folder itself, or those of the targets below it. */
async function foldersIn(folder: string, depth = DEPTH): Promise<readonly string[]> {
  if ((await listRecords(recordFolder(folder))).length > 0) return [folder]
  if (depth === 0) return []
  const below = (await readdir(folder, { withFileTypes: true }))
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort()
  const found: string[] = []
  for (const each of below) {
    if (basename(each) === AUDIT_FOLDER || depth > 1) found.push(...(await foldersIn(each, depth - 1)))
  }
  return found
}

/**
 * Reads the records that an argument names: one file, the folder of a target, or a folder of those; without one, every
 * target of the user's state, and of the store.
 *
 * @param stored - The records in the store.
 * @throws Failure `audit-not-read` where there are none.
 */
export async function readRecords(
  argument: string | undefined,
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
  stored: readonly Shelf[] = [],
): Promise<readonly RecordFolder[]> {
  const path = argument === undefined ? stateDirectory(env) : resolve(cwd, argument)
  const folders: RecordFolder[] = []
  for (const shelf of stored) folders.push(await readShelf(shelf))
  try {
    if ((await stat(path)).isFile()) {
      const folder = resolve(path, '..')
      return [{ folder, records: await readAll(recordFolder(folder), [basename(path)]), isAlone: true }]
    }
    for (const folder of await foldersIn(path)) {
      folders.push(await readShelf(recordFolder(folder)))
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw fail('audit-not-read', `${path} cannot be read: ${describeFileError(error)}.`)
    }
  }
  if (folders.length > 0) return folders
  throw fail('audit-not-read', `There is no record in ${path}.`)
}
