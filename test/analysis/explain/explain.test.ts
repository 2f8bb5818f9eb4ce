import { describe, expect, test } from 'vitest'
import {
  type ExplainedFacet,
  type Explanation,
  explainMachine,
} from '../../../src/analysis/explain/explain.ts'
import { assemblePlan } from '../../../src/plan/assemble/assemble-plan.ts'
import { examinePosture } from '../../../src/plan/assemble/create-plan.ts'
import type { Observation } from '../../../src/plan/select/observation.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { addMs } from '../../../src/schema/instant.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'

const OWN = { requestorComment: ownComment() }
const PORTAL = { requestSource: 'Portal', requestor: 'anna@contoso.com' }
const own = action({ ...OWN, creationDateTimeUtc: at('2026-11-20T12:00:00Z') })

function explain(given: Given = {}, record = machine()): Explanation {
  const findings = examinePosture(inputOf(given))
  return explainMachine(findings, assemblePlan(findings), record)
}

function facetOf(name: string, given: Given = {}): ExplainedFacet {
  const found = explain(given).facets.find(({ facet }) => facet === name)
  if (found === undefined) throw new Error(`${name} is not explained`)
  return found
}

const doing = (...actions: readonly Partial<MachineAction>[]): Partial<Observation> => ({
  actions: actions.map((one, index) => action({ id: actionId(index + 1), ...one })),
})

const hours = (ago: number): Pick<MachineAction, 'creationDateTimeUtc'> => ({
  creationDateTimeUtc: at(`2026-11-22T${String(18 - ago).padStart(2, '0')}:00:00Z`),
})

test.each<readonly [string, Partial<MachineAction>[], string, readonly string[]]>([
  ['the latest success decides', [hours(3)], 'decided', ['decides']],
  [
    'an earlier impose holds beneath it',
    [hours(3), { ...OWN, ...hours(2) }],
    'decided',
    ['beneath', 'decides'],
  ],
  [
    'what a lift ended is superseded',
    [hours(3), { type: 'Unisolate', ...hours(2) }, hours(1)],
    'decided',
    ['superseded', 'superseded', 'decides'],
  ],
  [
    'a later Failed makes it uncertain',
    [hours(3), { type: 'Unisolate', status: 'Failed', ...hours(2) }],
    'uncertain',
    ['decides', 'ended-later'],
  ],
  [
    'a later TimeOut changes nothing',
    [hours(3), { type: 'Unisolate', status: 'TimeOut', ...hours(2) }],
    'decided',
    ['decides', 'ended-later'],
  ],
  ['what is in flight is told', [{ status: 'Pending', ...hours(1) }], 'assumed', ['in-flight']],
  ['without an action it is assumed', [], 'assumed', []],
])('a hold: %s', (_rule, actions, confidence, effects) => {
  const facet = facetOf('isolated', { observed: doing(...actions) })
  expect([facet.confidence, facet.actions.map(({ effect }) => effect)]).toStrictEqual([confidence, effects])
})

test('an action says what, when, who, and under which policy', () => {
  expect(facetOf('isolated', { observed: { actions: [own] } }).actions).toStrictEqual([
    {
      ...{ class: 'own', requestor: 'Other App', policy: 'contain', actionId: actionId(1) },
      ...{ at: '2026-11-20T12:00:00Z', createdAt: '2026-11-20T12:00:00Z' },
      ...{ type: 'Isolate', scope: 'Full', status: 'Succeeded', effect: 'decides' },
    },
  ])
})

