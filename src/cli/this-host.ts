import { identifyProcess } from '../local/process-identity.ts'
import { STORE_LEASE_MS } from '../local/store/store-lease.ts'
import type { Host } from './io.ts'

/** The machine that this process runs on. */
export const thisHost: Host = { identify: () => identifyProcess(), storeLeaseMs: STORE_LEASE_MS }
