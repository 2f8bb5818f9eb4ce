import { expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import type { Change } from '../../../src/plan/document/document.ts'
import { claimsOn, whyNotAsked } from '../../../src/plan/judge/still-asked.ts'
import { needOf } from '../../../src/plan/select/need.ts'
import { NO_OPTIONS } from '../../../src/plan/select/plan-input.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import type { DesiredState, Policy } from '../../../src/schema/policy.ts'
import {
  action,
  at,
  configuration,
  entry,
  isolated,
  machine,
  NOW,
  observation,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'

const YESTERDAY = addMs(NOW, -86_400_000)
const TAGGED = entry({ fields: { tag: ['INC-4211'] } })
const MACHINE = machine({ machineTags: ['INC-4211'] })
const OURS = action({ requestorComment: ownComment() })

/** The changes that the policies lead to on one machine. */
function planned(
  policies: readonly Policy[],
  actions: readonly MachineAction[] = [],
  over: { readonly prune?: boolean } = {},
): readonly Change[] {
  const config = configuration({
    allow: { quarantined: true, liveResponse: true, offboarded: true, scopeChange: true },
  })
  return createPlan({
    policies,
    configuration: config,
    observation: observation({ machines: [MACHINE], actions, scope: 'tenant' }),
    now: NOW,
    toolVersion: '0',
    source: { commit: null, dirty: null, files: {} },
    diagnostics: [],
    options: { ...NO_OPTIONS, ...over },
  }).changes
}

/** Why the changes are not asked for any more by other policies, of a record that may have changed. */
function whyNot(
  changes: readonly Change[],
  now: readonly Policy[],
  record: Machine = MACHINE,
  hasMoved = true,
): readonly (string | undefined)[] {
  const claims = claimsOn(now, [record], NOW).get(record.id) ?? []
  return changes.map(change => whyNotAsked(change, claims, { policies: now, hasMoved }))
}

const FULL = policy({ machines: [TAGGED], state: isolated('full') })
const SCAN: DesiredState = { scanned: placed({ scan: 'quick' as const, since: YESTERDAY }) }
const FULL_SCAN: DesiredState = { scanned: placed({ scan: 'full' as const, since: YESTERDAY }) }
const LIVE = (script: string): DesiredState => ({
  liveResponse: [
    { name: 'triage', commands: [{ type: 'RunScript', script }], since: YESTERDAY, place: FULL.place },
  ],
})

test.each<[string, Policy, readonly Policy[], Machine, string | undefined]>([
  ['a policy that says the same still asks', FULL, [FULL], MACHINE, undefined],
  [
    'another policy that says the same asks as well',
    FULL,
    [{ ...FULL, name: 'renamed' }],
    MACHINE,
    undefined,
  ],
  [
    'a policy that is gone does not',
    FULL,
    [],
    MACHINE,
    'no policy asks for isolated here any more (contain did)',
  ],
  [
    'one that says the opposite does not',
    FULL,
    [{ ...FULL, state: isolated('none') }],
    MACHINE,
    'declares isolated none now',
  ],
  [
    'one that says another level does not',
    FULL,
    [{ ...FULL, state: isolated('selective') }],
    MACHINE,
    'declares isolated selective now, and full was planned',
  ],
  [
    'one with a new except does not',
    FULL,
    [{ ...FULL, except: [entry()] }],
    MACHINE,
    'no policy asks for isolated here',
  ],
  [
    'one whose selector the record has left does not',
    FULL,
    [FULL],
    { ...MACHINE, machineTags: [] },
    'no policy asks for isolated here',
  ],
  [
    'one that has expired does not impose',
    FULL,
    [{ ...FULL, expires: YESTERDAY }],
    MACHINE,
    'contain has expired',
  ],
  [
    'two that contradict each other do not',
    FULL,
    [FULL, { ...FULL, name: 'zz', state: isolated('unmanaged') }],
    MACHINE,
    'contradict each other on isolated',
  ],
  [
    'a run of the same strength is asked for',
    { ...FULL, state: SCAN },
    [{ ...FULL, state: SCAN }],
    MACHINE,
    undefined,
  ],
  [
    'a stronger scan is another one',
    { ...FULL, state: SCAN },
    [{ ...FULL, state: FULL_SCAN }],
    MACHINE,
    'asks for another scanned now',
  ],
  [
    'a run that nobody declares is not asked for',
    { ...FULL, state: SCAN },
    [FULL],
    MACHINE,
    'no policy asks for scanned here',
  ],
  [
    'the same commands are asked for',
    { ...FULL, state: LIVE('a.ps1') },
    [{ ...FULL, state: LIVE('a.ps1') }],
    MACHINE,
    undefined,
  ],
  [
    'other commands are not those',
    { ...FULL, state: LIVE('a.ps1') },
    [{ ...FULL, state: LIVE('b.ps1') }],
    MACHINE,
    'asks for another liveResponse now',
  ],
])('%s', (_rule, before, now, record, want) => {
  const changes = planned([before])
  expect(changes).toHaveLength(1)
  expect(whyNot(changes, now, record)).toStrictEqual([
    want === undefined ? undefined : expect.stringContaining(want),
  ])
})

test.each<[string, Policy, string | undefined]>([
  ['is still asked for while it lifts', { ...FULL, expires: YESTERDAY }, undefined],
  ['is not once it only reports', { ...FULL, expires: YESTERDAY, onExpiry: 'report' }, 'contain has expired'],
  ['is not once it lives on', FULL, 'declares isolated full now, and none was planned'],
])('the lift of an expired policy %s', (_rule, now, want) => {
  const changes = planned([{ ...FULL, expires: YESTERDAY }], [OURS])
  expect(changes.map(({ after }) => after)).toStrictEqual(['none'])
  expect(whyNot(changes, [now])).toStrictEqual([
    want === undefined ? undefined : expect.stringContaining(want),
  ])
})

test('a scan that a lift waits for is asked for as long as the policy says so, also after it expired', () => {
  const expired: Policy = {
    ...FULL,
    expires: YESTERDAY,
    liftAfter: ['scanned'],
    state: { ...FULL.state, ...SCAN },
  }
  const changes = planned([expired], [OURS]).filter(({ facet }) => facet === 'scanned')
  expect(changes).toHaveLength(1)
  expect(whyNot(changes, [expired])).toStrictEqual([undefined])
  expect(whyNot(changes, [{ ...expired, liftAfter: [] }])).toStrictEqual([
    expect.stringContaining('no policy asks for scanned here any more'),
  ])
})

test('what a flag asked for has moved where a policy that came since declares otherwise, and only there', () => {
  const changes = planned([], [OURS], { prune: true })
  expect(changes.map(({ after, policy: by }) => [after, by])).toStrictEqual([['none', null]])
  expect(whyNot(changes, [])).toStrictEqual([undefined])
  expect(whyNot(changes, [FULL])).toStrictEqual([
    expect.stringContaining('contain declares isolated full now'),
  ])
  expect(whyNot(changes, [FULL], MACHINE, false)).toStrictEqual([undefined])
  expect(whyNot(changes, [{ ...FULL, state: isolated('none') }])).toStrictEqual([undefined])
})

test('what imposes or runs is asked for by a policy or not at all, whatever a plan says', () => {
  const changes = [...planned([FULL]), ...planned([{ ...FULL, state: SCAN }])]
  const forged = changes.map(change => ({ ...change, policy: null }))
  expect(whyNot(forged, [], MACHINE, false)).toStrictEqual([
    'no policy asks for isolated here; plan again.',
    'no policy asks for scanned here; plan again.',
  ])
})

test('a renewal of the weaker that ended is asked for where a stronger one is declared, and nothing else is', () => {
  const weaker = { ...FULL, state: isolated('selective') }
  const renewals = planned([weaker]).map(change => ({ ...change, renews: 'ended' }))
  expect(whyNot(renewals, [weaker])).toStrictEqual([undefined])
  expect(whyNot(renewals, [FULL])).toStrictEqual([undefined])
  expect(whyNot(renewals, [{ ...FULL, state: isolated('none') }])).toStrictEqual([
    expect.stringContaining('declares isolated none now'),
  ])
})

test('a run that is called back has moved where a policy asks for it since', () => {
  const [change] = planned([{ ...FULL, state: SCAN }])
  if (change === undefined) throw new Error('nothing planned')
  const callback: Change = {
    ...change,
    policy: null,
    operations: ['cancel'],
    requests: [{ type: 'Cancel', actionId: 'x', body: { Comment: 'undo' } }],
  }
  expect(whyNot([callback], [{ ...FULL, state: SCAN }])).toStrictEqual([
    expect.stringContaining('asks for scanned now'),
  ])
  expect(whyNot([callback], [{ ...FULL, expires: YESTERDAY }])).toStrictEqual([undefined])
})

test('a change of a run that holds no request of it is asked for by nobody', () => {
  const [change] = planned([{ ...FULL, state: SCAN }])
  if (change === undefined) throw new Error('nothing planned')
  expect(whyNot([{ ...change, requests: [] }], [{ ...FULL, state: SCAN }])).toStrictEqual([
    expect.stringContaining('another scanned'),
  ])
})

test('names of machines that were not looked at say nothing', () => {
  const also = policy({
    name: 'other',
    machines: [entry({ fields: { dnsName: ['elsewhere.contoso.com'] } })],
  })
  expect(needOf([also], configuration(), NOW, { wholeTenant: false }).dnsNames).toStrictEqual([
    'elsewhere.contoso.com',
  ])
  expect(claimsOn([also, FULL], [MACHINE], at('2026-11-22')).get(MACHINE.id)).toHaveLength(1)
})
