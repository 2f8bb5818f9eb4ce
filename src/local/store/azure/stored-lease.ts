import { type LeaseRecord, parseLeaseRecord } from '../../lease/lease-record.ts'

/** What the blob `lease` of a tenant says. */
export interface StoredLease {
  readonly record: LeaseRecord
  /** Grows with every holder. */
  readonly generation: number
  /** The id that its holder's requests carry. Nobody else ever proposes it. */
  readonly leaseId: string
  /** Names of the logs that the holder writes: whoever takes over ends their leases, so that he can write no more. */
  readonly logs: readonly string[]
}

/** The lease blob before anybody had the lease. */
export const NO_LEASE = '{}\n'

/** Writes a lease down. */
export function serializeLease({ record, ...rest }: StoredLease): string {
  return `${JSON.stringify({ ...record, ...rest })}\n`
}

/** Reads what {@link serializeLease} wrote; undefined where nobody has had the lease. Throws where it says two things. */
export function parseLease(name: string, text: string): StoredLease | undefined {
  const record = parseLeaseRecord(name, text)
  const { generation, leaseId, logs } = Object(record === undefined ? {} : JSON.parse(text)) as Readonly<
    Record<string, unknown>
  >
  if (record === undefined || typeof generation !== 'number' || typeof leaseId !== 'string') return undefined
  if (!Array.isArray(logs)) return undefined
  return { record, generation, leaseId, logs: logs.filter(log => typeof log === 'string') }
}
