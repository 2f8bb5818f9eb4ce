import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inRepository, placeOfDeclaration } from '../../../src/report/checks/check.ts'
import { driftChecks } from '../../../src/report/checks/drift-checks.ts'
import { escapeXml, renderJunit } from '../../../src/report/checks/junit.ts'
import { planChecks } from '../../../src/report/checks/plan-checks.ts'
import { resultChecks } from '../../../src/report/checks/result-checks.ts'
import { renderSarif } from '../../../src/report/checks/sarif.ts'
import { driftDocument } from '../../../src/report/documents/drift-document.ts'
import { arbitraryPlan, arbitraryResult, hostileText } from '../../support/arbitrary-plan.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { blocked, drift, drifted, FINANCE, FULL, machine, plan } from '../sample-plan.ts'
import { outcome, result } from '../sample-result.ts'
import { readSarif } from './sarif-shape.ts'
import { xmlFaults } from './well-formed-xml.ts'

const RUNS = seededRuns('pipeline formats', 100)

const anyReport = fc.oneof(
  arbitraryPlan.map(planChecks),
  arbitraryPlan.map(made => driftChecks(driftDocument(made, null))),
  fc
    .tuple(arbitraryResult, fc.option(arbitraryPlan, { nil: null }))
    .map(([ended, made]) => resultChecks(ended, made)),
)

test('JUnit is well-formed whatever the texts hold, prints nothing hidden, and counts what it holds', () => {
  fc.assert(
    fc.property(anyReport, report => {
      const xml = renderJunit(report)
      expect(xmlFaults(xml)).toStrictEqual([])
      for (const [state, element] of [
        ['failed', 'failure'],
        ['errored', 'error'],
        ['skipped', 'skipped'],
      ] as const) {
        const count = report.checks.filter(check => check.state === state).length
        expect(xml.match(new RegExp(`<${element} `, 'g')) ?? []).toHaveLength(count)
      }
      expect(xml.match(/<testcase /g)).toHaveLength(report.checks.length)
    }),
    RUNS,
  )
})

test('SARIF has the shape that it must have, whatever the texts hold', () => {
  fc.assert(
    fc.property(anyReport, report => {
      expect(readSarif(renderSarif(report)).faults).toStrictEqual([])
    }),
    RUNS,
  )
})

test('the checks of both find what they are there to find', () => {
  const xml = renderJunit(planChecks(plan()))
  for (const forced of ['<b>', '</b>', '&', '<b a="1" a="2"/>', '\u0001', '\ud800', '\ufffe', '<B/>'])
    expect(xmlFaults(xml.replace('  <testsuite', `${forced}  <testsuite`)), forced).not.toStrictEqual([])
  const sarif = renderSarif(planChecks(plan({ blocked: [blocked(1)] })))
  for (const [from, to] of [
    ['2.1.0",\n  "runs', '2.0.0",\n  "runs'],
    ['"startLine": 12', '"startLine": 0'],
    ['"ruleIndex": 0', '"ruleIndex": 1'],
    ['policies/contain', 'file:///policies contain'],
    ['"level": "error"', '"level": "fatal"'],
    ['isolated it', '[isolated](it)'],
  ] as const) {
    expect(sarif).toContain(from)
    expect(readSarif(sarif.replace(from, to)).faults, to).not.toStrictEqual([])
  }
})

test.each([
  [['policies/a.yaml', 'emea/holdfast.yaml'], 'emea/holdfast.yaml'],
  [['policies/b.yaml', 'policies/a.yaml', ''], 'policies/a.yaml'],
  [[], 'holdfast.yaml'],
])('of %j, what has no place is told at %s', (files, file) => {
  expect(placeOfDeclaration(files)).toStrictEqual({ file, line: 1, column: 1 })
})

test('no text keeps a character that XML cannot hold', () => {
  fc.assert(
    fc.property(hostileText, text => {
      expect(xmlFaults(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)).toStrictEqual([])
    }),
    RUNS,
  )
  expect(escapeXml('a\u0000\ufffe\uffff<"\'&>')).toBe('a\\u{0}\\u{fffe}\\u{ffff}&lt;&quot;&apos;&amp;&gt;')
})

