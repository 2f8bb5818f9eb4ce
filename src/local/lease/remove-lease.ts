import type { LeaseDocument } from '../../report/documents/status-document.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import { errorCode } from '../file-error.ts'
import type { ProcessIdentity } from '../process-identity.ts'
import { guardLease, type LeaseState, leaseEnd, stateOfLease } from './file-lease.ts'
import {
  claimGeneration,
  describeOwner,
  type LeaseRecord,
  leaseFile,
  listGenerations,
  readRecord,
} from './lease-record.ts'

/** A lease as it was found. */
export interface FoundLease {
  readonly generation: number
  readonly record: LeaseRecord
  readonly state: Exclude<LeaseState, 'free'>
}

/** Finds the lease of a folder; null where nobody holds one. Throws Failure `journal-not-usable`. */
export function findLease(folder: string, self: ProcessIdentity, now: Instant): Promise<FoundLease | null> {
  return guardLease(folder, async () => {
    const generation = (await generationsOf(folder)).at(-1)
    if (generation === undefined) return null
    const record = await readRecord(leaseFile(folder, generation))
    const state = await stateOfLease(record, self, now)
    return record === undefined || state === 'free' ? null : { generation, record, state }
  })
}

async function generationsOf(folder: string): Promise<readonly number[]> {
  try {
    return await listGenerations(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * Takes a lease from its owner: the next generation says that it was removed, so that the owner's next renewal fails
 * and it stops. Until then it may submit, which is why the lease counts as held for that long.
 *
 * @returns False where the lease is not the tenant's any more: nobody else's lease is touched then.
 */
export function removeLease(folder: string, { generation, record }: FoundLease): Promise<boolean> {
  return guardLease(folder, () => claimGeneration(folder, generation + 1, { ...record, removed: true }))
}

/** Writes a lease down for people and documents. */
export function describeLease({ record, state }: FoundLease): LeaseDocument {
  return {
    id: record.token,
    owner: describeOwner(record.owner),
    planId: record.purpose?.planId ?? null,
    runId: record.purpose?.runId ?? null,
    journal: record.purpose?.journal ?? null,
    created: formatInstant(record.acquiredAt),
    renewed: formatInstant(record.renewedAt),
    expires: formatInstant(leaseEnd(record)),
    state,
    removed: record.removed === true,
  }
}
