import { expect, test } from 'vitest'
import { coversEntry, overlap } from '../../../src/analysis/lint/entry-cover.ts'
import type { MachineEntry } from '../../../src/schema/policy.ts'
import { entry, lasting, machineId, PLACE } from '../../support/build-core.ts'

type Fields = MachineEntry['fields']

const by = (fields: Fields, more: Partial<MachineEntry> = {}): MachineEntry => entry({ fields, ...more })
const listed = (path: string, ...names: readonly string[]): MachineEntry =>
  by({}, { list: { path, machines: names.map(name => ({ name, place: PLACE })) } })

const ALL = by({}, { all: true })
const TAG = by({ tag: ['a'] })
const NAME = by({ dnsName: ['x.contoso.com'] })

test.each<readonly [rule: string, wide: MachineEntry, narrow: MachineEntry, covers: boolean]>([
  ['a selector covers itself', TAG, TAG, true],
  ['whatever the case', by({ tag: ['A'] }), TAG, true],
  ['one value covers itself and another field', TAG, by({ tag: ['a'], osPlatform: ['Linux'] }), true],
  ['not the other way round', by({ tag: ['a'], osPlatform: ['Linux'] }), TAG, false],
  ['several values cover one of them', by({ tag: ['a', 'b'] }), TAG, true],
  ['one does not cover several', TAG, by({ tag: ['a', 'b'] }), false],
  ['another field is another thing', by({ osPlatform: ['Linux'] }), TAG, false],
  ['every machine covers a selector', ALL, TAG, true],
  ['and itself', ALL, ALL, true],
  ['a selector does not cover every machine', TAG, ALL, false],
  [
    'every machine is every onboarded one',
    ALL,
    by({ tag: ['a'], onboardingStatus: ['CanBeOnboarded'] }),
    false,
  ],
  [
    'so is a selector that does not say',
    TAG,
    by({ tag: ['a'], onboardingStatus: ['CanBeOnboarded'] }),
    false,
  ],
  [
    'a longer time covers a shorter one',
    by({}, { lastSeenWithin: lasting('7d') }),
    by({}, { lastSeenWithin: lasting('1d') }),
    true,
  ],
  [
    'not the other way round',
    by({}, { lastSeenWithin: lasting('1d') }),
    by({}, { lastSeenWithin: lasting('7d') }),
    false,
  ],
  ['a time does not cover what has none', by({}, { lastSeenWithin: lasting('1d') }), TAG, false],
  ['names cover some of them', by({ dnsName: ['x.contoso.com', 'y'] }), NAME, true],
  ['not others', by({ dnsName: ['y'] }), NAME, false],
  ['an id is not a name', by({ id: [machineId(1)] }), NAME, false],
  ['a list covers a name on it', listed('a.txt', 'x.contoso.com', 'y'), NAME, true],
  ['a name covers a list of it alone', NAME, listed('a.txt', 'x.contoso.com'), true],
  ['a selector passes over machines that a name reaches', ALL, NAME, false],
  ['a name that has to match more covers less', by({ dnsName: ['x.contoso.com'], tag: ['a'] }), NAME, false],
  [
    'a name covers itself where it has to match more',
    NAME,
    by({ dnsName: ['x.contoso.com'], tag: ['a'] }),
    true,
  ],
  [
    'a list that has to match more is that list',
    by({ tag: ['a'] }, { list: { path: 'a.txt', machines: [] } }),
    by({ tag: ['a'] }, { list: { path: 'a.txt', machines: [] } }),
    true,
  ],
  [
    'and no other',
    by({ tag: ['a'] }, { list: { path: 'b.txt', machines: [] } }),
    by({ tag: ['a'] }, { list: { path: 'a.txt', machines: [] } }),
    false,
  ],
])('%s', (_rule, wide, narrow, covers) => expect(coversEntry(wide, narrow)).toBe(covers))

test.each<readonly [rule: string, a: MachineEntry, b: MachineEntry, meet: boolean]>([
  ['one that covers the other meets it', TAG, by({ tag: ['a'], osPlatform: ['Linux'] }), true],
  ['in either order', by({ tag: ['a'], osPlatform: ['Linux'] }), TAG, true],
  ['names meet at a name', by({ dnsName: ['x', 'y'] }), by({ dnsName: ['y', 'z'] }), true],
  ['and at none where they share none', by({ dnsName: ['x'] }), by({ dnsName: ['z'] }), false],
  ['of two selectors only the machines tell', TAG, by({ osPlatform: ['Linux'] }), false],
  ['of a name and a selector too', NAME, TAG, false],
  ['of a selector and a name too', TAG, NAME, false],
])('%s', (_rule, a, b, meet) => expect(overlap(a, b)).toBe(meet))