describe('drift', () => {
  test('in JUnit: a finding fails with what to do, what is due is skipped', () => {
    const items = [
      drift(1, { kind: 'reverted', expected: 'full', actual: 'none', policy: FINANCE }),
      drift(2, { kind: 'due' }),
    ]
    expect(renderJunit(driftChecks(drifted({ drift: items })))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="holdfast drift" tests="2" failures="1" errors="0" skipped="1" time="0">
  <testsuite name="holdfast drift" tests="2" failures="1" errors="0" skipped="1" time="0" timestamp="2026-11-22T18:03:12">
    <testcase classname="holdfast.drift.drift.reverted" name="fin-ws-1.contoso.com isolated (policies/contain-finance.yaml:12)" time="0">
      <failure message="done by us and reversed by somebody else: expected full, is none, by analyst alice@contoso.com, 2026-11-21 10:02Z. What to do: ask who reversed it; then change the policy, or \`holdfast apply --reassert ${machine(1).id}/isolated --reason TEXT\` does it again." type="drift/reverted">ask who reversed it; then change the policy, or \`holdfast apply --reassert ADDR --reason TEXT\` does it again.</failure>
    </testcase>
    <testcase classname="holdfast.drift.drift.due" name="fin-ws-2.contoso.com isolated" time="0">
      <skipped message="done before, and no longer fresh by time alone: expected none, is full, by analyst alice@contoso.com, 2026-11-21 10:02Z. What to do: \`holdfast apply\` runs it again."/>
    </testcase>
  </testsuite>
</testsuites>
`)
  })

  test('in SARIF: a finding stands at its policy, with an id that stays', () => {
    const made = drifted({
      drift: [
        drift(1, { kind: 'reverted', policy: FINANCE }),
        drift(2, { actor: null }),
        drift(3, { kind: 'due' }),
      ],
    })
    const [run] = readSarif(renderSarif(driftChecks(made))).document.runs
    expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toStrictEqual([
      ['drift/reverted', 'error'],
      ['drift/orphaned', 'warning'],
    ])
    const [first, second] = run.results
    expect(first?.locations?.[0]?.physicalLocation).toStrictEqual({
      artifactLocation: { uri: 'policies/contain-finance.yaml' },
      region: { startLine: 12, startColumn: 3 },
    })
    expect(first?.partialFingerprints).toStrictEqual({ 'holdfast/v1': made.drift[0]?.id })
    expect(second?.locations).toStrictEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'holdfast.yaml' },
          region: { startLine: 1, startColumn: 1 },
        },
        logicalLocations: [
          {
            name: 'fin-ws-2.contoso.com isolated',
            fullyQualifiedName: `${machine(2).id}/isolated`,
            kind: 'resource',
          },
        ],
      },
    ])
  })

  test('that is none passes with the number of machines that were read; due alone too', () => {
    for (const made of [drifted(), drifted({ drift: [drift(1, { kind: 'due' })] })])
      expect(renderJunit(driftChecks(made))).toContain(
        '<system-out>No drift. 1214 machines match the declaration (read 2026-11-22T18:03:11Z).',
      )
  })

  test('of an incomplete read is an error, and no run that succeeded', () => {
    const report = driftChecks(drifted({ complete: false }))
    expect(renderJunit(report)).toContain('errors="1"')
    expect(readSarif(renderSarif(report)).document.runs[0].invocations[0].executionSuccessful).toBe(false)
  })
})

