import { expect, test } from 'vitest'
import { findDeviceTags } from '../../../src/analysis/lint/device-tags.ts'
import { lintPolicy } from '../../../src/analysis/lint/lint-policy.ts'
import type { Place } from '../../../src/schema/diagnostic.ts'
import type { MachineEntry, Policy } from '../../../src/schema/policy.ts'
import {
  at,
  configuration,
  entry,
  isolated,
  lasting,
  machineId,
  NOW,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'

const line = (number: number): Place => ({ ...PLACE, line: number })
const named = (number: number, ...dnsName: readonly string[]): MachineEntry =>
  entry({ fields: { dnsName }, place: line(number) })
const tagged = (number: number, ...tag: readonly string[]): MachineEntry =>
  entry({ fields: { tag }, place: line(number) })
const listed = (number: number, ...names: readonly string[]): MachineEntry =>
  entry({
    fields: {},
    place: line(number),
    list: { path: 'a.txt', machines: names.map((name, at) => ({ name, place: line(100 + at) })) },
  })

const SOUND: Partial<Policy> = { owner: 'anna', expires: at('2026-12-01') }
const SCAN = { scanned: placed({ scan: 'quick', within: lasting('7d') } as const) }

test.each<readonly [rule: string, over: Partial<Policy>, told: readonly string[]]>([
  ['a hold with an end and an owner is sound', SOUND, []],
  ['one without an end is told', { owner: 'anna' }, ['hold-without-expiry 1']],
  ['one without an owner is told', { expires: at('2026-12-01') }, ['hold-without-owner 1']],
  ['a release needs neither', { state: isolated('none') }, []],
  ['nor does a scan', { state: SCAN }, []],
  ['what has expired is told, and its owner does not matter', { expires: NOW }, ['expired-policy 1']],
  ['an expired scan too', { state: SCAN, expires: NOW }, ['expired-policy 1']],
  [
    'an entry that another one covers is told, and no machine of it again',
    { ...SOUND, machines: [named(2, 'a', 'b'), named(3, 'a')] },
    ['redundant-entry 3'],
  ],
  [
    'the wider one may stand later',
    { ...SOUND, machines: [named(2, 'a'), named(3, 'a', 'b')] },
    ['redundant-entry 2'],
  ],
  [
    'of two that are alike the later one is told',
    { ...SOUND, machines: [tagged(2, 'x'), tagged(3, 'x')] },
    ['redundant-entry 3'],
  ],
  ['entries that add something are not', { ...SOUND, machines: [tagged(2, 'x'), tagged(3, 'y')] }, []],
  [
    'a machine on a list and in an entry is told where it stands later',
    { ...SOUND, machines: [named(2, 'a', 'b'), listed(3, 'b', 'c')] },
    ['named-twice 100'],
  ],
  ['twice on one list the list itself tells', { ...SOUND, machines: [listed(2, 'b', 'c')] }, []],
  [
    'an exception from names that none of them is takes nothing',
    { ...SOUND, machines: [named(2, 'a')], except: [named(3, 'b')] },
    ['except-takes-nothing 3'],
  ],
  [
    'one of a name that is one of them does',
    { ...SOUND, machines: [named(2, 'a')], except: [named(3, 'b', 'a')] },
    [],
  ],
  ['one by tag may', { ...SOUND, machines: [named(2, 'a')], except: [tagged(3, 'x')] }, []],
  [
    'from a selector anything may be excepted',
    { ...SOUND, machines: [tagged(2, 'x')], except: [named(3, 'b')] },
    [],
  ],
  [
    'an id may be the machine of a name',
    { ...SOUND, machines: [named(2, 'a')], except: [entry({ place: line(3) })] },
    [],
  ],
  [
    'where ids and names are mixed nothing is sure',
    {
      ...SOUND,
      machines: [named(2, 'a'), entry({ fields: { id: [machineId(2)] } })],
      except: [named(3, 'b')],
    },
    [],
  ],
])('%s', (_rule, over, told) => {
  const found = lintPolicy(policy(over), NOW)
  expect(found.map(({ code, place }) => `${code} ${place?.line}`)).toStrictEqual(told)
  expect(found.every(({ severity }) => severity === 'warning')).toBe(true)
})

test('the other place is named', () => {
  const [redundant] = lintPolicy(policy({ ...SOUND, machines: [tagged(2, 'x'), tagged(3, 'x')] }), NOW)
  expect(redundant?.related).toStrictEqual([{ message: 'the other one', place: line(2) }])
  const [twice] = lintPolicy(policy({ ...SOUND, machines: [named(2, 'a', 'b'), listed(3, 'b', 'c')] }), NOW)
  expect(twice?.related).toStrictEqual([{ message: 'named here first', place: line(2) }])
})

const tagOf = (fields: MachineEntry['fields'] = {}, more: Partial<MachineEntry> = {}) =>
  entry({ fields: { tag: ['dc'], ...fields }, place: line(7), ...more })

test.each<readonly [rule: string, spared: MachineEntry, warns: boolean]>([
  ['a tag alone can come from the device', tagOf(), true],
  ['so can platform and health', tagOf({ osPlatform: ['Linux'], healthStatus: ['Active'] }), true],
  ['what the portal values it at cannot', tagOf({ deviceValue: ['High'] }), false],
  ['nor its group', tagOf({ rbacGroupName: ['g'] }), false],
  ['nor its id in the directory', tagOf({ aadDeviceId: ['x'] }), false],
  ['whom an entry names it means', tagOf({ id: [machineId(1)] }), false],
  ['by name too', tagOf({ dnsName: ['a'] }), false],
  ['and by list', tagOf({}, { list: { path: 'a.txt', machines: [] } }), false],
  ['without a tag there is no question', entry(), false],
])('%s', (_rule, spared, warns) => {
  const guarded = { protected: [{ match: spared, allow: [], place: PLACE }] }
  expect(
    findDeviceTags([], configuration(guarded)).map(({ code, place }) => `${code} ${place?.line}`),
  ).toStrictEqual(warns ? ['tag-of-the-device 7'] : [])
})

test('what spares machines is told as what it is, and a policy may choose by tag', () => {
  const found = findDeviceTags(
    [policy({ machines: [tagOf()], except: [tagOf()] })],
    configuration({ confirmByName: [tagOf()], risks: [{ name: 'hosts', match: tagOf() }] }),
  )
  expect(found.map(({ message }) => /^this entry of (\S+)/.exec(message)?.[1])).toStrictEqual([
    '`confirmByName`',
    '`except`',
  ])
})
