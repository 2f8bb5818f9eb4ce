/** The categories of actions that a device can be onboarded without (docs/service.md#restricted-devices). */
export const REFUSED_CATEGORIES = [
  'BasicResponse',
  'AdvancedResponse',
  'LiveResponse',
  'DeviceProtection',
] as const

/** One of {@link REFUSED_CATEGORIES}, as hunting names it. */
export type RefusedCategory = (typeof REFUSED_CATEGORIES)[number]

/** What hunting says that a device refuses (docs/service.md#restricted-signs). */
export interface DeviceRestriction {
  /** Lower case. */
  readonly machineId: string
  /** Empty where it refuses something that this version does not know by name: then everything counts as refused. */
  readonly refuses: readonly RefusedCategory[]
}
