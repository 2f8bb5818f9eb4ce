import { expect, test } from 'vitest'
import { type AdHocOutcome, type AdHocResult, countOutcomes } from '../../../src/apply/ad-hoc.ts'
import { renderAdHoc } from '../../../src/report/terminal/render-ad-hoc.ts'

const STYLE = { color: false, width: 200 }
const DONE: AdHocOutcome = {
  machineId: 'm1',
  dnsName: 'a.contoso.com',
  actionId: 'x1',
  type: 'Isolate',
  outcome: 'succeeded',
  status: 'Cancelled',
  code: null,
  detail: null,
}

function resultOf(...outcomes: readonly AdHocOutcome[]): AdHocResult {
  return {
    formatVersion: '1.0',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    startedAt: '2026-11-22T18:00:00Z',
    finishedAt: '2026-11-22T18:00:01Z',
    exit: outcomes.every(({ outcome }) => outcome === 'succeeded')
      ? { code: 0, name: 'ok' }
      : { code: 5, name: 'partial' },
    outcomes,
    summary: countOutcomes(outcomes),
  }
}

test('each outcome is a row; what went wrong and what is open stand out and say why', () => {
  const failed: AdHocOutcome = {
    ...DONE,
    outcome: 'failed',
    status: 'Succeeded',
    code: 'took-effect',
    detail: 'Too late.',
  }
  const open: AdHocOutcome = {
    ...DONE,
    dnsName: null,
    outcome: 'pending',
    actionId: null,
    type: null,
    status: null,
  }
  expect(renderAdHoc('Cancel', resultOf(DONE, failed, open), STYLE)).toBe(
    [
      '  a.contoso.com succeeded (Isolate Cancelled, x1)',
      '! a.contoso.com failed (took-effect, Isolate Succeeded, x1)',
      '    Too late.',
      '= m1 pending',
      '',
      'Cancel: 1 succeeded, 1 failed, 1 pending.',
      '',
    ].join('\n'),
  )
})

test('of many outcomes only those are listed that somebody must look at', () => {
  const many = Array.from({ length: 31 }, () => DONE)
  expect(renderAdHoc('Tag put on', resultOf(...many), STYLE)).toBe('Tag put on: 31 succeeded.\n')
  const wrong: AdHocOutcome = { ...DONE, outcome: 'failed' }
  expect(renderAdHoc('Tag put on', resultOf(...many, wrong), STYLE).split('\n')).toHaveLength(4)
})

test('nothing to do is said, never 0 of 0', () => {
  expect(renderAdHoc('Cancel', resultOf(), STYLE)).toBe('Cancel: nothing to do.\n')
})
