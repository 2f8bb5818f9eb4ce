import type { DeviceRestriction } from '../posture/device-restriction.ts'
import type { Instant } from '../schema/instant.ts'

/** What a device last reported of itself to hunting (docs/service.md#device-info). */
export interface DeviceReport {
  /** Lower case. */
  readonly machineId: string
  readonly at: Instant
  /** Null where the report cannot be read, which proves nothing either way. */
  readonly isolated: boolean | null
  /** Null where it refuses nothing, as far as hunting shows. */
  readonly refuses: DeviceRestriction['refuses'] | null
}
