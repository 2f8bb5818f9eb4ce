import type { JournalEntry } from './ports.ts'

/** The text of a key of an entry; empty where it is none. A journal is a file, and may hold anything. */
export function textOf(entry: JournalEntry, key: string): string {
  const value = entry[key]
  return typeof value === 'string' ? value : ''
}

/** The number of a key of an entry; `missing` where it is none. */
export function numberOf(entry: JournalEntry, key: string, missing: number): number {
  const value = entry[key]
  return typeof value === 'number' ? value : missing
}
