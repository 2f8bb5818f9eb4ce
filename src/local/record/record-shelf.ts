import { chooseParents, readEarlier } from '../../audit/choose-parents.ts'
import type { Parent } from '../../audit/entry.ts'
import { folderShelf } from '../store/folder-shelf.ts'
import { namesOn, type Shelf } from '../store/shelf.ts'

/** Name of the folder of records below that of the target, which is in the user's state whatever `--journal` says. */
export const AUDIT_FOLDER = 'audit'

const RECORD = /^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}\.jsonl$/

/**
 * How many of the newest records are looked at for those that no other follows. A record is followed by the next run
 * that begins after it, so that an older one can only be open where as many runs began at the same moment.
 */
const NEWEST = 64

/** A folder of this host as a shelf of records: a link in its place could lead them anywhere, and is refused. */
export function recordFolder(folder: string): Shelf {
  return folderShelf(folder, { noLink: true })
}

/** Names of the records on a shelf, oldest first. */
export async function listRecords(shelf: Shelf): Promise<readonly string[]> {
  return (await namesOn(shelf)).filter(name => RECORD.test(name))
}

/** The records that a new one on this shelf follows. */
export async function findParents(shelf: Shelf): Promise<readonly Parent[]> {
  const names = (await listRecords(shelf)).slice(-NEWEST)
  const texts = await Promise.all(names.map(name => shelf.read(name)))
  return chooseParents(texts.flatMap((text, index) => readEarlier(names[index] ?? '', text ?? '') ?? []))
}
