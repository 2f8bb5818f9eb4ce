import { expect, test } from 'vitest'
import { needOf, needOfTargets } from '../../../src/plan/select/need.ts'
import { addMs } from '../../../src/schema/instant.ts'
import {
  configuration,
  entry,
  lasting,
  machineId,
  NOW,
  PLACE,
  placed,
  policy,
} from '../../support/build-core.ts'

const DAY = 86_400_000
const BY_TAG = entry({ fields: { tag: ['INC-1'] } })

test('policies that name all their machines need only those', () => {
  const list = {
    path: 'lists/a.txt',
    machines: [machineId(2), 'a.contoso.com'].map(name => ({ name, place: PLACE })),
  }
  const policies = [
    policy({
      machines: [entry(), entry({ fields: {}, list })],
      except: [entry({ fields: { dnsName: ['b.contoso.com'] } }), BY_TAG],
    }),
  ]
  expect(needOf(policies, configuration(), NOW, { wholeTenant: false })).toStrictEqual({
    scope: 'named',
    ids: [machineId(1), machineId(2)],
    dnsNames: ['a.contoso.com', 'b.contoso.com'],
    historyFrom: addMs(NOW, -180 * DAY),
    countOnboarded: false,
  })
})

test('one selector needs the whole tenant', () => {
  const need = needOf([policy(), policy({ name: 'b', machines: [BY_TAG] })], configuration(), NOW, {
    wholeTenant: false,
  })
  expect(need).toMatchObject({ scope: 'tenant', ids: [], dnsNames: [] })
})

test('the whole tenant is read where it is asked for', () => {
  expect(needOf([policy()], configuration(), NOW, { wholeTenant: true }).scope).toBe('tenant')
})

test('a share of the tenant is counted where not all is read', () => {
  const guarded = configuration({ guards: { maxShare: { text: '10%', ratio: 0.1 } } })
  expect(needOf([policy()], guarded, NOW, { wholeTenant: false }).countOnboarded).toBe(true)
  expect(needOf([policy()], guarded, NOW, { wholeTenant: true }).countOnboarded).toBe(false)
})

const SHORT = configuration({ history: { lookback: lasting('30d') } })

test('the history is read as far back as the look-back', () => {
  expect(needOf([policy()], SHORT, NOW, { wholeTenant: false }).historyFrom).toBe(addMs(NOW, -30 * DAY))
})

test.each(
  Object.entries({
    quarantined: { quarantined: [{ sha1: 'a'.repeat(40), place: PLACE }] },
    liveResponse: { liveResponse: [] },
    offboarded: { offboarded: placed(true as const) },
  }),
)('%s looks back as far as the service remembers, so that it is not repeated', (_facet, state) => {
  const need = needOf([policy(), policy({ name: 'b', state })], SHORT, NOW, { wholeTenant: false })
  expect(need.historyFrom).toBe(addMs(NOW, -180 * DAY))
})

test('machines that are asked for alone need themselves and what policies name, whatever selectors reach', () => {
  const guarded = configuration({ guards: { maxShare: { text: '10%', ratio: 0.1 } } })
  const named = entry({ fields: { dnsName: ['b.contoso.com'] } })
  const policies = [policy(), policy({ name: 'b', machines: [BY_TAG], except: [named] })]
  expect(needOfTargets(policies, guarded, NOW, [machineId(7)])).toStrictEqual({
    scope: 'named',
    ids: [machineId(1), machineId(7)],
    dnsNames: ['b.contoso.com'],
    historyFrom: addMs(NOW, -180 * DAY),
    countOnboarded: true,
  })
})

test('an expired policy needs the whole tenant: what it held may have another name by now', () => {
  const over = policy({ expires: NOW })
  expect(needOf([over], configuration(), NOW, { wholeTenant: false }).scope).toBe('tenant')
  expect(needOf([over], configuration(), addMs(NOW, -1), { wholeTenant: false }).scope).toBe('named')
  const asOf = addMs(NOW, 1)
  expect(needOf([over], configuration(), addMs(NOW, -1), { wholeTenant: false, asOf }).scope).toBe('tenant')
})
