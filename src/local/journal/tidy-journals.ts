import type { Shelf, ShelfEntry } from '../store/shelf.ts'
import { planOfJournal, planOfKept } from './journal-name.ts'

const DAY_MS = 86_400_000

/** How long the journal of a run that wrote its end is kept. Its plan has expired long before. */
const ENDED_DAYS = 30

/** How long any journal is kept: as long as the service keeps the history that it speaks of (docs/contract.md#journal-and-record). */
const ANY_DAYS = 180

function daysOf({ modifiedMs }: ShelfEntry): number {
  return (Date.now() - modifiedMs) / DAY_MS
}

async function hasEnded(shelf: Shelf, name: string): Promise<boolean> {
  const last = ((await shelf.read(name)) ?? '').trimEnd().split('\n').at(-1) ?? ''
  return last.includes('"event":"run-ended"')
}

async function removeOld(shelf: Shelf): Promise<void> {
  const entries = await shelf.list()
  const left = new Set<string>()
  for (const entry of entries) {
    const digits = planOfJournal(entry.name)
    if (digits === undefined) continue
    const days = daysOf(entry)
    const isOld = days > ANY_DAYS || (days > ENDED_DAYS && (await hasEnded(shelf, entry.name)))
    if (isOld) await shelf.remove(entry.name)
    else left.add(digits)
  }
  for (const entry of entries) {
    const digits = planOfKept(entry.name)
    if (digits !== undefined && daysOf(entry) > ENDED_DAYS && !left.has(digits))
      await shelf.remove(entry.name)
  }
}

/**
 * Removes the journals of runs that ended over 30 days ago, any journal over 180 days old, and kept plans that no
 * journal is left of. By the clock of where they lie; what cannot be removed stays, since nothing depends on it.
 */
export async function tidyJournals(shelf: Shelf): Promise<void> {
  await removeOld(shelf).catch(() => undefined)
}