test('every policy that takes part is named with its line, the leading one first', () => {
  const place = { file: 'policies/z.yaml', line: 12, column: 13 }
  const strong = policy({
    name: 'z',
    owner: 'soc',
    ticket: 'T-1',
    machines: [
      entry(),
      entry({ fields: { tag: ['nobody'] }, place: { ...place, line: 5 } }),
      entry({ fields: { osPlatform: ['Windows11'] }, place: { ...place, line: 9 } }),
    ],
    state: { isolated: placed('full', place) },
  })
  const weak = policy({ name: 'a', state: isolated('selective'), expires: at('2026-12-01') })
  const other = policy({ name: 'b', state: { restricted: placed('restricted') } })
  const { declared } = facetOf('isolated', { policies: [weak, strong, other] })
  expect(declared).toStrictEqual([
    {
      ...{ name: 'z', file: 'policies/z.yaml', line: 12, column: 13, wants: 'full', reason: 'INC-1' },
      ...{ owner: 'soc', ticket: 'T-1', expired: false, onExpiry: 'lift', leads: true, matchedBy: [1, 9] },
    },
    {
      ...{ name: 'a', file: 'policies/a.yaml', line: 1, column: 1, wants: 'selective', reason: 'INC-1' },
      ...{ owner: null, ticket: null, expired: false, onExpiry: 'lift', leads: false, matchedBy: [1] },
      expires: '2026-12-01T00:00:00Z',
    },
  ])
})

const SCAN = { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) }
const SCANNED = { type: 'RunAntiVirusScan', scope: 'Full', ...hours(2) } as const
const EXPIRY = { expires: at('2026-12-01') }
const EXPIRED = { expires: at('2026-11-22') }

describe('the verdict is that of the plan, and the outlook says what would change it', () => {
  test.each<readonly [string, string, Given, string, readonly string[]]>([
    ['a change', 'isolated', {}, 'change', ['`holdfast apply` sends it.']],
    [
      'a lift that waits for a scan',
      'isolated',
      {
        policies: [policy({ state: { ...isolated('none'), ...SCAN }, liftAfter: ['scanned'] })],
        observed: { actions: [own] },
      },
      'change',
      ['`holdfast apply` sends it once 0000000000000000000000000000000000000001/scanned has succeeded.'],
    ],
    [
      'a block',
      'isolated',
      { policies: [policy({ state: isolated('none') })], observed: doing(PORTAL) },
      'blocked',
      ['Talk to them, then `--reassert ADDR --reason TEXT`, `reassert: true`, or change the declaration.'],
    ],
    [
      'a lift that a guard stops',
      'isolated',
      {
        policies: [policy({ state: isolated('none') })],
        observed: { actions: [own] },
        configuration: { guards: { maxLifts: 0 } },
      },
      'blocked',
      ['Narrow the plan with `--target`, raise the limit, or override `maxLifts` with a reason.'],
    ],
    [
      'what is in flight',
      'isolated',
      { observed: doing({ ...OWN, status: 'Pending' }) },
      'in-flight',
      ['When what is in flight ends Succeeded nothing is left to do; with another end it is planned anew.'],
    ],
    [
      'a declared hold that holds',
      'isolated',
      { policies: [policy(EXPIRY)], observed: { actions: [own] } },
      'unchanged',
      [
        '`isolated: false` releases it; taking it out of the policy does not.',
        'From 2026-12-01T00:00:00Z on the policy contain declares nothing, and its own hold is lifted unless another policy declares it.',
      ],
    ],
    [
      'a declared release that holds',
      'isolated',
      { policies: [policy({ state: isolated('none'), ...EXPIRY, onExpiry: 'report' })] },
      'unchanged',
      [
        'Another value of isolated in a policy would change it, or somebody who imposes a hold by hand.',
        'From 2026-12-01T00:00:00Z on the policy contain declares nothing, and its own hold is only reported unless another policy declares it.',
      ],
    ],
    ['a free facet', 'restricted', {}, 'unchanged', ['A policy that declares restricted would change it.']],
    [
      'an orphaned hold',
      'isolated',
      { policies: [], observed: { actions: [own] } },
      'unchanged',
      ['`holdfast plan --prune` lifts it; a policy that declares it keeps it.'],
    ],
    [
      'an undeclared hold of somebody',
      'isolated',
      { policies: [], observed: doing(PORTAL) },
      'unchanged',
      ['Nothing touches it. A policy with `isolated: false` and `reassert: true` would lift it.'],
    ],
    [
      'an expired hold that is only reported',
      'isolated',
      { policies: [policy({ ...EXPIRED, onExpiry: 'report' })], observed: { actions: [own] } },
      'unchanged',
      [],
    ],
    [
      'an uncertain hold',
      'isolated',
      { observed: doing({ ...OWN, ...hours(3) }, { type: 'Unisolate', status: 'Failed', ...hours(2) }) },
      'unchanged',
      [
        '`isolated: false` releases it; taking it out of the policy does not.',
        'Look at the machine; declaring the facet `false` sends a release to be sure.',
      ],
    ],
    [
      'a satisfied run',
      'scanned',
      { policies: [policy({ state: SCAN, ...EXPIRY })], observed: doing(SCANNED) },
      'unchanged',
      [
        'A `since` later than the latest run, or a `within` that has gone by, runs it again.',
        'From 2026-12-01T00:00:00Z on the policy contain declares nothing.',
      ],
    ],
  ])('%s', (_rule, facet, given, kind, outlook) => {
    const explained = facetOf(facet, given)
    expect([explained.verdict.kind, explained.outlook]).toStrictEqual([kind, outlook])
  })
})

