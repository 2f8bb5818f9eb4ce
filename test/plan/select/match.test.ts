import { expect, test } from 'vitest'
import { compileEntry, isReachable, isSelectable } from '../../../src/plan/select/match.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineEntry } from '../../../src/schema/policy.ts'
import { at, entry, lasting, machine, machineId, NOW, PLACE } from '../../support/build-core.ts'

const ONE = machine({
  machineTags: ['INC-1', 'Domain-Controller'],
  riskScore: 'High',
  exposureLevel: 'Medium',
  deviceValue: 'Low',
  rbacGroupName: 'Finance',
  aadDeviceId: '80fe8ff8-2624-418e-9591-41f0491218f9',
})

const list = (name: string): Partial<MachineEntry> => ({
  fields: {},
  list: { path: 'a.txt', machines: [{ name, place: PLACE }] },
})

test.each<[string, Partial<MachineEntry>, Partial<Machine>, boolean]>([
  ['id', { fields: { id: [machineId(1)] } }, {}, true],
  [
    'dnsName, whole and without regard to case',
    { fields: { dnsName: ['FIN-WS-001.contoso.com'] } },
    {},
    true,
  ],
  ['dnsName is never a substring', { fields: { dnsName: ['fin-ws-001'] } }, {}, false],
  [
    'dnsName of a machine without one',
    { fields: { dnsName: ['fin-ws-001.contoso.com'] } },
    { computerDnsName: null },
    false,
  ],
  ['tag, without regard to case', { fields: { tag: ['domain-controller'] } }, {}, true],
  ['tag is never a substring', { fields: { tag: ['INC'] } }, {}, false],
  ['osPlatform, any of several', { fields: { osPlatform: ['Windows10', 'windows11'] } }, {}, true],
  ['healthStatus', { fields: { healthStatus: ['Inactive'] } }, {}, false],
  ['riskScore', { fields: { riskScore: ['high'] } }, {}, true],
  ['exposureLevel', { fields: { exposureLevel: ['Medium'] } }, {}, true],
  ['deviceValue', { fields: { deviceValue: ['High'] } }, {}, false],
  ['rbacGroupName', { fields: { rbacGroupName: ['Finance'] } }, {}, true],
  [
    'rbacGroupName of group 0, which has no name',
    { fields: { rbacGroupName: ['Finance'] } },
    { rbacGroupName: null },
    false,
  ],
  ['onboardingStatus', { fields: { onboardingStatus: ['onboarded'] } }, {}, true],
  ['aadDeviceId', { fields: { aadDeviceId: ['80fe8ff8-2624-418e-9591-41f0491218f9'] } }, {}, true],
  ['all fields must match', { fields: { tag: ['INC-1'], osPlatform: ['Linux'] } }, {}, false],
  ['a list of names', list('fin-ws-001.contoso.com'), {}, true],
  ['a list of ids, of a machine without a name', list(machineId(1)), { computerDnsName: null }, true],
  ['a list of others', list('b.contoso.com'), { computerDnsName: null }, false],
  ['lastSeenWithin', { fields: {}, lastSeenWithin: lasting('1h') }, {}, true],
  [
    'lastSeenWithin of one seen earlier',
    { fields: {}, lastSeenWithin: lasting('1h') },
    { lastSeen: at('2026-11-22T16:59:59Z') },
    false,
  ],
  [
    'lastSeenWithin of one never seen',
    { fields: {}, lastSeenWithin: lasting('1h') },
    { lastSeen: null },
    false,
  ],
  ['all', { fields: {}, all: true }, {}, true],
])('a machine is matched by %s', (_rule, over, machineOver, matches) => {
  expect(compileEntry(entry(over), NOW)({ ...ONE, ...machineOver })).toBe(matches)
})

test.each<[string, Partial<Machine>, boolean]>([
  ['an onboarded record', {}, true],
  ['the status in another case', { onboardingStatus: 'onboarded' }, true],
  ['a record that can be onboarded', { onboardingStatus: 'CanBeOnboarded' }, false],
  ['a record without a status', { onboardingStatus: null }, false],
  ['a record merged into another', { mergedIntoMachineId: machineId(2) }, false],
])('of the onboarded devices is %s: %s', (_what, over, selectable) => {
  expect(isSelectable(machine(over))).toBe(selectable)
})

test.each<[string, Partial<Machine>, boolean]>([
  ['an onboarded record', {}, true],
  ['a record that can be onboarded', { onboardingStatus: 'CanBeOnboarded' }, false],
  ['a record without a status, which is judged later', { onboardingStatus: null }, true],
  ['a record merged into another', { mergedIntoMachineId: machineId(2) }, false],
  [
    'a record without a status merged into another',
    { onboardingStatus: null, mergedIntoMachineId: machineId(2) },
    false,
  ],
])('a selector may reach %s: %s', (_what, over, reachable) => {
  expect(isReachable(machine(over))).toBe(reachable)
})
