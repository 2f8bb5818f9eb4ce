import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparePlans } from '../../src/analysis/compare/compare-plans.ts'
import { annotationsOf } from '../../src/pipeline/annotations-of.ts'
import { kindOf, markdownOf } from '../../src/pipeline/markdown-of.ts'
import { outputsOf } from '../../src/pipeline/outputs-of.ts'
import { type PipelineDocument, readDocument } from '../../src/pipeline/read-document.ts'
import type { PlanDiagnostic } from '../../src/plan/document/document.ts'
import { driftDocument } from '../../src/report/documents/drift-document.ts'
import type { FailureDocument } from '../../src/report/documents/failure-document.ts'
import { serializeDocument } from '../../src/report/documents/serialize-document.ts'
import { blocked, drift, inFlight, isolation, plan } from '../report/sample-plan.ts'
import { outcome, result } from '../report/sample-result.ts'
import { arbitraryPlan, arbitraryResult } from '../support/arbitrary-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('documents', 20)

const ORIGIN = { revision: 'main', commit: 'abc', policies: 1 }
const PLAN = plan({
  changes: [isolation(1)],
  blocked: [blocked(2)],
  inFlight: [inFlight(3)],
  drift: [drift(4)],
})
const DRIFT = driftDocument(PLAN, {
  machines: { held: 2, declared: 1 },
  holds: { held: 2, declared: 1 },
  share: 0.5,
})
const RESULT = result([outcome(1), outcome(2, { outcome: 'failed' })], {
  planId: `sha256:${'ab'.repeat(32)}`,
  exit: { code: 5, name: 'partial' },
  notContained: ['fin-ws-2'],
})
const FAILURE: FailureDocument = {
  formatVersion: '1.0',
  exit: { code: 1, name: 'error' },
  error: { code: 'declaration-invalid', message: 'The declaration has an error.', wayOut: 'Mend it.' },
  diagnostics: [{ severity: 'error', code: 'missing-key', message: 'm', file: 'a.yaml', line: 3, column: 5 }],
}

const ALL: Readonly<Record<string, readonly [PipelineDocument, unknown]>> = {
  plan: [{ is: 'plan', plan: PLAN }, PLAN],
  drift: [{ is: 'drift', drift: DRIFT }, DRIFT],
  result: [{ is: 'result', result: RESULT }, RESULT],
  failure: [{ is: 'failure', failure: FAILURE }, FAILURE],
}

describe('reading', () => {
  test.each(Object.entries(ALL))('a %s is known by its shape', (_name, [document, value]) => {
    expect(readDocument(serializeDocument(value), 'x.json')).toStrictEqual(document)
  })

  test.each([
    ['no JSON', '{', 'x.json: it is not JSON.'],
    ['no object', '3', 'x.json is no document of Holdfast.'],
    ['null', 'null', 'x.json is no document of Holdfast.'],
    ['an empty object', '{}', 'x.json is no plan (at the top: required) of this version.'],
    [
      'half a plan',
      JSON.stringify({ ...PLAN, changes: [{}] }),
      'x.json is no plan (/changes/0: required) of this version.',
    ],
    ['half a drift', '{"drifted":true}', 'x.json is no drift (at the top: required) of this version.'],
    ['half a result', '{"outcomes":[]}', 'x.json is no result (at the top: required) of this version.'],
    ['half a failure', '{"error":{}}', 'x.json is no failure (at the top: required) of this version.'],
  ])('%s is refused, with where it departs', (_what, text, message) => {
    expect(() => readDocument(text, 'x.json')).toThrow(message)
  })
})