test('a change names its operations, its requests and the reason in the order in which they are sent', () => {
  expect(facetOf('isolated').verdict).toMatchObject({
    ...{ operations: ['impose'], requests: ['Isolate'], before: 'none', after: 'full' },
    reason: 'not-isolated',
  })
})

test.each<readonly [string, Partial<MachineAction>, string, readonly string[]]>([
  ['the latest success decides', SCANNED, 'decided', ['decides']],
  ['a later failure changes nothing', { ...SCANNED, status: 'Failed' }, 'assumed', ['ended-later']],
  ['what is in flight is told', { ...SCANNED, status: 'Pending' }, 'assumed', ['in-flight']],
])('a run: %s', (_rule, done, confidence, effects) => {
  const given = { policies: [policy({ state: SCAN })], observed: doing(done) }
  const facet = facetOf('scanned', given)
  expect([facet.confidence, facet.actions.map(({ effect }) => effect)]).toStrictEqual([confidence, effects])
})

test('the holds come first, the runs after them by address', () => {
  const state = { ...SCAN, collected: placed({ within: lasting('7d') }) }
  expect(explain({ policies: [policy({ state })] }).facets.map(({ facet }) => facet)).toStrictEqual([
    'isolated',
    'restricted',
    'collected',
    'scanned',
  ])
})

test('the past is explained from the history as it was then', () => {
  const options = { asOf: at('2026-11-20T11:00:00Z') }
  const then = explain({ observed: { actions: [own] }, options })
  expect([then.asOf, then.facets[0]?.holds, then.facets[0]?.actions]).toStrictEqual([
    '2026-11-20T11:00:00Z',
    'none',
    [],
  ])
})

test('what stops the whole plan is named: failed guards and errors', () => {
  const diagnostics = [{ severity: 'error' as const, code: 'clock-skew', message: 'too far apart.' }]
  const { plan } = explain({ configuration: { guards: { maxMachines: 0 } }, diagnostics })
  expect([plan.applyable, plan.obstacles.length, plan.obstacles[1]]).toStrictEqual([
    false,
    2,
    'clock-skew: too far apart.',
  ])
})

test.each([
  ['2025-01-01', false],
  ['2026-11-01', true],
])('a machine first seen %s: the look-back is its whole life is %s', (firstSeen, whole) => {
  expect(explain({}, machine({ firstSeen: at(firstSeen) })).wholeLife).toBe(whole)
  expect(explain({}, machine({ firstSeen: null })).wholeLife).toBe(false)
})

test.each([
  ['ended by itself', 8, [], 'lapsed'],
  [
    'is denied by its device',
    2,
    [{ machineId: machineId(1), at: addMs(NOW, -3_600_000), isolated: false }],
    'lost',
  ],
] as const)('a hold that %s is no decision that holds', (_what, daysAgo, evidence, confidence) => {
  const held = action({ ...OWN, creationDateTimeUtc: addMs(NOW, -daysAgo * 86_400_000) })
  expect(facetOf('isolated', { observed: { actions: [held], evidence } }).confidence).toBe(confidence)
})
