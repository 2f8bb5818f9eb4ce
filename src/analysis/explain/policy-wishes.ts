import { RUN_FACETS } from '../../plan/claim/run-facets.ts'
import { describeWish } from '../../plan/judge/decide-run.ts'
import type { HoldName } from '../../posture/holds.ts'
import type { Place } from '../../schema/diagnostic.ts'
import type { FacetName, Policy } from '../../schema/policy.ts'

/** One thing that a policy asks of every machine it reaches. */
export interface PolicyWish {
  readonly facet: FacetName
  /** The part of the address after the facet; null where a machine has one of the facet. */
  readonly key: string | null
  /** The level of a hold, or what is to be done since when. */
  readonly wants: string
  readonly place: Place
}

const HOLDS: readonly HoldName[] = ['isolated', 'restricted']

/** What a policy asks, facet by facet, with the place that says so. */
export function wishesOf({ state }: Policy): readonly PolicyWish[] {
  const holds = HOLDS.flatMap((facet): readonly PolicyWish[] => {
    const wish = state[facet]
    return wish === undefined ? [] : [{ facet, key: null, wants: wish.value, place: wish.place }]
  })
  const runs = RUN_FACETS.flatMap(facet =>
    facet.wishesOf(state).map(({ key, wish, place }): PolicyWish => {
      return { facet: facet.name, key, wants: describeWish(facet, wish), place }
    }),
  )
  return [...holds, ...runs]
}
