import { LEASE_MS } from '../../apply/lease-keeper.ts'

/** How long a lease in a store lasts without being renewed, in milliseconds: the longest that the service gives but one without end. */
export const STORE_LEASE_MS: number = LEASE_MS
