import type { Instant } from '../schema/instant.ts'

/** A machine record as the service lists it (docs/service.md#machine-shape), under the service's own field names. */
export interface Machine {
  readonly id: string
  readonly computerDnsName: string | null
  readonly osPlatform: string | null
  readonly version: string | null
  readonly osBuild: number | null
  readonly agentVersion: string | null
  readonly healthStatus: string | null
  readonly onboardingStatus: string | null
  readonly riskScore: string | null
  readonly exposureLevel: string | null
  readonly deviceValue: string | null
  readonly rbacGroupId: number | null
  readonly rbacGroupName: string | null
  readonly aadDeviceId: string | null
  readonly mergedIntoMachineId: string | null
  readonly machineTags: readonly string[]
  readonly firstSeen: Instant | null
  readonly lastSeen: Instant | null
}
