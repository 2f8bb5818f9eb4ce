import { expect, test } from 'vitest'
import { type HoldPolicy, holdPolicyText } from '../../src/authoring/hold-policy-text.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { at, NOW } from '../support/build-core.ts'

const POLICY: HoldPolicy = {
  command: 'contain',
  name: 'contain-ws-1',
  reason: 'INC-1 "quoted": # and more',
  owner: 'anna@contoso.com',
  ticket: 'INC-1',
  machines: [
    { id: '12e03', computerDnsName: 'ws-1.contoso.com' },
    { id: 'ab', computerDnsName: null },
  ],
  state: ['isolated: selective', 'restricted: true'],
  expires: at('2026-11-23T18:00:00Z'),
  writtenAt: NOW,
}

test('what is written reads back as it was meant', () => {
  const { policies, diagnostics } = parsePolicyFile({ path: 'a.yaml', text: holdPolicyText(POLICY) })
  expect(diagnostics).toStrictEqual([])
  expect(policies).toMatchObject([
    {
      name: 'contain-ws-1',
      reason: POLICY.reason,
      owner: 'anna@contoso.com',
      ticket: 'INC-1',
      machines: [{ fields: { id: ['12e03'] } }, { fields: { id: ['ab'] } }],
      state: { isolated: { value: 'selective' }, restricted: { value: 'restricted' } },
      expires: POLICY.expires,
      onExpiry: 'lift',
    },
  ])
})

test('machines carry their names, and who wrote it when stands first', () => {
  const text = holdPolicyText({ ...POLICY, owner: undefined, ticket: undefined })
  expect(text).toMatch(/^# Written by `holdfast contain` at 2026-11-22 18:00Z\.\nversion: 1\n/)
  expect(text).toContain('\n  - id: "12e03" # ws-1.contoso.com\n  - id: "ab"\n')
  expect(text).not.toMatch(/owner|ticket/)
})

test('a name from the tenant writes no line of its own', () => {
  const hostile = [{ id: 'ab', computerDnsName: 'x\nexcept: []\u202e' }]
  const { policies, diagnostics } = parsePolicyFile({
    path: 'a.yaml',
    text: holdPolicyText({ ...POLICY, command: 'release', machines: hostile }),
  })
  expect(diagnostics).toStrictEqual([])
  expect(policies[0]?.except).toStrictEqual([])
})
