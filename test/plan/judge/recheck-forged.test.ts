import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/plan/document/document.ts'
import { recheckChange } from '../../../src/plan/judge/recheck.ts'
import type { MachineAction } from '../../../src/posture/machine-action.ts'
import { action, actionId, configuration, NOW } from '../../support/build-core.ts'
import { change, plan } from '../../support/build-plan.ts'

/** Looks at a change again, over the history that is there. */
function look(planned: Change, actions: readonly MachineAction[] = []): string {
  const { planId } = plan([planned])
  return recheckChange(planned, { configuration: configuration(), planId, now: NOW, actions }).kind
}

const CANCEL = { type: 'Cancel', actionId: actionId(9), body: { Comment: 'INC-1' } } as const
const ISOLATED = action({ id: actionId(1) })
const SCAN = change({
  facet: 'scanned',
  operations: ['run'],
  before: 'never',
  after: 'quick',
  reason: 'not-run',
  requests: [{ type: 'RunAntiVirusScan', body: { Comment: 'INC-1', ScanType: 'Quick' } }],
})

test('what the tables say of the history is unmoved', () => {
  expect(look(change())).toBe('unmoved')
  expect(look(SCAN)).toBe('unmoved')
})

/** Changes as somebody could write them into a plan file: every digest fits, and the history calls for another one. */
describe('a change that the tables do not lead to is not sent', () => {
  test.each<readonly [string, Change]>([
    ['another state before', change({ before: 'selective' })],
    ['a release before what it imposes', change({ operations: ['lift', 'impose'] })],
    ['a basis that is not there', change({ basis: [actionId(1)] })],
    ['a cancel beside it', change({ requests: [CANCEL, ...change().requests] })],
    ['another scan before', { ...SCAN, before: 'quick 2026-11-20T00:00:00Z' }],
    ['a scan called a release', { ...SCAN, operations: ['lift'] }],
    ['a scan that rests on something', { ...SCAN, basis: [actionId(1)] }],
  ])('%s', (_what, forged) => {
    expect(look(forged)).toBe('moved')
  })

  test('a release of a machine that nothing holds is satisfied, and sends nothing', () => {
    expect(look(change({ operations: ['lift'], before: 'full', after: 'none' }))).toBe('satisfied')
  })

  test('a release of a machine that is held rests on what holds it', () => {
    const lift = { operations: ['lift'], before: 'full', after: 'none', reason: 'expired' } as const
    expect(look(change({ ...lift, basis: [ISOLATED.id] }), [ISOLATED])).toBe('unmoved')
    expect(look(change(lift), [ISOLATED])).toBe('moved')
    expect(look(change({ ...lift, before: 'selective', basis: [ISOLATED.id] }), [ISOLATED])).toBe('moved')
    expect(look(change({ ...lift, operations: ['impose'], basis: [ISOLATED.id] }), [ISOLATED])).toBe('moved')
  })
})
