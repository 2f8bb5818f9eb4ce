import type { Place } from '../../schema/diagnostic.ts'
import { differingFields, matchFacts } from './match-facts.ts'
import { FACT_LISTS, type Fact, type FactFields, type FactList } from './plan-facts.ts'

/** One thing that a test expects of a plan. */
export interface ExpectedFact {
  readonly fields: FactFields
  readonly place: Place
}

/** What a test expects of a plan. */
export interface ExpectedPlan {
  /** A list that is not there is expected to be empty where {@link ALWAYS} names it, else not compared. */
  readonly lists: Readonly<Partial<Record<FactList, readonly ExpectedFact[]>>>
  /** Lists that may hold more than is expected. */
  readonly atLeast: readonly FactList[]
  /** Where `expect` stands. */
  readonly place: Place
}

interface DifferenceBase {
  readonly list: FactList
  /** The fields that differ, where both are there. */
  readonly fields: readonly string[]
  /** Where the expectation stands: of what came unexpected, where `expect` does. */
  readonly place: Place
}

/** One thing in which a plan is not as expected; `different` is about the same thing and otherwise than expected. */
export type Difference = DifferenceBase &
  (
    | { readonly kind: 'missing'; readonly expected: FactFields; readonly actual: null }
    | { readonly kind: 'unexpected'; readonly expected: null; readonly actual: FactFields }
    | { readonly kind: 'different'; readonly expected: FactFields; readonly actual: FactFields }
  )

/** What nobody may overlook: lists that must be empty where a test does not say what is in them. */
const ALWAYS: readonly FactList[] = ['changes', 'blocked', 'guards', 'errors']

/** The fields that say what an expectation is about, the first of them surely. */
const ABOUT = ['machine', 'name', 'code', 'facet', 'key']

/** How surely an expectation that nothing fits is about a fact; 0 where it is about another thing. */
function closeness({ fields }: ExpectedFact, fact: Fact): number {
  const differing = differingFields(fields, fact)
  const [subject, ...more] = ABOUT.filter(field => fields[field] !== undefined)
  if (subject === undefined || differing.includes(subject)) return 0
  return 1 + more.filter(field => !differing.includes(field)).length
}

/** Pairs each missing expectation with the unexpected fact that it is most likely about. */
function pairLeftovers(
  missing: readonly ExpectedFact[],
  unexpected: readonly Fact[],
): ReadonlyMap<ExpectedFact, Fact> {
  const pairs = new Map<ExpectedFact, Fact>()
  const free = new Set(unexpected)
  for (const expected of missing) {
    const [nearest] = [...free]
      .map(fact => ({ fact, closeness: closeness(expected, fact) }))
      .sort((a, b) => b.closeness - a.closeness)
    if (nearest === undefined || nearest.closeness === 0) continue
    pairs.set(expected, nearest.fact)
    free.delete(nearest.fact)
  }
  return pairs
}

function compareList(list: FactList, expected: ExpectedPlan, facts: readonly Fact[]): readonly Difference[] {
  const wanted = expected.lists[list] ?? []
  const match = matchFacts(
    wanted.map(({ fields }) => fields),
    facts,
  )
  const missing = match.missing.map(at => wanted[at] as ExpectedFact)
  const unexpected = match.unexpected.map(at => facts[at] as Fact)
  const pairs = pairLeftovers(missing, unexpected)
  const paired = new Set(pairs.values())
  const others = expected.atLeast.includes(list) ? [] : unexpected.filter(fact => !paired.has(fact))
  return [
    ...missing.map((one): Difference => {
      const { fields, place } = one
      const fact = pairs.get(one)
      if (fact === undefined)
        return { list, kind: 'missing', expected: fields, actual: null, fields: [], place }
      const differing = differingFields(fields, fact)
      return { list, kind: 'different', expected: fields, actual: fact.fields, fields: differing, place }
    }),
    ...others.map(({ fields }): Difference => {
      const { place } = expected
      return { list, kind: 'unexpected', expected: null, actual: fields, fields: [], place }
    }),
  ]
}

/**
 * Holds a plan against what a test expects of it.
 *
 * An expectation is held against the fields that it names, and each takes a fact of its own. A list is complete: what
 * is in the plan and not expected is a difference, unless `atLeast` names the list.
 *
 * @returns The differences in the order of the lists; none where the test passes.
 */
export function comparePlan(
  expected: ExpectedPlan,
  facts: Readonly<Record<FactList, readonly Fact[]>>,
): readonly Difference[] {
  return FACT_LISTS.filter(list => expected.lists[list] !== undefined || ALWAYS.includes(list)).flatMap(
    list => compareList(list, expected, facts[list]),
  )
}
