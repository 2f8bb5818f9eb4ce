import { describe, expect, test } from 'vitest'
import type { HoldClaim } from '../../../src/plan/claim/claim.ts'
import { endsInFreeze } from '../../../src/plan/judge/ends-in-freeze.ts'
import type { EvaluationContext } from '../../../src/plan/judge/evaluation.ts'
import { lapsedSince, levelToPlan } from '../../../src/plan/judge/judge-lapse.ts'
import type { HoldPosture, Lapse } from '../../../src/posture/fold-hold.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { action, machine, NOW } from '../../support/build-core.ts'

const HOUR = 3_600_000

/** A lapse an hour ago of an own hold, and what was tried since. */
function lapsed(level: HoldPosture['level'], triedAgoMs: readonly number[] = []) {
  const impose = { action: action(), own: true, direction: 'impose' as const, level }
  const lapse = { at: addMs(NOW, -HOUR), level, imposes: [impose], by: null } as unknown as Lapse
  const endedSince = triedAgoMs.map(ago => ({
    ...impose,
    action: action({ status: 'Failed', lastUpdateDateTimeUtc: addMs(NOW, -ago) }),
  }))
  return { lapse, posture: { lapsed: lapse, endedSince } as unknown as HoldPosture }
}

describe('a lapsed hold is open since', () => {
  test.each([
    ['its end where nothing was tried', [], HOUR],
    ['the last own try after that', [HOUR / 2], HOUR / 2],
    ['its end where a try ended before that', [2 * HOUR], HOUR],
  ] as const)('%s', (_rule, tried, ago) => {
    const { lapse, posture } = lapsed('full', tried)
    expect(lapsedSince(lapse, posture)).toBe(addMs(NOW, -ago))
  })
})

describe('with renewals alone', () => {
  const context = {
    renewalsAlone: true,
    now: NOW,
    limits: { configuration: { effects: { isolated: { renewWithin: { text: '24h', ms: 24 * HOUR } } } } },
  } as unknown as EvaluationContext

  test.each([
    ['selective', 'full', 'selective'],
    ['full', 'selective', 'selective'],
    ['unknown', 'full', 'full'],
    ['full', 'unmanaged', 'unmanaged'],
  ] as const)('a lapsed %s that is declared %s is planned as %s', (was, declared, planned) => {
    const claim = { level: declared } as HoldClaim
    expect(levelToPlan(claim, lapsed(was).posture, context)).toBe(planned)
  })
})

test('a hold that ends in a freeze names its machine by the id where it has no name', () => {
  const record = machine({ computerDnsName: null })
  const item = { facet: 'isolated', machine: record, lead: {}, posture: { until: addMs(NOW, HOUR) } }
  const freeze = { owner: 'soc', reason: 'change window', until: addMs(NOW, 2 * HOUR) }
  const [told] = endsInFreeze([item] as never, { freeze } as never, NOW)
  expect(told?.message).toContain(record.id)
})
