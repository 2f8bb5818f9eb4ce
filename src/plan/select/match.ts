import type { Machine } from '../../posture/machine.ts'
import { addMs, type Instant } from '../../schema/instant.ts'
import { normalName, normalText } from '../../schema/machine-name.ts'
import type { MachineEntry, SelectorField } from '../../schema/policy.ts'

/** Reads the selector fields off a machine record; texts compare whole, in their normal form. */
const READ: Readonly<Record<SelectorField, (machine: Machine) => string | null | readonly string[]>> = {
  id: machine => machine.id,
  dnsName: machine => machine.computerDnsName,
  tag: machine => machine.machineTags,
  osPlatform: machine => machine.osPlatform,
  healthStatus: machine => machine.healthStatus,
  riskScore: machine => machine.riskScore,
  exposureLevel: machine => machine.exposureLevel,
  deviceValue: machine => machine.deviceValue,
  rbacGroupName: machine => machine.rbacGroupName,
  onboardingStatus: machine => machine.onboardingStatus,
  aadDeviceId: machine => machine.aadDeviceId,
}

/** Gives all records of the device that a record is of, itself among them. */
export type RecordsOf = (machine: Machine) => readonly Machine[]

/** Where nothing is known of merges every record is a device. */
export const onlyItself: RecordsOf = machine => [machine]

/** An entry made ready for many machines. */
export type Matcher = (machine: Machine) => boolean

/**
 * Turns an entry into a test of one machine record: all fields must match, a field matches when any of its texts does.
 *
 * It says nothing about onboarding or merging; {@link isReachable} does.
 */
export function compileEntry(entry: MachineEntry, now: Instant): Matcher {
  const tests: Matcher[] = []
  for (const [field, texts] of Object.entries(entry.fields) as [SelectorField, readonly string[]][]) {
    const normal = field === 'dnsName' ? normalName : normalText
    const wanted = new Set(texts.map(normal))
    const read = READ[field]
    tests.push(machine => {
      const value = read(machine)
      if (value === null) return false
      return typeof value === 'string'
        ? wanted.has(normal(value))
        : value.some(one => wanted.has(normal(one)))
    })
  }
  if (entry.list !== undefined) {
    const names = new Set(entry.list.machines.map(({ name }) => name))
    tests.push(
      machine => names.has(machine.id) || names.has(normalName(machine.computerDnsName ?? machine.id)),
    )
  }
  if (entry.lastSeenWithin !== undefined) {
    const earliest = addMs(now, -entry.lastSeenWithin.ms)
    tests.push(machine => machine.lastSeen !== null && machine.lastSeen >= earliest)
  }
  return machine => tests.every(test => test(machine))
}

/**
 * Says whether a selector may reach a record: not merged into another, and onboarded as far as it tells
 * (docs/contract.md#matching). One that tells no status may be onboarded: it is reached, and judged later.
 */
export function isReachable(machine: Machine): boolean {
  return machine.mergedIntoMachineId === null && (machine.onboardingStatus === null || isOnboarded(machine))
}

/** Says whether a record is for sure one of the onboarded devices: it is so and not merged into another. */
export function isSelectable(machine: Machine): boolean {
  return isOnboarded(machine) && machine.mergedIntoMachineId === null
}

/** The service's words differ in case between documents and wire (docs/service.md#word-case). */
export function isOnboarded(machine: Machine): boolean {
  return machine.onboardingStatus?.toLowerCase() === 'onboarded'
}
