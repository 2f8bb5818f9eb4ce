import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { type Explanation, explainMachine } from '../../../src/analysis/explain/explain.ts'
import { assemblePlan } from '../../../src/plan/assemble/assemble-plan.ts'
import { examinePosture } from '../../../src/plan/assemble/create-plan.ts'
import { EXPLANATION_FORMATS } from '../../../src/report/explanation-formats.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { anyHistory, anyMachines, anyPolicies } from '../../support/arbitrary-core.ts'
import { hostileText } from '../../support/arbitrary-plan.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
} from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'
import { seededRuns } from '../../support/seeded-runs.ts'

const RUNS = seededRuns('render explanation', 60)

const STYLE = { color: false, width: 400 }
const OWN = { requestorComment: ownComment(), creationDateTimeUtc: at('2026-11-20T12:00:00Z') }

function explain(given: Given, record = machine()): Explanation {
  const findings = examinePosture(inputOf(given))
  return explainMachine(findings, assemblePlan(findings), record)
}

test('the whole chain of reasons in one block per facet', () => {
  const place = { file: 'policies/a.yaml', line: 12, column: 3 }
  const lead = policy({
    ...{ owner: 'soc', ticket: 'T-1', expires: at('2026-12-01') },
    state: { isolated: placed('none', place), scanned: placed({ scan: 'quick', since: at('2026-11-20') }) },
    liftAfter: ['scanned'],
  })
  const text = EXPLANATION_FORMATS.human(
    explain({ policies: [lead], observed: { actions: [action(OWN)] } }),
    STYLE,
  )
  expect(text).toMatchInlineSnapshot(`
    "fin-ws-001.contoso.com
      id         0000000000000000000000000000000000000001
      system     Windows11
      health     Active
      last seen  2026-11-22 17:00Z
      read       2026-11-22 18:00Z from https://api.security.microsoft.com, history since 2026-05-26 18:00Z
      plan       sha256:c8c1230db6dbff888e3bf3147f7adceb01eb6562674c698c6efa379c802ab6df, applyable

    isolated: full
      declared    none by contain policies/a.yaml:12, matched by line 1, until 2026-12-01, reason: INC-1, owner soc, ticket T-1
      holds       full
      until       2026-11-27 12:00Z
      confidence  decided by an action
      action      decides: Isolate (full) Succeeded, created 2026-11-20 12:00Z, ended 2026-11-20 12:00Z, by Holdfast, policy contain, 00000000-0000-4000-8000-000000000001
      plan        lift: full -> none (declared-released)
      sends       Unisolate
      waits for   0000000000000000000000000000000000000001/scanned
      warning     scan-proves-acceptance-only: a Succeeded scan says that the device accepted it, not that it found nothing; look at its alerts before you rely on the release.
      drift       missing, Holdfast, 2026-11-20 12:00Z
      outlook     \`holdfast apply\` sends it once 0000000000000000000000000000000000000001/scanned has succeeded.
      outlook     From 2026-12-01T00:00:00Z on the policy contain declares nothing, and its own hold is lifted unless another policy declares it.

    restricted: none
      declared    by no policy
      holds       none
      confidence  assumed: no action about it since 2026-05-26 18:00Z, and the service forgets what was before
      plan        nothing: no live policy speaks of it
      outlook     A policy that declares restricted would change it.

    scanned: never
      declared    quick since 2026-11-20 by contain policies/a.yaml:1, matched by line 1, until 2026-12-01, reason: INC-1, owner soc, ticket T-1
      holds       never
      confidence  assumed: no action about it since 2026-05-26 18:00Z, and the service forgets what was before
      plan        run: never -> quick since 2026-11-20T12:00:00Z (not-run)
      sends       RunAntiVirusScan
      drift       missing
      outlook     \`holdfast apply\` sends it.
      outlook     From 2026-12-01T00:00:00Z on the policy contain declares nothing.
    "
  `)
})

