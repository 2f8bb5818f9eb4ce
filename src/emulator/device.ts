/** What holds on one device, which the service itself never says. Records that were merged share it. */
export interface Device {
  isolation: 'none' | 'Full' | 'Selective' | 'UnManagedDevice'
  restricted: boolean
  /** When it was isolated or freed, oldest first. */
  readonly changes: DeviceChange[]
  /** When its isolation ends by itself, and the record that the action for it stands on; undefined where it does not. */
  lapse: { readonly atMs: number; readonly machineId: string } | undefined
}

/** One change of a device's isolation. */
export interface DeviceChange {
  readonly atMs: number
  readonly isIsolated: boolean
}

/** A device on which nothing holds. */
export function freeDevice(): Device {
  return { isolation: 'none', restricted: false, changes: [], lapse: undefined }
}
