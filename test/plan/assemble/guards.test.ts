import { describe, expect, test } from 'vitest'
import { guardKinds, guardPlan, isLift, stopsApply } from '../../../src/plan/assemble/guards.ts'
import type { Change, GuardName } from '../../../src/plan/document/document.ts'
import type { GuardLimits } from '../../../src/schema/configuration.ts'
import type { FacetName } from '../../../src/schema/policy.ts'
import { configuration } from '../../support/build-core.ts'
import { change, planMachine } from '../../support/build-plan.ts'

const of = (number: number, facet: FacetName = 'isolated', over: Partial<Change> = {}): Change =>
  change({ machine: planMachine(number), facet, ...over })
const lift = (number: number, facet: FacetName = 'isolated'): Change =>
  of(number, facet, { operations: ['lift'], after: 'none' })
const many = (count: number): readonly Change[] => Array.from({ length: count }, (_, at) => of(at + 1))

function judge(
  changes: readonly Change[],
  guards: GuardLimits,
  over: { readonly onboarded?: number | null; readonly exceed?: 'maxMachines' | 'maxShare' | 'maxRuns' } = {},
) {
  const { onboarded = 100, exceed } = over
  const input = { changes, configuration: configuration({ guards }), onboarded }
  return guardPlan({ ...input, exceed: exceed === undefined ? [] : [exceed] })
}

const verdict = (...args: Parameters<typeof judge>): readonly string[] =>
  judge(...args).map(({ name, limit, actual, status }) => `${name} ${actual}/${limit} ${status}`)

test('a guard that is not configured does not apply', () => {
  expect(judge(many(1000), {})).toStrictEqual([])
})

describe('maxMachines', () => {
  test('passes at the limit and fails above it', () => {
    expect(verdict(many(3), { maxMachines: 3 })).toStrictEqual(['maxMachines 3/3 pass'])
    expect(verdict(many(4), { maxMachines: 3 })).toStrictEqual(['maxMachines 4/3 fail'])
    expect(verdict(many(1), { maxMachines: 0 })).toStrictEqual(['maxMachines 1/0 fail'])
  })

  test('counts machines, not changes', () => {
    expect(verdict([of(1), of(1, 'restricted')], { maxMachines: 1 })).toStrictEqual(['maxMachines 1/1 pass'])
  })

  test.each<readonly [FacetName, number]>([
    ['isolated', 1],
    ['restricted', 1],
    ['quarantined', 1],
    ['offboarded', 1],
    ['scanned', 0],
    ['collected', 0],
    ['liveResponse', 0],
  ])('%s counts %i', (facet, count) => {
    expect(judge([of(1, facet)], { maxMachines: 9 })[0]?.actual).toBe(count)
  })

  test('a lift changes a hold as well', () => {
    expect(verdict([lift(1)], { maxMachines: 0 })).toStrictEqual(['maxMachines 1/0 fail'])
  })
})

describe('maxShare', () => {
  const share = (ratio: number): GuardLimits => ({ maxShare: { text: `${ratio * 100}%`, ratio } })

  test('is rounded up', () => {
    expect(verdict(many(2), share(0.1), { onboarded: 11 })).toStrictEqual(['maxShare 2/2 pass'])
    expect(verdict(many(3), share(0.1), { onboarded: 11 })).toStrictEqual(['maxShare 3/2 fail'])
  })

  test('is not rounded up by what floating point adds', () => {
    expect(judge(many(7), share(0.07), { onboarded: 100 })[0]?.limit).toBe(7)
    expect(judge(many(8), share(0.07), { onboarded: 100 })[0]?.status).toBe('fail')
  })

  test('of an unknown number of machines is never small enough', () => {
    const [guard] = judge(many(1), share(1), { onboarded: null })
    expect(guard).toMatchObject({ limit: 0, actual: 1, status: 'fail' })
    expect(guard?.message).toContain('unknown number')
    expect(verdict([of(1, 'scanned')], share(1), { onboarded: null })).toStrictEqual(['maxShare 0/0 pass'])
  })

  test('names the share and what it is of', () => {
    expect(judge(many(3), share(0.1), { onboarded: 11 })[0]?.message).toContain(
      '3 machines change (10% of 11 onboarded), the limit is 2',
    )
  })
})

describe('maxRuns', () => {
  test('counts scans and collections, each one', () => {
    const runs = [of(1, 'scanned'), of(1, 'collected'), of(2, 'scanned'), of(3), of(4), of(3, 'liveResponse')]
    expect(verdict(runs, { maxRuns: 3 })).toStrictEqual(['maxRuns 3/3 pass'])
    expect(verdict(runs, { maxRuns: 2 })).toStrictEqual(['maxRuns 3/2 fail'])
  })
})

test('a guard that the user exceeds by name is overridden and still says what it found', () => {
  const [machines, runs] = judge(
    [...many(4), of(1, 'scanned')],
    { maxMachines: 3, maxRuns: 0 },
    { exceed: 'maxMachines' },
  )
  expect(machines).toMatchObject({ status: 'overridden', actual: 4 })
  expect(machines?.message).toContain('4 machines change')
  expect(runs?.status).toBe('fail')
})

