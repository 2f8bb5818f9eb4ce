import { expect, test } from 'vitest'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'
import { linesOf, planOf, saidIn } from '../../support/plan-of.ts'

const BY_TAG = entry({ fields: { tag: ['INC-1'] } })
const OTHER_PLACE = { file: 'policies/b.yaml', line: 7, column: 3 }
const FLEET = { machines: [machine({ machineTags: ['INC-1'] })] }
const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function named(name: string, over: Partial<Policy>): Policy {
  return policy({ name, ...over })
}

interface Row {
  readonly policies: readonly Policy[]
  readonly lines: readonly string[]
  readonly said?: readonly string[]
}

const run = (script: string) => [
  {
    name: 'triage',
    commands: [{ type: 'RunScript' as const, script }],
    place: PLACE,
    since: at('2026-11-20'),
  },
]

test.each(
  Object.entries({
    'different strengths join to the stronger, with an info': {
      policies: [named('a', { state: isolated('selective') }), named('b', { state: isolated('full') })],
      lines: ['m1/isolated impose none->full (not-isolated)'],
      said: ['info joined-to-stronger'],
    },
    'the same in the other order': {
      policies: [named('a', { state: isolated('full') }), named('b', { state: isolated('selective') })],
      lines: ['m1/isolated impose none->full (not-isolated)'],
      said: ['info joined-to-stronger'],
    },
    'equal wishes join without a word': {
      policies: [named('a', {}), named('b', {})],
      lines: ['m1/isolated impose none->full (not-isolated)'],
    },
    'unmanaged joins with nothing': {
      policies: [named('a', { state: isolated('unmanaged') }), named('b', { state: isolated('full') })],
      lines: ['! m1/isolated conflicting-policies'],
      said: ['error conflicting-policies'],
    },
    'false against a hold is an error where both name the machine': {
      policies: [named('a', { state: isolated('none') }), named('b', {})],
      lines: ['! m1/isolated conflicting-policies'],
      said: ['error conflicting-policies'],
    },
    'false against a hold blocks that address alone where a selector reached it': {
      policies: [
        named('a', {
          state: { ...isolated('none'), restricted: placed('restricted' as const) },
          machines: [BY_TAG],
        }),
        named('b', {}),
      ],
      lines: ['m1/restricted impose none->restricted (not-restricted)', '! m1/isolated conflicting-policies'],
    },
    'of three, the two that name the machine make it an error': {
      policies: [
        named('a', { state: isolated('none'), machines: [BY_TAG] }),
        named('b', {}),
        named('c', { state: isolated('none') }),
      ],
      lines: ['! m1/isolated conflicting-policies'],
      said: ['error conflicting-policies'],
    },
    'the stronger scan wins, the later since and the shorter within must hold': {
      policies: [
        named('a', {
          state: {
            scanned: placed({ scan: 'quick' as const, since: at('2026-11-21'), within: lasting('7d') }),
          },
        }),
        named('b', {
          state: {
            scanned: placed({ scan: 'full' as const, since: at('2026-11-20'), within: lasting('2d') }),
          },
        }),
      ],
      lines: ['m1/scanned run never->full since 2026-11-21 within 2d (not-run)'],
    },
    'collections join as well': {
      policies: [
        named('a', { state: { collected: placed({ since: at('2026-11-20') }) } }),
        named('b', { state: { collected: placed({ within: lasting('7d') }) } }),
      ],
      lines: ['m1/collected run never->collected since 2026-11-20 within 7d (not-run)'],
    },
    'the same live response of two policies is one': {
      policies: [
        named('a', { state: { liveResponse: run('a.ps1') } }),
        named('b', { state: { liveResponse: run('a.ps1') } }),
      ],
      lines: ['! m1/liveResponse/triage not-allowed'],
    },
    'one name with different commands is a conflict': {
      policies: [
        named('a', { state: { liveResponse: run('a.ps1') } }),
        named('b', { state: { liveResponse: run('b.ps1') } }),
      ],
      lines: ['! m1/liveResponse/triage conflicting-policies'],
      said: ['error conflicting-policies'],
    },
    'the same file of two policies is quarantined once': {
      policies: ['a', 'b'].map(name =>
        named(name, { state: { quarantined: [{ sha1: SHA1, place: PLACE }] } }),
      ),
      lines: [`! m1/quarantined/${SHA1} not-allowed`],
    },
    'an expired policy makes no conflict': {
      policies: [
        named('a', { state: isolated('none'), expires: at('2026-11-22T18:00:00Z') }),
        named('b', {}),
      ],
      lines: ['m1/isolated impose none->full (not-isolated)'],
    },
  } satisfies Record<string, Row>),
)('%s', (_rule, row: Row) => {
  const plan = planOf({ policies: row.policies, observed: FLEET })
  expect({ lines: linesOf(plan), said: saidIn(plan) }).toStrictEqual({
    lines: row.lines,
    said: row.said ?? [],
  })
  expect(JSON.stringify(planOf({ policies: [...row.policies].reverse(), observed: FLEET }))).toBe(
    JSON.stringify(plan),
  )
})

test('a conflict names both places', () => {
  const plan = planOf({
    policies: [
      named('a', { state: isolated('none') }),
      named('b', { state: { isolated: placed('full' as const, OTHER_PLACE) } }),
    ],
  })
  expect(plan.blocked[0]?.message).toContain('a (policies/a.yaml:1:1) and b (policies/b.yaml:7:3)')
})

test('--keep-going turns a conflict into a blocked item alone', () => {
  const plan = planOf({
    policies: [named('a', { state: isolated('none') }), named('b', {})],
    options: { keepGoing: true },
  })
  expect({ errored: plan.errored, blocked: plan.blocked.length }).toStrictEqual({
    errored: false,
    blocked: 1,
  })
})

test.each([
  ['the strongest policy', isolated('selective'), isolated('full'), 'b'],
  ['then the first by name', isolated('full'), isolated('full'), 'a'],
  [
    'the strongest scan',
    { scanned: placed({ scan: 'quick' as const, since: at('2026-11-20') }) },
    { scanned: placed({ scan: 'full' as const, since: at('2026-11-20') }) },
    'b',
  ],
])('%s gives a change its policy', (_rule, a, b, name) => {
  const plan = planOf({ policies: [named('b', { state: b }), named('a', { state: a })] })
  expect(plan.changes[0]?.policy?.name).toBe(name)
})

test('two machines of two policies stay apart', () => {
  const plan = planOf({
    policies: [named('a', {}), named('b', { machines: [entry({ fields: { id: [machineId(2)] } })] })],
    observed: { machines: [machine(), machine({ id: machineId(2), computerDnsName: 'b.contoso.com' })] },
  })
  expect(plan.changes.map(change => change.policy?.name)).toStrictEqual(['a', 'b'])
})
