import type { Parent, RunHead } from './entry.ts'
import { readRecord } from './read-record.ts'
import { claimedHash } from './seal-line.ts'

/** What a new record has to know of an earlier one. */
export interface EarlierRecord {
  readonly runId: string
  readonly parents: readonly Parent[]
  /** The hash of its last whole line, as far as it was written by then. */
  readonly hash: string
}

/**
 * Reads what a new record has to know of an earlier one, without judging all of it: that is what verifying is for.
 *
 * @returns Undefined for a file whose first line is not believed.
 */
export function readEarlier(file: string, text: string): EarlierRecord | undefined {
  const end = text.indexOf('\n') + 1
  const head: RunHead | null = readRecord(file, text.slice(0, end)).head
  if (head === null) return undefined
  const lines = text.split('\n').slice(0, -1)
  const hash = lines.reduce((last, line) => claimedHash(line) ?? last, '')
  return { runId: head.runId, parents: head.parents, hash }
}

/**
 * Chooses what a new record follows: every record that no other follows yet. It is the newest one alone, unless runs
 * went on at the same time; naming all of them joins the branches again, so that none can be removed unnoticed.
 */
export function chooseParents(earlier: readonly EarlierRecord[]): readonly Parent[] {
  const followed = new Set(earlier.flatMap(({ parents }) => parents.map(({ runId }) => runId)))
  return earlier.filter(({ runId }) => !followed.has(runId)).map(({ runId, hash }) => ({ runId, hash }))
}
