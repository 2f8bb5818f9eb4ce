import { describe, expect, test } from 'vitest'
import { describeRollout, inOneWave, machinesOf, rolloutOf } from '../../../src/plan/assemble/rollout.ts'
import { inRolloutOrder } from '../../../src/plan/assemble/rollout-order.ts'
import type { Change } from '../../../src/plan/document/document.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { Amount, RolloutRules } from '../../../src/schema/configuration.ts'
import type { FacetName } from '../../../src/schema/policy.ts'
import { configuration, entry, machine, machineId, policy } from '../../support/build-core.ts'
import { change, planMachine } from '../../support/build-plan.ts'
import { planOf } from '../../support/plan-of.ts'

const of = (number: number, facet: FacetName = 'isolated', over: Partial<Change> = {}): Change =>
  change({ machine: planMachine(number), facet, ...over })
const silent = (number: number): Change =>
  of(number, 'isolated', { machine: { ...planMachine(number), healthStatus: 'Inactive' } })
const many = (count: number, facet: FacetName = 'isolated', over: Partial<Change> = {}): readonly Change[] =>
  Array.from({ length: count }, (_, at) => of(at + 1, facet, over))
const share = (percent: number): Amount => ({ text: `${percent}%`, ratio: percent / 100 })
const count = (machines: number): Amount => ({ text: String(machines), count: machines })

function rollout(changes: readonly Change[], rules: RolloutRules | undefined = {}) {
  const { apply } = configuration()
  return rolloutOf({ changes }, { apply: rules === undefined ? apply : { ...apply, rollout: rules } })
}
const sizes = (changes: readonly Change[], rules?: RolloutRules): readonly number[] | undefined =>
  rollout(changes, rules)?.waves.map(({ length }) => length)
const numbers = (ids: readonly string[]): readonly number[] => ids.map(id => Number.parseInt(id, 16))

describe('without configuration', () => {
  test.each<readonly [string, readonly Change[], readonly number[] | undefined]>([
    ['holds on 49 machines go at once', many(49), undefined],
    ['holds on 50 machines go at once', many(50), undefined],
    ['holds on 51 machines go in waves of 1, a tenth rounded up, and the rest', many(51), [1, 6, 44]],
    ['holds on 120 machines go in waves of 1, 12 and 107', many(120), [1, 12, 107]],
    ['two holds of one machine are one machine', [...many(50), ...many(50, 'restricted')], undefined],
    ['isolated and restricted machines count together', [...many(50), of(51, 'restricted')], [1, 6, 44]],
    ['lifts count', many(51, 'isolated', { operations: ['lift'], after: 'none' }), [1, 6, 44]],
    ['changes of scope count', many(51, 'isolated', { operations: ['lift', 'impose'] }), [1, 6, 44]],
    ['a cancel changes no hold', many(51, 'isolated', { operations: ['cancel'] }), undefined],
    ['live responses count', many(51, 'liveResponse', { operations: ['run'] }), [1, 6, 44]],
    ['scans are no holds', many(200, 'scanned', { operations: ['run'] }), undefined],
    [
      'the machines that are only scanned go in the same waves',
      [...many(51), ...many(70, 'scanned')],
      [1, 7, 62],
    ],
    ['nothing has no waves', [], undefined],
  ])('%s', (_rule, changes, want) => expect(sizes(changes)).toStrictEqual(want))

  test('a fifth of a wave that fails or falls silent stops it', () => {
    expect(rollout(many(51))?.stopWhen).toStrictEqual({ failed: share(20), silent: share(20) })
  })

  test('a configuration that was built without rollout rules has neither waves nor rules', () => {
    expect(rolloutOf({ changes: many(51) }, configuration())).toBeUndefined()
  })
})

describe('with configured waves', () => {
  test.each<readonly [string, number, readonly Amount[], readonly number[] | undefined]>([
    ['they apply whatever the number', 3, [count(1)], [1, 2]],
    ['a share is rounded up', 11, [share(10)], [2, 9]],
    ['a share is not rounded up by what floating point adds', 100, [share(7)], [7, 93]],
    ['each share is of all machines', 100, [share(10), share(50)], [10, 50, 40]],
    ['a wave that finds nobody left is none', 4, [count(1), count(3), share(10)], [1, 3]],
    ['a count beyond the machines takes all', 4, [count(9)], undefined],
    ['only the rest is all at once', 120, [], undefined],
    ['one machine has nothing to wait for', 1, [count(1)], undefined],
  ])('%s', (_rule, machines, waves, want) => expect(sizes(many(machines), { waves })).toStrictEqual(want))

  test('all changes of a machine are in its wave', () => {
    const changes = [...many(2), ...many(2, 'scanned')]
    expect(rollout(changes, { waves: [count(1)] })?.waves).toStrictEqual([[machineId(1)], [machineId(2)]])
  })
})

