import type { Clock, Lease } from '../../apply/ports.ts'
import type { LeasePurpose } from '../lease/lease-record.ts'
import type { FoundLease } from '../lease/remove-lease.ts'
import type { ProcessIdentity } from '../process-identity.ts'
import type { Shelf } from './shelf.ts'

/** Who takes a lease, and what for. */
export interface LeaseHolder {
  readonly self: ProcessIdentity
  readonly clock: Clock
  /** What `holdfast unlock` tells of the run that holds it. */
  readonly purpose?: LeasePurpose
}

/**
 * What is kept of one target: who applies, what runs intended and got, and their records. It lies in the state directory
 * of this host, or in a container that several hosts share.
 */
export interface TargetState {
  /** Where it is, for people. */
  readonly place: string
  /** Journals, and beside each the plan of its run. */
  readonly journals: Shelf
  /** The journals of another run, which may lie elsewhere; by what its lease says of them. */
  journalsAt(place: string): Shelf
  readonly records: Shelf
  /** The freeze of the target, beside its lease: see `kept-freeze.ts`. */
  readonly freezes: Shelf
  lease(holder: LeaseHolder): Lease
  /** Finds the lease; null where nobody holds one. */
  findLease(holder: Pick<LeaseHolder, 'self' | 'clock'>): Promise<FoundLease | null>
  /**
   * Takes a lease from its owner, who stops at his next renewal at the latest.
   *
   * @returns False where the lease is not the tenant's any more: nobody else's lease is touched then.
   */
  removeLease(found: FoundLease): Promise<boolean>
}
