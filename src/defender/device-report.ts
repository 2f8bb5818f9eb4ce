import type { Instant } from '../schema/instant.ts'

/** What a device last reported of itself to hunting (docs/service.md#device-info). */
export interface DeviceReport {
  /** Lower case. */
  readonly machineId: string
  readonly at: Instant
  /** Null where the report cannot be read, which proves nothing either way. */
  readonly isolated: boolean | null
  /** Categories of actions that it refuses, null where it names none; empty where it refuses and none is known. */
  readonly refuses: readonly RefusedCategory[] | null
}

/** What a device that was onboarded restricted can refuse (docs/service.md#restricted-devices). */
export type RefusedCategory = (typeof REFUSED_CATEGORIES)[number]

/** As the column names them. */
export const REFUSED_CATEGORIES = [
  'BasicResponse',
  'AdvancedResponse',
  'LiveResponse',
  'DeviceProtection',
] as const
