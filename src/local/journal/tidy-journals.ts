import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { planOfJournal, planOfKept } from './journal-name.ts'

const DAY_MS = 86_400_000

/** How long the journal of a run that wrote its end is kept. Its plan has expired long before. */
const ENDED_DAYS = 30

/** How long any journal is kept: as long as the service keeps the history that it speaks of (docs/contract.md#journal-and-record). */
const ANY_DAYS = 180

interface Aged {
  readonly path: string
  readonly digits: string
  readonly days: number
}

async function age(folder: string, name: string, digits: string | undefined): Promise<readonly Aged[]> {
  if (digits === undefined) return []
  const path = join(folder, name)
  const { mtimeMs } = await stat(path)
  return [{ path, digits, days: (Date.now() - mtimeMs) / DAY_MS }]
}

async function hasEnded(path: string): Promise<boolean> {
  const last = (await readFile(path, 'utf8')).trimEnd().split('\n').at(-1) ?? ''
  return last.includes('"event":"run-ended"')
}

async function removeOld(folder: string): Promise<void> {
  const names = await readdir(folder)
  const left = new Set<string>()
  for (const { path, digits, days } of (
    await Promise.all(names.map(name => age(folder, name, planOfJournal(name))))
  ).flat()) {
    const isOld = days > ANY_DAYS || (days > ENDED_DAYS && (await hasEnded(path)))
    if (isOld) await rm(path, { force: true })
    else left.add(digits)
  }
  const plans = await Promise.all(names.map(name => age(folder, name, planOfKept(name))))
  for (const { path, digits, days } of plans.flat()) {
    if (days > ENDED_DAYS && !left.has(digits)) await rm(path, { force: true })
  }
}

/**
 * Removes the journals of runs that ended over 30 days ago, any journal over 180 days old, and kept plans that no
 * journal is left of. By the disk's own clock; a file that cannot be removed stays, since nothing depends on it.
 */
export async function tidyJournals(folder: string): Promise<void> {
  await removeOld(folder).catch(() => undefined)
}
