import { expect, test } from 'vitest'
import { describeFreeze, freezeDiagnostics, freezeInForce } from '../../../src/plan/document/freeze.ts'
import { at, configuration, NOW, PLACE } from '../../support/build-core.ts'
import { planOf } from '../../support/plan-of.ts'

const freeze = { owner: 'anna@contoso.com', reason: 'INC-1', until: at('2026-11-23T06:00:00Z'), place: PLACE }
const JUST_BEFORE = at('2026-11-23T05:59:59.9999999Z')

test('a freeze is in force until its end, and not from then on', () => {
  expect(freezeInForce({ freeze }, JUST_BEFORE)).toBe(freeze)
  expect(freezeInForce({ freeze }, freeze.until)).toBeUndefined()
  expect(freezeInForce({}, JUST_BEFORE)).toBeUndefined()
})

test('who, until when and why are told', () => {
  expect(describeFreeze(freeze)).toBe(
    'anna@contoso.com has frozen every apply until 2026-11-23 06:00Z: INC-1.',
  )
})

test('a plan warns of a freeze in force, and of one that is left over, at its place', () => {
  const [frozen] = freezeDiagnostics({ freeze }, JUST_BEFORE)
  expect(frozen).toMatchObject({ severity: 'warning', code: 'frozen', place: PLACE })
  expect(frozen?.message).toContain(describeFreeze(freeze))
  const [over] = freezeDiagnostics({ freeze }, freeze.until)
  expect(over).toMatchObject({ severity: 'warning', code: 'freeze-over', place: PLACE })
  expect(over?.message).toContain('anna@contoso.com ended at 2026-11-23 06:00Z')
  expect(freezeDiagnostics({}, JUST_BEFORE)).toStrictEqual([])
})

test('a freeze that lies beside the lease is ended by the command, not in the configuration', () => {
  const [frozen] = freezeDiagnostics({ freeze: { ...freeze, isOfTenant: true } }, JUST_BEFORE)
  expect(frozen?.message).toContain('unless `holdfast freeze --end` ends it.')
  expect(freezeDiagnostics({ freeze }, JUST_BEFORE)[0]?.message).toContain('unless `freeze` is taken out.')
})

test.each([
  ['frozen', at('2026-12-24T00:00:00Z')],
  ['freeze-over', NOW],
])('a plan says %s for a freeze until %s, and stays as it is', (code, until) => {
  const plan = planOf({ configuration: configuration({ freeze: { ...freeze, until } }) })
  expect(plan.diagnostics.map(each => each.code)).toContain(code)
  expect(plan.planId).toBe(planOf({ configuration: configuration() }).planId)
  expect(plan.applyable).toBe(true)
})
