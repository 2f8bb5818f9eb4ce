import { expect, test } from 'vitest'
import {
  attachConfigurationLists,
  attachLists,
  listPaths,
  listReferences,
} from '../../src/schema/attach-lists.ts'
import type { Configuration } from '../../src/schema/configuration.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { policyText } from './policy-text.ts'

const { policies } = parsePolicyFile({
  path: 'policies/a.yaml',
  text: policyText({
    machines: 'machines: [{ list: b.txt }, { tag: x }, { list: a.txt }]',
    more: 'except:\n  - list: b.txt\n  - list: ../c.txt',
  }),
})
const { configuration } = parseConfiguration({
  path: 'holdfast.yaml',
  text: 'version: 1\nprotected: [{ match: { list: c.txt } }, { match: { tag: dc } }]',
})
const { machines } = parseListFile({ path: 'policies/b.txt', text: 'pc-1\npc-2' })
const lists = new Map([
  ['policies/b.txt', machines],
  ['c.txt', machines],
])

test('the files that are to be read are each named once, sorted', () => {
  expect(listPaths(policies, configuration)).toStrictEqual(['c.txt', 'policies/a.txt', 'policies/b.txt'])
  expect(listPaths([], configuration)).toStrictEqual(['c.txt'])
  expect(listPaths([])).toStrictEqual([])
})

test('every entry that names a file is told with its place', () => {
  expect(
    listReferences(policies, configuration).map(({ path, place }) => `${path} ${place.file}:${place.line}`),
  ).toStrictEqual([
    'policies/b.txt policies/a.yaml:4',
    'policies/a.txt policies/a.yaml:4',
    'policies/b.txt policies/a.yaml:7',
    'c.txt policies/a.yaml:8',
    'c.txt holdfast.yaml:2',
  ])
})

test('the machines of a list come into every entry that names it, and no other changes', () => {
  const [attached] = attachLists(policies, lists)
  expect(attached?.machines.map(({ list }) => list?.machines)).toStrictEqual([machines, undefined, []])
  expect(attached?.except.map(({ list }) => list?.machines)).toStrictEqual([machines, machines])
  expect(attached?.machines[1]).toBe(policies[0]?.machines[1])
  expect(attached).toMatchObject({ name: 'p', machines: [{ list: { path: 'policies/b.txt' } }, {}, {}] })
})

test('the machines of a list come into the protected entries that name it', () => {
  const attached = attachConfigurationLists(configuration as Configuration, lists)
  expect(attached.protected.map(({ match }) => match.list)).toStrictEqual([
    { path: 'c.txt', machines },
    undefined,
  ])
  expect({ ...attached, protected: [] }).toStrictEqual({ ...configuration, protected: [] })
})