test('a guard that passes is not overridden, and says nothing', () => {
  expect(judge(many(1), { maxMachines: 3 }, { exceed: 'maxMachines' })).toStrictEqual([
    { name: 'maxMachines', limit: 3, actual: 1, status: 'pass' },
  ])
})

test('a failed guard names count, limit, machines and the ways out', () => {
  expect(judge(many(7), { maxMachines: 6 })[0]?.message).toBe(
    '7 machines change, the limit is 6: fin-ws-001.contoso.com, fin-ws-002.contoso.com, fin-ws-003.contoso.com, fin-ws-004.contoso.com, fin-ws-005.contoso.com and 2 more. Narrow it with `--target ADDR`, raise `guards.maxMachines` in the configuration, or apply with `--dangerous-exceed-guard maxMachines --reason TEXT`.',
  )
})

test('up to five machines are all named', () => {
  expect(judge(many(5), { maxMachines: 4 })[0]?.message).toContain('fin-ws-005.contoso.com. Narrow')
})

test('a machine without a name is named by its id, each once', () => {
  const nameless = { ...planMachine(1), dnsName: null }
  const changes = [change({ machine: nameless }), change({ machine: nameless, facet: 'restricted' })]
  expect(judge(changes, { maxMachines: 0 })[0]?.message).toContain(`the limit is 0: ${nameless.id}. Narrow`)
})

/** The guards on one kind of change each. */
function judgeKinds(changes: readonly Change[], guards: GuardLimits, exceed: readonly GuardName[] = []) {
  return guardKinds({ changes, configuration: configuration({ guards }), exceed })
}

describe('maxLifts', () => {
  const judgeLifts = (changes: readonly Change[], maxLifts?: number, exceed: readonly GuardName[] = []) =>
    judgeKinds(changes, maxLifts === undefined ? {} : { maxLifts }, exceed)[0]?.guard

  test('does not apply where it is not configured', () => {
    expect(judgeLifts([lift(1)])).toBeUndefined()
  })

  test('counts lifts of every hold and nothing else', () => {
    const changes = [lift(1), lift(1, 'restricted'), of(2), of(3, 'scanned', { operations: ['run'] })]
    expect(judgeLifts(changes, 2)).toMatchObject({ status: 'pass', actual: 2 })
    expect(judgeLifts(changes, 1)).toMatchObject({ status: 'fail', actual: 2 })
  })

  test('can be exceeded by name', () => {
    expect(judgeLifts([lift(1)], 0, ['maxLifts'])?.status).toBe('overridden')
  })
})

describe('maxLiveResponses', () => {
  const run = (number: number, name = 'triage'): Change =>
    of(number, 'liveResponse', {
      operations: ['run'],
      address: `${planMachine(number).id}/liveResponse/${name}`,
    })

  test('counts machines, and of live responses alone', () => {
    const changes = [run(1), run(1, 'again'), run(2), lift(3), of(4)]
    const [kind] = judgeKinds(changes, { maxLiveResponses: 1 })
    expect(kind?.guard).toMatchObject({ name: 'maxLiveResponses', limit: 1, actual: 2, status: 'fail' })
    expect(kind?.guard.message).toContain('2 machines run live responses, the limit is 1')
    expect(kind?.stopped).toStrictEqual(changes.slice(0, 3))
    expect(kind?.note).toStrictEqual({
      code: 'over-max-live-responses',
      message: `live responses on too many machines in one plan: ${kind?.guard.message}`,
    })
  })

  test('at the limit they pass, and exceeded by name they go through', () => {
    expect(judgeKinds([run(1), run(2)], { maxLiveResponses: 2 })).toMatchObject([
      { guard: { status: 'pass' }, stopped: [] },
    ])
    expect(judgeKinds([run(1), run(2)], { maxLiveResponses: 1 }, ['maxLiveResponses'])).toMatchObject([
      { guard: { status: 'overridden' }, stopped: [] },
    ])
  })

  test('is not said of a plan without live responses, nor of one that only calls them back', () => {
    const cancel = { ...run(1), operations: ['cancel'] } as const
    expect(judgeKinds([of(1), cancel], { maxLiveResponses: 0 })).toStrictEqual([])
  })
})

test('a guard on one kind of change stops that kind alone', () => {
  const names = ['maxMachines', 'maxShare', 'maxLifts', 'maxLiveResponses', 'maxRuns'] as const
  expect(names.filter(name => stopsApply({ name, status: 'fail' }))).toStrictEqual([
    'maxMachines',
    'maxShare',
    'maxRuns',
  ])
  expect(names.filter(name => stopsApply({ name, status: 'overridden' }))).toStrictEqual([])
})

test.each([
  [['lift'], true],
  [['cancel', 'lift'], true],
  [['lift', 'impose'], false],
  [['cancel', 'lift', 'impose'], false],
  [['impose'], false],
  [['cancel'], false],
  [['run'], false],
] as const)('%s is a lift: %s', (operations, lifts) => {
  expect(isLift({ operations })).toBe(lifts)
})
