import { describe, expect, test } from 'vitest'
import { comparePlan, type ExpectedPlan } from '../../../src/analysis/compare/compare-plan.ts'
import {
  FACT_LISTS,
  type Fact,
  type FactFields,
  type FactList,
} from '../../../src/analysis/compare/plan-facts.ts'

const PLACE = { file: 'a.test.yaml', line: 9, column: 1 }

function expecting(
  lists: { readonly [list in FactList]?: readonly FactFields[] },
  atLeast: readonly FactList[] = [],
) {
  const placed = Object.entries(lists).map(([list, facts]) => [
    list,
    facts.map((fields, at) => ({ fields, place: { ...PLACE, line: 10 + at } })),
  ])
  return { lists: Object.fromEntries(placed), atLeast, place: PLACE } as ExpectedPlan
}

function planned(lists: { readonly [list in FactList]?: readonly FactFields[] }) {
  const facts = FACT_LISTS.map(list => [
    list,
    (lists[list] ?? []).map((fields): Fact => ({ fields, machineNames: [String(fields['machine'])] })),
  ])
  return Object.fromEntries(facts) as Record<FactList, readonly Fact[]>
}

const ISOLATED = { machine: 'a', facet: 'isolated', operations: ['impose'] }
const SCANNED = { machine: 'a', facet: 'scanned', operations: ['run'] }

describe('completeness', () => {
  test('a plan as expected has no difference', () => {
    expect(comparePlan(expecting({ changes: [ISOLATED] }), planned({ changes: [ISOLATED] }))).toStrictEqual(
      [],
    )
  })

  test.each(['changes', 'blocked', 'guards', 'errors'] as const)(
    '%s that are not named must be none',
    list => {
      expect(comparePlan(expecting({}), planned({ [list]: [ISOLATED] }))).toStrictEqual([
        { list, kind: 'unexpected', expected: null, actual: ISOLATED, fields: [], place: PLACE },
      ])
    },
  )

  test.each(['drift', 'inFlight', 'unchanged', 'warnings'] as const)(
    '%s are compared where they are named, and complete then',
    list => {
      expect(comparePlan(expecting({}), planned({ [list]: [ISOLATED] }))).toStrictEqual([])
      expect(comparePlan(expecting({ [list]: [] }), planned({ [list]: [ISOLATED] }))).toMatchObject([
        { list, kind: 'unexpected' },
      ])
    },
  )

  test('a list that is only the least may hold more, and must hold that', () => {
    const least = expecting({ changes: [ISOLATED] }, ['changes'])
    expect(comparePlan(least, planned({ changes: [SCANNED, ISOLATED] }))).toStrictEqual([])
    expect(comparePlan(least, planned({ changes: [{ machine: 'b', facet: 'scanned' }] }))).toMatchObject([
      { kind: 'missing' },
    ])
  })
})

describe('what is left', () => {
  test('an expectation that nothing is about is missing, at its own place', () => {
    expect(comparePlan(expecting({ changes: [ISOLATED] }), planned({}))).toStrictEqual([
      {
        list: 'changes',
        kind: 'missing',
        expected: ISOLATED,
        actual: null,
        fields: [],
        place: { ...PLACE, line: 10 },
      },
    ])
  })

  test('one that a fact is about is told with what differs', () => {
    const lifted = { ...ISOLATED, operations: ['lift'] }
    expect(
      comparePlan(expecting({ changes: [ISOLATED] }), planned({ changes: [SCANNED, lifted] })),
    ).toMatchObject([
      { kind: 'different', expected: ISOLATED, actual: lifted, fields: ['operations'] },
      { kind: 'unexpected', actual: SCANNED },
    ])
  })

  test('another machine is another thing, whatever else agrees', () => {
    const other = { ...ISOLATED, machine: 'b' }
    expect(comparePlan(expecting({ changes: [ISOLATED] }), planned({ changes: [other] }))).toMatchObject([
      { kind: 'missing' },
      { kind: 'unexpected' },
    ])
  })

  test('an expectation that names nothing to be about is missing', () => {
    const wanted = expecting({ guards: [{ limit: 4 }] })
    expect(comparePlan(wanted, planned({ guards: [{ name: 'maxRuns', limit: 3 }] }))).toMatchObject([
      { kind: 'missing' },
      { kind: 'unexpected' },
    ])
  })

  test('of two that are about one fact the first has it', () => {
    const wanted = expecting({
      guards: [
        { name: 'maxRuns', limit: 1 },
        { name: 'maxRuns', limit: 2 },
      ],
    })
    expect(comparePlan(wanted, planned({ guards: [{ name: 'maxRuns', limit: 3 }] }))).toMatchObject([
      { kind: 'different', expected: { limit: 1 } },
      { kind: 'missing', expected: { limit: 2 } },
    ])
  })
})
