import type { DriftEvent } from '../report/documents/drift-events.ts'

/** What differs between two looks. */
export interface LookDifference {
  /** Findings that were not there, or that were never told. */
  readonly added: readonly DriftEvent[]
  /** Findings that are no more. */
  readonly resolved: readonly DriftEvent[]
}

/** Compares the findings of a look with those told before it, by their ids. Both lists stay in the order of the looks. */
export function compareLooks(before: readonly DriftEvent[], now: readonly DriftEvent[]): LookDifference {
  const known = new Set(before.map(({ id }) => id))
  const present = new Set(now.map(({ id }) => id))
  return {
    added: now.filter(({ id }) => !known.has(id)),
    resolved: before.filter(({ id }) => !present.has(id)),
  }
}
