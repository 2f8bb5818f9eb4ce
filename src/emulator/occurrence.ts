import { createRandom } from './random.ts'

/** Which of the matching occurrences a rule applies to; with none of these, to all. */
export interface Occurrence {
  /** Only these, counted from 1. */
  readonly nth?: number | readonly number[]
  /** Only the first so many. */
  readonly first?: number
  /** Every so-manieth: 3 is the third, the sixth, … */
  readonly every?: number
  /** Each with this chance, from the emulator's seed. */
  readonly probability?: number
}

/**
 * Makes a counter that is asked once per matching occurrence and says whether the rule applies to it.
 *
 * @param seed - Gives every rule its own sequence of chances, so that adding one does not move the others.
 */
export function createOccurrence(occurrence: Occurrence, seed: number): () => boolean {
  const { nth, first, every, probability } = occurrence
  const wanted = nth === undefined ? undefined : new Set(typeof nth === 'number' ? [nth] : nth)
  const random = createRandom(seed)
  let count = 0
  return () => {
    count += 1
    const chance = probability === undefined || random.next() < probability
    return (
      (wanted === undefined || wanted.has(count)) &&
      (first === undefined || count <= first) &&
      (every === undefined || count % every === 0) &&
      chance
    )
  }
}
