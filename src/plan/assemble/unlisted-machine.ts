import type { Machine } from '../../posture/machine.ts'

/** A machine that has a history and no record any more: what we hold there must not be forgotten. */
export function unlistedMachine(id: string): Machine {
  return {
    id,
    computerDnsName: null,
    osPlatform: null,
    version: null,
    osBuild: null,
    agentVersion: null,
    healthStatus: null,
    onboardingStatus: null,
    riskScore: null,
    exposureLevel: null,
    deviceValue: null,
    rbacGroupId: null,
    rbacGroupName: null,
    aadDeviceId: null,
    mergedIntoMachineId: null,
    machineTags: [],
    firstSeen: null,
    lastSeen: null,
  }
}
