import { expect, test } from 'vitest'
import { findIdleProtection } from '../../../src/plan/select/idle-protection.ts'
import { indexMachines } from '../../../src/plan/select/resolve.ts'
import type { MachineEntry } from '../../../src/schema/policy.ts'
import { configuration, entry, machine, machineId, NOW, PLACE, policy } from '../../support/build-core.ts'

const MACHINES = [
  machine({ id: machineId(1), computerDnsName: 'dc-01.contoso.com', machineTags: ['tier0'] }),
  machine({
    id: machineId(2),
    computerDnsName: 'FIN-WS-014.contoso.com.',
    machineTags: [' INC-1 '],
    rbacGroupName: 'Finance',
  }),
  machine({ id: machineId(3), computerDnsName: null, machineTags: [] }),
]

function found(
  entries: { readonly protects?: MachineEntry; readonly excepts?: MachineEntry },
  wholeTenant = true,
): readonly string[] {
  const { protects, excepts } = entries
  return findIdleProtection({
    configuration: configuration({
      protected: protects === undefined ? [] : [{ match: protects, allow: [], place: PLACE }],
    }),
    policies: [policy({ except: excepts === undefined ? [] : [excepts] })],
    index: indexMachines(MACHINES),
    now: NOW,
    wholeTenant,
  }).map(({ severity, code, message }) => `${severity} ${code}: ${message}`)
}

const fields = (given: MachineEntry['fields'], over: Partial<MachineEntry> = {}): MachineEntry =>
  entry({ fields: given, ...over })

test.each<[string, MachineEntry]>([
  ['a tag that a machine has, in another case and with blanks around', fields({ tag: ['TIER0', 'inc-1'] })],
  ['a name with the dot at its end', fields({ dnsName: ['dc-01.contoso.com.'] })],
  ['a name of a record that has the dot', fields({ dnsName: ['fin-ws-014.contoso.com'] })],
  ['an id', fields({ id: [machineId(3)] })],
  ['a group', fields({ rbacGroupName: ['finance'] })],
  ['a word of the service that some machine has', fields({ healthStatus: ['Active'] })],
])('%s spares somebody', (_what, given) => {
  expect(found({ protects: given, excepts: given })).toStrictEqual([])
})

test.each<[string, MachineEntry, RegExp]>([
  [
    'a tag spelt another way',
    fields({ tag: ['tier-0'] }),
    /no machine has the tag "tier-0", .* Did you mean "tier0"\?/,
  ],
  [
    'a tag with a character that nobody sees',
    fields({ tag: ['tier0\u200b'] }),
    /It holds the character U\+200B, which nobody sees\./,
  ],
  ['a tag with a blank that is none', fields({ tag: ['tier\u00a00'] }), /U\+00A0/],
  [
    'a tag that is like none',
    fields({ tag: ['crown-jewels'] }),
    /the tag "crown-jewels", so that nothing is (protected|excepted) by it\. Correct/,
  ],
  [
    'a group that nobody is in',
    fields({ rbacGroupName: ['Finanze'] }),
    /the rbacGroupName "Finanze".*Did you mean "Finance"/,
  ],
  [
    'words that no machine has together',
    fields({ tag: ['tier0'], healthStatus: ['Inactive'] }),
    /no machine has all that this entry asks for/,
  ],
  ['only the one of two tags that nobody has', fields({ tag: ['tier0', 'nobody'] }), /the tag "nobody"/],
])('%s is told, once', (_what, given, message) => {
  const protects = found({ protects: given })
  expect(protects).toStrictEqual([expect.stringMatching(message)])
  expect(protects[0]).toMatch(/^warning protects-nothing: /)
  const excepts = found({ excepts: given })
  expect(excepts).toStrictEqual([expect.stringMatching(message)])
  expect(excepts[0]).toMatch(/^warning except-takes-nothing: /)
})

test.each<[string, MachineEntry, string]>([
  [
    'an id',
    fields({ id: [machineId(9)] }),
    `the id "${machineId(9)}", so that nothing is protected by it. Correct`,
  ],
  [
    'a name, with the one it is near to',
    fields({ dnsName: ['dc-1.contoso.com'] }),
    'Did you mean "dc-01.contoso.com"?',
  ],
  [
    'a line of a list',
    entry({ fields: {}, list: { path: 'l.txt', machines: [{ name: 'gone.contoso.com', place: PLACE }] } }),
    'the dnsName "gone.contoso.com"',
  ],
])(
  '%s in `protected` that no record has is an error, and with `missing: warn` a warning',
  (_what, given, message) => {
    expect(found({ protects: given })).toStrictEqual([expect.stringContaining(message)])
    expect(found({ protects: given })[0]).toMatch(/^error protects-nothing/)
    expect(found({ protects: { ...given, missing: 'warn' } })[0]).toMatch(/^warning protects-nothing/)
    // In `except` the resolving of policies tells it.
    expect(found({ excepts: given })).toStrictEqual([])
  },
)

test('where only some machines were read, what looks mistyped is told and nothing else', () => {
  expect(found({ protects: fields({ tag: ['tier-0'] }) }, false)).toHaveLength(1)
  expect(found({ protects: fields({ tag: ['elsewhere\u200b'] }) }, false)).toHaveLength(1)
  expect(found({ protects: fields({ tag: ['crown-jewels'] }) }, false)).toStrictEqual([])
  expect(found({ protects: fields({ id: [machineId(9)] }) }, false)).toStrictEqual([])
  expect(found({ protects: fields({ healthStatus: ['Inactive'] }) }, false)).toStrictEqual([])
})
