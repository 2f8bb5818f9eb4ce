import { join } from 'node:path'
import { fileLease } from '../lease/file-lease.ts'
import { findLease, removeLease } from '../lease/remove-lease.ts'
import { AUDIT_FOLDER, recordFolder } from '../record/record-shelf.ts'
import { folderShelf } from './folder-shelf.ts'
import type { TargetState } from './target-state.ts'

/**
 * Keeps the state of one target in a folder of this host.
 *
 * @param journals - Another folder for the journals; the lease and the records stay.
 */
export function folderState(folder: string, journals: string = folder): TargetState {
  return {
    place: journals,
    journals: folderShelf(journals),
    journalsAt: folderShelf,
    records: recordFolder(join(folder, AUDIT_FOLDER)),
    freezes: folderShelf(join(folder, 'freeze')),
    lease: ({ self, clock, purpose }) => fileLease(folder, self, clock, purpose),
    findLease: ({ self, clock }) => findLease(folder, self, clock.now()),
    removeLease: found => removeLease(folder, found),
  }
}