test.each<readonly [string, Given, readonly string[]]>([
  [
    'a block',
    {
      policies: [policy({ state: isolated('none') })],
      observed: { actions: [action({ requestSource: 'Portal' })] },
    },
    ['blocked, would be lift', 'held-by-other: '],
  ],
  [
    'policies that contradict each other would do nothing',
    { policies: [policy(), policy({ name: 'free', state: isolated('none') })] },
    ['plan        blocked\n', 'stopped by  conflicting-policies: '],
  ],
  [
    'an awaited action',
    { observed: { actions: [action({ ...OWN, status: 'Pending' })] } },
    [`awaits ${actionId(1)}, sends nothing`, 'in flight: Isolate (full) Pending', 'last heard of'],
  ],
  [
    'an uncertain hold that is stronger than declared',
    {
      policies: [policy({ state: isolated('selective') })],
      observed: {
        actions: [action(OWN), action({ id: actionId(2), type: 'Unisolate', status: 'Failed' })],
      },
    },
    [
      'uncertain: a later action may have taken effect in part',
      'changed nothing for sure: Unisolate Failed',
      'stronger-than-declared: ',
      'nothing: it is as declared',
    ],
  ],
  [
    'an expired policy that only reports',
    {
      policies: [policy({ expires: at('2026-11-22'), onExpiry: 'report' })],
      observed: { actions: [action(OWN)] },
    },
    ['expired 2026-11-22', 'nothing: no live policy speaks of it', 'drift       expired, Holdfast'],
  ],
  [
    'a machine that two entries reach',
    {
      policies: [
        policy({ machines: [entry(), entry({ place: { file: 'policies/a.yaml', line: 9, column: 5 } })] }),
      ],
    },
    ['policies/a.yaml:1, matched by lines 1 and 9, reason'],
  ],
  [
    'a joined policy',
    { policies: [policy(), policy({ name: 'weak', state: isolated('selective') })] },
    ['selective by weak policies/a.yaml:1, matched by line 1, joined'],
  ],
  ['another time', { options: { asOf: at('2026-11-01') } }, ['as of', 'not applyable']],
])('%s is told', (_rule, given, says) => {
  const text = EXPLANATION_FORMATS.human(explain(given), STYLE)
  for (const each of says) expect(text).toContain(each)
})

test('what is assumed of a machine that is younger than the look-back, and without a name or a report', () => {
  const young = machine({ firstSeen: at('2026-11-01'), computerDnsName: null, lastSeen: null })
  const text = EXPLANATION_FORMATS.human(explain({ policies: [] }, young), STYLE)
  expect(text).toContain('assumed: no action about it since the machine was first seen')
  expect(text).toMatch(/^0{39}1\n/)
  expect(text).not.toContain('last seen')
  expect(EXPLANATION_FORMATS.markdown(explain({ policies: [] }, young), STYLE)).toMatch(/#### 0{39}1\n/)
})

test('Markdown has a table per facet and shows nothing of a hostile name as markup', () => {
  const text = EXPLANATION_FORMATS.markdown(explain({}, machine({ computerDnsName: '<b>a</b>|@all' })), STYLE)
  expect(text).toContain('#### isolated: none')
  expect(text).toContain(
    '| plan | impose: none -&#62; full &#40;not&#45;isolated&#41; |'.replace('&#45;', '-'),
  )
  expect(text).not.toContain('<b>')
  expect(text).not.toContain('@all')
})

test('hostile names and comments stay inert, and lines stay within the terminal', () => {
  const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
  fc.assert(
    fc.property(anyPolicies, anyMachines, anyHistory, hostileText, (policies, machines, actions, hostile) => {
      const record = machine({ ...machines[0], computerDnsName: hostile })
      const told = actions.map(one => ({ ...one, requestor: hostile, requestSource: 'Portal' }))
      const declared = policies.map(one => ({ ...one, reason: hostile }))
      const all = [record, ...machines.slice(1)]
      const explanation = explain(
        { policies: declared, observed: { machines: all, actions: told }, options: { keepGoing: true } },
        record,
      )
      const human = EXPLANATION_FORMATS.human(explanation, { color: false, width: 80 })
      const markdown = EXPLANATION_FORMATS.markdown(explanation, STYLE)
      expect(human).not.toMatch(unsafe)
      expect(Math.max(...human.split('\n').map(line => stringWidth(line)))).toBeLessThanOrEqual(80)
      expect(markdown).not.toMatch(unsafe)
      expect(markdown.length).toBeLessThan(60_000)
      expect(JSON.parse(EXPLANATION_FORMATS.json(explanation, STYLE))).toStrictEqual(explanation)
    }),
    RUNS,
  )
})

describe('a hold that ended', () => {
  const DAY = 86_400_000
  const held = (ago: number) =>
    action({ requestorComment: ownComment(), creationDateTimeUtc: addMs(NOW, -ago * DAY) })

  test('by itself is told as lapsed, with the time at which it ended', () => {
    const text = EXPLANATION_FORMATS.human(explain({ observed: { actions: [held(8)] } }), STYLE)
    expect(text).toContain('lapsed: the service keeps an isolation for a time only')
    expect(text).toMatch(/ended +2026-11-2\d \d\d:\d\dZ/)
  })

  test('by the word of its device is told as lost', () => {
    const evidence = [{ machineId: machineId(1), at: addMs(NOW, -3_600_000), isolated: false }]
    const text = EXPLANATION_FORMATS.human(explain({ observed: { actions: [held(2)], evidence } }), STYLE)
    expect(text).toContain('lost: the device reports that it is not isolated')
  })
})