describe('publishing a document', () => {
  test.each(Object.entries(ALL))('a %s is told as it is, under its marker and name', (_name, [document]) => {
    const kind = kindOf(document, 'drift')
    const text = markdownOf(document, { kind, name: 'emea' })
    const [marker = '', , heading = ''] = text.split('\n')
    expect(marker).toBe(`<!-- holdfast:${kind}:emea -->`)
    expect(heading).toMatch(/^### Holdfast (plan|drift|apply) \(emea\)/)
    expect(markdownOf(document, { kind, name: undefined }).split('\n')[0]).toBe(`<!-- holdfast:${kind} -->`)
  })

  test('a failure stands for what its command should have written; others are what they are', () => {
    const kinds = Object.values(ALL).map(([document]) => kindOf(document, 'result'))
    expect(kinds).toStrictEqual(['plan', 'drift', 'result', 'result'])
  })

  test('whatever the texts hold, it stays a comment', () => {
    fc.assert(
      fc.property(arbitraryPlan, arbitraryResult, (each, ended) => {
        for (const document of [
          { is: 'plan', plan: each },
          { is: 'drift', drift: driftDocument(each, null) },
          { is: 'result', result: ended },
          { is: 'failure', failure: { ...FAILURE, diagnostics: each.diagnostics } },
        ] satisfies readonly PipelineDocument[]) {
          expect(markdownOf(document, { kind: 'plan', name: 'emea' }).length).toBeLessThan(60_000)
        }
      }),
      RUNS,
    )
  })
})

describe('outputs', () => {
  const ended = { code: 4, name: 'refused' }

  test('of a plan: id, whether there is work, every count, the verdict and the exit of its command', () => {
    const summary = { ...PLAN.summary, impose: 1, run: 2, unchanged: 9 }
    expect(outputsOf({ is: 'plan', plan: { ...PLAN, summary } }, ended)).toStrictEqual({
      exit: 'refused',
      'exit-code': 4,
      'plan-id': PLAN.planId,
      applyable: true,
      work: true,
      changes: 1,
      blocked: 1,
      'in-flight': 1,
      drift: 1,
      impose: 1,
      change: 0,
      lift: 0,
      run: 2,
      cancel: 0,
      unchanged: 9,
      verdict: expect.stringMatching(/^Plan: 1 to impose, /),
    })
  })

  test('of a plan against a base: what it changes too', () => {
    const compared = { ...PLAN, comparison: comparePlans(plan(), PLAN, ORIGIN) }
    expect(outputsOf({ is: 'plan', plan: compared }, null)).toMatchObject({
      new: 4,
      'no-longer': 0,
      altered: 0,
    })
  })

  test('of a plan without work: the sentence that says so', () => {
    const outputs = outputsOf({ is: 'plan', plan: plan() }, null)
    expect(outputs).toMatchObject({
      work: false,
      verdict: expect.stringMatching(/^No changes\. 1214 machines match /),
    })
    expect(outputs).not.toHaveProperty('exit')
  })

  test('of an action in flight alone: there is work, since apply awaits it', () => {
    expect(outputsOf({ is: 'plan', plan: plan({ inFlight: [inFlight(1)] }) }, null)).toMatchObject({
      work: true,
    })
  })

  test('of drift', () => {
    expect(outputsOf({ is: 'drift', drift: DRIFT }, { code: 2, name: 'differences' })).toStrictEqual({
      exit: 'differences',
      'exit-code': 2,
      drifted: true,
      drift: 1,
      due: 0,
      verdict: expect.stringContaining('1 orphaned'),
    })
  })

  test('of a result: every outcome, and its own exit', () => {
    expect(outputsOf({ is: 'result', result: RESULT }, ended)).toMatchObject({
      exit: 'partial',
      'exit-code': 5,
      'plan-id': RESULT.planId,
      succeeded: 1,
      failed: 1,
      'timed-out': 0,
      'not-contained': 1,
      verdict: 'Apply complete: 1 succeeded, 1 failed.',
    })
  })

  test('of a failure: its code and its own exit', () => {
    expect(outputsOf({ is: 'failure', failure: FAILURE }, ended)).toStrictEqual({
      exit: 'error',
      'exit-code': 1,
      error: 'declaration-invalid',
      verdict: 'The declaration has an error.',
    })
  })
})

describe('annotations', () => {
  const diagnostic = (severity: PlanDiagnostic['severity'], code: string): PlanDiagnostic => ({
    severity,
    code,
    message: 'm',
  })

  test('are the diagnostics at their places, the gravest first, and guards that failed', () => {
    const each = plan({
      diagnostics: [
        diagnostic('info', 'i'),
        diagnostic('warning', 'w'),
        { ...diagnostic('error', 'e'), file: 'a.yaml', line: 3, column: 5 },
        { ...diagnostic('info', 'j'), file: 'b.yaml' },
      ],
      guards: [
        { name: 'maxRuns', limit: 1, actual: 2, status: 'fail', message: 'too many.' },
        { name: 'maxLifts', limit: 1, actual: 2, status: 'fail' },
        { name: 'maxMachines', limit: 1, actual: 1, status: 'pass' },
      ],
    })
    expect(
      annotationsOf({ is: 'plan', plan: each }).map(({ severity, title, message, place }) => [
        severity,
        title,
        message,
        place,
      ]),
    ).toStrictEqual([
      ['error', 'guard maxRuns failed', 'too many.', null],
      ['error', 'guard maxLifts failed', '2, at most 1', null],
      ['error', 'e', 'm', { file: 'a.yaml', line: 3, column: 5 }],
      ['warning', 'w', 'm', null],
      ['info', 'i', 'm', null],
      ['info', 'j', 'm', { file: 'b.yaml', line: 1, column: 1 }],
    ])
  })

  test('of drift and of a result are their diagnostics', () => {
    const diagnostics = [diagnostic('warning', 'w')]
    expect(annotationsOf({ is: 'drift', drift: { ...DRIFT, diagnostics } })).toHaveLength(1)
    expect(annotationsOf({ is: 'result', result: { ...RESULT, diagnostics } })).toHaveLength(1)
  })

  test('of a failure are the failure with its way out, and what was found', () => {
    expect(annotationsOf({ is: 'failure', failure: FAILURE })).toMatchObject([
      {
        severity: 'error',
        title: 'declaration-invalid',
        message: 'The declaration has an error. Mend it.',
        place: null,
      },
      { severity: 'error', title: 'missing-key', place: { file: 'a.yaml', line: 3, column: 5 } },
    ])
    const { wayOut: _none, ...error } = FAILURE.error
    expect(annotationsOf({ is: 'failure', failure: { ...FAILURE, error } })[0]?.message).toBe(
      'The declaration has an error.',
    )
  })

  test('beyond fifty are counted', () => {
    const diagnostics = [
      ...Array.from({ length: 60 }, (_, at) => diagnostic('warning', `w${at}`)),
      diagnostic('error', 'e'),
    ]
    const told = annotationsOf({ is: 'plan', plan: plan({ diagnostics }) })
    expect(told).toHaveLength(51)
    expect(told[0]).toMatchObject({ title: 'e' })
    expect(told.at(-1)).toMatchObject({ severity: 'info', message: '11 more are in the report.' })
  })
})