describe('a plan', () => {
  const made = plan({
    changes: [FULL],
    blocked: [
      blocked(2),
      blocked(3, { code: 'new-code', machine: null, address: 'gone', facet: null, policy: null }),
    ],
    guards: [
      { name: 'maxMachines', limit: 1, actual: 2, status: 'fail', message: 'too many.' },
      { name: 'maxLifts', limit: 1, actual: 2, status: 'overridden', message: 'over.' },
      { name: 'maxRuns', limit: 9, actual: 1, status: 'pass' },
    ],
    diagnostics: [
      { severity: 'warning', code: 'w', message: 'm', file: 'a b/c#d.yaml', line: 3, column: 2 },
      { severity: 'info', code: 'i', message: 'n' },
      { severity: 'error', code: 'e', message: 'o', file: 'x.yaml' },
    ],
    errored: true,
  })

  test('in JUnit: changes pass, what is blocked fails, an error is one', () => {
    expect(planChecks(made).checks.map(({ rule, state }) => `${rule} ${state}`)).toStrictEqual([
      'read/incomplete errored',
      'guard/maxMachines failed',
      'guard/maxLifts noted',
      'guard/maxRuns passed',
      'blocked/held-by-other failed',
      'blocked/new-code failed',
      'change/impose passed',
      'diagnostic/w noted',
      'diagnostic/i noted',
      'diagnostic/e errored',
    ])
  })

  test('in SARIF: what is blocked and the diagnostics, at file and line', () => {
    const [run] = readSarif(renderSarif(planChecks(made))).document.runs
    expect(
      run.results.map(({ ruleId, level, locations }) => {
        const place = locations?.[0]?.physicalLocation
        return `${ruleId} ${level} ${place === undefined ? '' : `${place.artifactLocation.uri}:${place.region.startLine}`}`
      }),
    ).toStrictEqual([
      'read/incomplete error holdfast.yaml:1',
      'guard/maxMachines error holdfast.yaml:1',
      'guard/maxLifts warning holdfast.yaml:1',
      'blocked/held-by-other error policies/contain-finance.yaml:12',
      'blocked/new-code error holdfast.yaml:1',
      'diagnostic/w warning a%20b/c%23d.yaml:3',
      'diagnostic/i note holdfast.yaml:1',
      'diagnostic/e error x.yaml:1',
    ])
    expect(run.tool.driver.version).toBe('0.1.0')
  })

  test('a blocked item has one id in one tenant, until what it rests on moves', () => {
    const idOf = (
      over: Parameters<typeof blocked>[1],
      tenantId: string | null = null,
    ): string | null | undefined => {
      const target = { ...plan().target, tenantId }
      return planChecks(plan({ target, blocked: [blocked(1, over)] })).checks[0]?.id
    }
    expect(idOf({ message: 'other words' })).toBe(idOf({}))
    expect(idOf({ basis: ['a'] })).not.toBe(idOf({}))
    expect(idOf({ code: 'x' })).not.toBe(idOf({}))
    expect(idOf({}, 'contoso')).not.toBe(idOf({}))
  })

  test('of nothing to do passes, and says so', () => {
    expect(renderJunit(planChecks(plan()))).toContain('<system-out>No changes. 1214 machines match ')
  })
})

describe('a result', () => {
  test('passes what is done, fails what went wrong, and leaves open what is', () => {
    const ended = result([
      outcome(1),
      outcome(2, { outcome: 'failed', dnsName: null }),
      outcome(3, { outcome: 'pending' }),
    ])
    const { checks, toolVersion } = resultChecks(
      ended,
      plan({ changes: [{ ...FULL, address: outcome(2).address }] }),
    )
    expect(checks.map(({ rule, state, level }) => `${rule} ${state} ${level}`)).toStrictEqual([
      'outcome/succeeded passed error',
      'outcome/failed failed error',
      'outcome/pending errored warning',
    ])
    expect(checks.map(({ place }) => place?.line)).toStrictEqual([undefined, 12, undefined])
    expect(toolVersion).toBe('0.1.0')
  })

  test('that sent nothing is an error, with what moved', () => {
    const stale = result([], {
      exit: { code: 3, name: 'stale' },
      moved: [{ address: 'a/isolated', message: 'it moved.' }],
    })
    expect(resultChecks(stale, null).checks.map(({ rule, state }) => `${rule} ${state}`)).toStrictEqual([
      'exit/stale errored',
      'apply/moved failed',
    ])
  })

  test('that had nothing to do passes', () => {
    expect(resultChecks(result([]), null).checks.map(({ state }) => state)).toStrictEqual(['passed'])
  })
})

describe('places seen from the top of a repository', () => {
  const report = planChecks(plan({ blocked: [blocked(1)] }))
  const at = (file: string, below?: string): string => {
    const place = { file, line: 1, column: 1 }
    return inRepository({ ...report, declaration: place }, below).declaration.file
  }

  test.each([
    ['a.yaml', '', 'a.yaml'],
    ['./b/./a.yaml', '', 'b/a.yaml'],
    ['a.yaml', 'emea/', 'emea/a.yaml'],
    ['../shared/a.yaml', 'emea/', 'shared/a.yaml'],
    ['../../a.yaml', 'emea/', '../a.yaml'],
    ['../../../a.yaml', 'emea/', '../../a.yaml'],
  ])('%s below "%s" is %s', (file, below, want) => expect(at(file, below)).toBe(want))

  test('tell several declarations apart, in the name of the suite and of the analysis', () => {
    const below = inRepository(report, 'team b/')
    expect(renderJunit(below)).toContain('<testsuite name="holdfast plan (team b)"')
    expect(renderSarif(below)).toContain('"id": "holdfast/plan/team%20b/"')
    expect(renderSarif(report)).toContain('"id": "holdfast/plan/"')
  })

  test('are the same at the top, and what has no place keeps none', () => {
    expect(inRepository(report)).toStrictEqual(report)
    const [check] = inRepository(
      { ...report, checks: report.checks.map(one => ({ ...one, place: null })) },
      'x/',
    ).checks
    expect(check?.place).toBeNull()
  })
})