describe('stop rules', () => {
  test('of one wave are in force where they were asked for', () => {
    const stopWhen = { failed: count(3) }
    expect(rollout(many(4), { waves: [], stopWhen })).toStrictEqual({
      waves: [[1, 2, 3, 4].map(machineId)],
      stopWhen,
    })
    expect(rollout(many(4), { stopWhen })?.stopWhen).toStrictEqual(stopWhen)
  })

  test('that judge silence alone have nothing to stop in one wave', () => {
    expect(rollout(many(4), { stopWhen: { silent: count(1) } })).toBeUndefined()
  })

  test('that are given replace the usual ones', () => {
    expect(rollout(many(51), { stopWhen: { silent: count(1) } })?.stopWhen).toStrictEqual({
      silent: count(1),
    })
  })
})

test.each([
  [count(3), 2, 2],
  [count(3), 3, 3],
  [count(3), 4, 3],
  [share(20), 5, 1],
  [share(20), 6, 2],
  [share(100), 7, 7],
])('%o of %i machines is %i', (amount, machines, want) => expect(machinesOf(amount, machines)).toBe(want))

test('the document has sizes and the rules as they were written', () => {
  const found = rollout(many(60), { waves: [count(5)], stopWhen: { failed: share(20) } })
  expect(found && describeRollout(found)).toStrictEqual({ waves: [5, 55], stopWhen: { failed: '20%' } })
  expect(found && describeRollout(inOneWave(found))).toStrictEqual({ waves: [60], stopWhen: {} })
  const quiet = rollout(many(60), { stopWhen: { silent: count(2) } })
  expect(quiet && describeRollout(quiet).stopWhen).toStrictEqual({ silent: '2' })
})

describe('the order of the machines', () => {
  const warned = of(1, 'isolated', { warnings: [{ code: 'will-stay-pending', message: '' }] })

  test.each<readonly [string, readonly Change[], readonly number[]]>([
    ['is that of their ids, whatever the order of the changes', [of(3), of(1), of(2)], [1, 2, 3]],
    ['has machines that are not Active last', [silent(1), of(2), of(3)], [2, 3, 1]],
    ['has machines that nobody waits for last', [warned, of(2)], [2, 1]],
    ['has a machine last of which one change is not waited for', [warned, of(1, 'scanned'), of(2)], [2, 1]],
    [
      'knows no health as not Active',
      [of(1, 'isolated', { machine: { ...planMachine(1), healthStatus: null } }), of(2)],
      [2, 1],
    ],
    [
      'has the machine first that was seen last',
      [of(1), of(2, 'isolated', { machine: { ...planMachine(2), lastSeen: '2026-11-22T17:00:01.5Z' } })],
      [2, 1],
    ],
    [
      'has a machine that was never seen after the others',
      [of(1, 'isolated', { machine: { ...planMachine(1), lastSeen: null } }), of(2)],
      [2, 1],
    ],
    ['begins with a hold', [of(1, 'scanned'), of(2)], [2, 1]],
    ['begins with what cannot be undone', [of(1, 'scanned'), of(2, 'quarantined')], [2, 1]],
    [
      'mixes machines that are only scanned in evenly',
      [...[1, 2, 3, 4].map(number => of(number, 'scanned')), of(5), of(6)],
      [5, 1, 6, 2, 3, 4],
    ],
  ])('%s', (_rule, changes, want) => expect(numbers(inRolloutOrder(changes))).toStrictEqual(want))

  test('has machines last that the plan names as a risk, but before those that do not report', () => {
    const machines = [{ id: machineId(1), dnsName: null }]
    const risks = [{ kind: 'server', name: 'servers', evidence: '', machines } as const]
    expect(numbers(inRolloutOrder([of(1), of(2), silent(3)], risks))).toStrictEqual([2, 1, 3])
  })

  test('gives every share of the machines about that share of the holds', () => {
    const holds = Array.from({ length: 60 }, (_, at) => of(at + 1))
    const scans = Array.from({ length: 1000 }, (_, at) => of(at + 1000, 'scanned'))
    const [first = [], second = []] = rollout([...scans, ...holds])?.waves ?? []
    const held = (ids: readonly string[]): number => numbers(ids).filter(number => number <= 60).length
    expect([held(first), held(second)]).toStrictEqual([1, 6])
  })
})

test('the plan document has the waves where there are some, outside its id', () => {
  const fleet = Array.from({ length: 51 }, (_, index) => machine({ id: machineId(index + 1) }))
  const { apply } = configuration()
  const policies = [policy({ machines: [entry({ fields: {}, all: true })] })]
  const at = (rules: RolloutRules | undefined) =>
    planOf({
      policies,
      observed: { machines: [{ ...fleet[0], deviceValue: 'High' } as Machine, ...fleet.slice(1)] },
      configuration: { apply: rules === undefined ? apply : { ...apply, rollout: rules } },
    })
  expect(at({}).rollout).toStrictEqual({ waves: [1, 6, 44], stopWhen: { failed: '20%', silent: '20%' } })
  expect(at(undefined)).not.toHaveProperty('rollout')
  expect(at({}).planId).toBe(at(undefined).planId)
  expect(rolloutOf(at({}), { apply: { ...apply, rollout: {} } })?.waves[0]).toStrictEqual([machineId(2)])
})
