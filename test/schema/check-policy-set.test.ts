import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPolicySet } from '../../src/schema/check-policy-set.ts'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { quoteSources } from '../../src/schema/indexed-text.ts'
import { defaultConfiguration } from '../../src/schema/parse-configuration.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { type PolicyParts, policyText } from './policy-text.ts'

const RUNS = seededRuns('check policy set', 100)

const defaults = defaultConfiguration()

function policiesOf(
  path: string,
  ...parts: readonly PolicyParts[]
): ReturnType<typeof parsePolicyFile>['policies'] {
  return parsePolicyFile({ path, text: parts.map(policyText).join('\n---\n') }).policies
}

function told({ code, place }: Diagnostic): string {
  return `${place?.file}:${place?.line}:${place?.column} ${code}`
}

describe('a name', () => {
  const set = [
    ...policiesOf('b.yaml', { policy: 'policy: same' }),
    ...policiesOf(
      'a.yaml',
      { policy: 'policy: other' },
      { policy: 'policy: same' },
      { policy: 'policy: same' },
    ),
  ]

  test('that is taken is an error at every later place, and names the first', () => {
    const diagnostics = checkPolicySet(set, defaults)
    expect(diagnostics.map(told)).toStrictEqual([
      'a.yaml:14:1 duplicate-policy',
      'b.yaml:2:1 duplicate-policy',
    ])
    expect(diagnostics[1]).toStrictEqual({
      severity: 'error',
      code: 'duplicate-policy',
      message:
        'the policy `same` is declared in a.yaml:8 already: names are unique in the whole set, rename one',
      place: { file: 'b.yaml', line: 2, column: 1 },
      related: [{ message: '`same` is declared here first', place: { file: 'a.yaml', line: 8, column: 1 } }],
    })
  })

  test('is judged the same in whatever order the files are read', () => {
    const want = checkPolicySet(set, defaults)
    fc.assert(
      fc.property(fc.shuffledSubarray(set, { minLength: set.length }), shuffled => {
        expect(checkPolicySet(shuffled, defaults)).toStrictEqual(want)
      }),
      RUNS,
    )
  })

  test('that two documents on one line share is told by column', () => {
    const [policy] = policiesOf('a.yaml', {})
    if (policy === undefined) throw new Error('no policy')
    const later = { ...policy, place: { ...policy.place, column: 9 } }
    expect(checkPolicySet([later, policy], defaults).map(told)).toStrictEqual(['a.yaml:2:9 duplicate-policy'])
  })
})

describe('a freshness', () => {
  const history = { lookback: { text: '30d', ms: 30 * 86_400_000 } }
  const state = (within: string): string =>
    `state:\n  scanned: { within: ${within} }\n  collected: { within: ${within} }\n  liveResponse:\n    - { name: a, within: ${within}, commands: [{ type: GetFile, path: x }] }`

  test('that reaches beyond the look-back is an error at its facet', () => {
    const diagnostics = checkPolicySet(policiesOf('a.yaml', { state: state('31d') }), {
      ...defaults,
      history,
    })
    expect(diagnostics.map(told)).toStrictEqual([
      'a.yaml:6:3 within-exceeds-lookback',
      'a.yaml:7:3 within-exceeds-lookback',
      'a.yaml:9:7 within-exceeds-lookback',
    ])
    expect(diagnostics[0]?.message).toBe(
      '`within: 31d` reaches further back than the history that is read (`history.lookback: 30d`): shorten it, or raise the look-back',
    )
  })

  test('of the look-back itself is none', () => {
    expect(
      checkPolicySet(policiesOf('a.yaml', { state: state('30d') }), { ...defaults, history }),
    ).toStrictEqual([])
  })

  test('since a fixed time is not judged here, nor are holds', () => {
    expect(
      checkPolicySet(
        policiesOf('a.yaml', { state: 'state: { isolated: full, scanned: { since: 2001-01-01 } }' }),
        {
          ...defaults,
          history,
        },
      ),
    ).toStrictEqual([])
  })
})

test('offboarding without leave is the planner’s to block', () => {
  const set = policiesOf('a.yaml', {
    machines: 'machines: [{ id: a1 }]',
    state: 'state: { offboarded: true }',
  })
  expect(checkPolicySet(set, defaults)).toStrictEqual([])
})

test('source lines are added from the files', () => {
  const text = `${policyText()}\n---\n${policyText()}`
  const { policies } = parsePolicyFile({ path: 'a.yaml', text })
  expect(quoteSources(checkPolicySet(policies, defaults), [{ path: 'a.yaml', text }])).toMatchObject([
    { sourceLine: 'policy: p', length: 1, place: { line: 8 } },
  ])
})
