import { describe, expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { findLongHolds } from '../../../src/plan/judge/long-holds.ts'
import type { Policy } from '../../../src/schema/policy.ts'
import {
  action,
  actionId,
  at,
  entry,
  isolated,
  lasting,
  machine,
  machineId,
  NOW,
  ownComment,
  placed,
  policy,
  STAYS,
} from '../../support/build-core.ts'
import { inputOf, planOf, saidIn } from '../../support/plan-of.ts'

const LONGEST = { longestHold: lasting('14d'), file: 'holdfast.yaml' }
const SCAN = { scanned: placed({ scan: 'quick', within: lasting('7d') } as const) }

test.each<readonly [rule: string, over: Partial<Policy>, errs: boolean]>([
  ['a hold without an end is too long', {}, true],
  ['a hold that ends within is not', { expires: at('2026-12-06T18:00:00Z') }, false],
  ['one that ends a moment later is', { expires: at('2026-12-06T18:00:01Z') }, true],
  ['a restriction is a hold too', { state: { restricted: placed('restricted' as const) } }, true],
  ['a release holds nothing', { state: isolated('none') }, false],
  ['nor does a scan', { state: SCAN }, false],
  ['what has expired holds nothing any more', { expires: NOW }, false],
])('%s', (_rule, over, errs) => {
  const found = findLongHolds([policy(over)], LONGEST, NOW)
  expect(found.map(({ code, severity }) => `${severity} ${code}`)).toStrictEqual(
    errs ? ['error expires-too-far'] : [],
  )
})

test('nothing is too long where the configuration does not say', () => {
  expect(findLongHolds([policy()], {}, NOW)).toStrictEqual([])
})

test('the message says what is declared, what is allowed, and by which file', () => {
  const [without, late] = findLongHolds(
    [policy(), policy({ name: 'late', expires: at('2027-01-01') })],
    LONGEST,
    NOW,
  )
  expect(without?.message).toBe(
    'the policy contain holds machines without an end, and `longestHold: 14d` of holdfast.yaml allows it until 2026-12-06 18:00Z at most; set `expires` to a time before that.',
  )
  expect(late?.message).toContain('until 2027-01-01, and')
  expect(findLongHolds([policy()], { longestHold: LONGEST.longestHold }, NOW)[0]?.message).toContain(
    'of the configuration',
  )
})

describe('a plan', () => {
  const configuration = { longestHold: lasting('14d') }

  test('with a hold that is too long has an error and cannot be applied', () => {
    const plan = planOf({ configuration })
    expect(saidIn(plan)).toStrictEqual(['error expires-too-far'])
    expect(plan.applyable).toBe(false)
  })

  test('counts from now also where it is made for another time', () => {
    const input = inputOf({
      configuration,
      policies: [policy({ expires: at('2026-12-01') })],
      options: { asOf: at('2026-11-01') },
    })
    expect(saidIn(createPlan(input))).toStrictEqual(['warning expires-past-hold'])
  })

  const held = (from: string, more = {}) =>
    planOf({
      configuration: { ...configuration, effects: { isolated: STAYS } },
      policies: [policy({ expires: at('2026-12-01'), machines: [entry()] })],
      observed: {
        actions: [action({ creationDateTimeUtc: at(from), requestorComment: ownComment(), ...more })],
      },
    })

  test('warns of an own hold that has been in force for longer, and lifts nothing for it', () => {
    const plan = held('2026-11-08T17:59:59Z')
    expect(saidIn(plan)).toStrictEqual(['warning held-too-long'])
    expect(plan.changes).toStrictEqual([])
  })

  test('says nothing of a younger hold, nor of that of others', () => {
    expect(saidIn(held('2026-11-08T18:00:00Z'))).toStrictEqual([])
    expect(saidIn(held('2026-10-01', { requestorComment: 'theirs' }))).toStrictEqual([])
  })
})

describe('a policy that isolates past what the service keeps', () => {
  const past = (over: Partial<Policy>, more = {}) =>
    saidIn(
      planOf({ configuration: more, policies: [policy({ expires: at('2026-11-29T18:00:01Z'), ...over })] }),
    )

  test('is warned of, since it holds on only where somebody renews', () => {
    expect(past({})).toStrictEqual(['warning expires-past-hold'])
    expect(past({ expires: at('2026-11-29T18:00:00Z') })).toStrictEqual([])
    expect(past({}, { effects: { isolated: STAYS } })).toStrictEqual([])
    expect(past({ state: { restricted: { value: 'restricted', place: policy().place } } })).toStrictEqual([])
    expect(past({ state: { isolated: { value: 'none', place: policy().place } } })).toStrictEqual([])
  })
})

describe('a freeze', () => {
  const frozen = (more = {}) => ({
    freeze: { owner: 'anna', reason: 'forensics', until: at('2026-11-25'), place: policy().place, ...more },
  })
  const ending = (more = {}, from = '2026-11-17') =>
    planOf({
      configuration: frozen(more),
      observed: { actions: [action({ creationDateTimeUtc: at(from), requestorComment: ownComment() })] },
    })

  test('names each hold that ends in it', () => {
    const plan = ending()
    expect(saidIn(plan)).toStrictEqual(['warning frozen', 'warning ends-in-freeze'])
    expect(plan.diagnostics[1]?.message).toContain('fin-ws-001.contoso.com (2026-11-24)')
    expect(saidIn(ending({}, '2026-11-20'))).toStrictEqual(['warning frozen'])
    expect(plan.diagnostics[1]?.message).toContain('`renewals: true` of `freeze` lets')
    expect(ending({ isOfTenant: true }).diagnostics[1]?.message).toContain(
      '`holdfast freeze --renewals` lets',
    )
  })

  test('names none where it lets renewals go on, and says so', () => {
    const plan = ending({ renewals: true })
    expect(saidIn(plan)).toStrictEqual(['warning frozen'])
    expect(plan.diagnostics[0]?.message).toContain('Nothing but renewals can be applied before then')
  })

  test('counts what ends', () => {
    const two = planOf({
      configuration: frozen(),
      policies: [policy({ machines: [entry({ fields: {}, all: true })] })],
      observed: {
        machines: [machine(), machine({ id: machineId(2) })],
        actions: [1, 2].map(number =>
          action({
            id: actionId(number),
            machineId: machineId(number),
            creationDateTimeUtc: at('2026-11-17'),
            requestorComment: ownComment(),
          }),
        ),
      },
    })
    expect(two.diagnostics.at(-1)?.message).toContain('2 declared isolations end')
  })
})
