import { normalName } from '../../schema/machine-name.ts'
import type { Fact, FactFields, FactValue } from './plan-facts.ts'

/** Which expectation is which fact, and what is left of both; indexes into the lists given. */
export interface FactMatch {
  readonly missing: readonly number[]
  readonly unexpected: readonly number[]
}

function textOf(value: FactValue | undefined): string {
  return value === undefined ? '' : [value].flat().map(String).join(' ')
}

type Agrees = (wanted: FactValue, fact: Fact, field: string) => boolean

/** Fields that are not compared whole. */
const AGREES: Readonly<Record<string, Agrees>> = {
  machine: (wanted, { machineNames }) => machineNames.includes(normalName(textOf(wanted))),
  message: (wanted, { fields }) => textOf(fields['message']).includes(textOf(wanted)),
  warnings: (wanted, { fields }) => {
    const codes = [fields['warnings'] ?? []].flat().map(String)
    return [wanted].flat().every(code => codes.includes(String(code)))
  },
}

const whole: Agrees = (wanted, { fields }, field) =>
  fields[field] !== undefined && textOf(wanted) === textOf(fields[field])

/** The fields of an expectation that a fact does not have, or has otherwise. */
export function differingFields(wanted: FactFields, fact: Fact): readonly string[] {
  return Object.entries(wanted)
    .filter(([field, value]) => !(AGREES[field] ?? whole)(value, fact, field))
    .map(([field]) => field)
}

/**
 * Gives each expectation a fact of its own, for as many as possible: an expectation that names few fields does not take
 * the only fact of one that names more. The order of both lists changes only which of equal ones are left.
 */
export function matchFacts(wanted: readonly FactFields[], facts: readonly Fact[]): FactMatch {
  const ownerOf = new Map<number, number>()
  const fits = wanted.map(fields =>
    facts.flatMap((fact, at) => (differingFields(fields, fact).length === 0 ? [at] : [])),
  )
  /** Finds a fact for an expectation, moving the others to facts that fit them too. */
  const place = (expectation: number, tried: Set<number>): boolean => {
    for (const at of fits[expectation] as readonly number[]) {
      if (tried.has(at)) continue
      tried.add(at)
      const owner = ownerOf.get(at)
      if (owner !== undefined && !place(owner, tried)) continue
      ownerOf.set(at, expectation)
      return true
    }
    return false
  }
  const missing = wanted.flatMap((_fields, expectation) =>
    place(expectation, new Set()) ? [] : [expectation],
  )
  return { missing, unexpected: facts.flatMap((_fact, at) => (ownerOf.has(at) ? [] : [at])) }
}
