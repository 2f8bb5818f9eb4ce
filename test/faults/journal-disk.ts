import type { Journal, JournalEntry } from '../../src/apply/ports.ts'
import { parseJournal } from '../../src/local/journal/open-journal.ts'
import type { LineFate } from './outside.ts'

/** The files of a journal folder, as text: one per run, read with the real reader. */
export class JournalDisk {
  readonly #files: string[] = []

  /** The journal of one run, which begins a file of its own. */
  open(fateOf: (entry: JournalEntry) => LineFate): Journal {
    const index = this.#files.length
    return {
      append: async entry => {
        const line = `${JSON.stringify(entry)}\n`
        const fate = fateOf(entry)
        // A full disk takes what still fits; a read-only one takes nothing.
        if (fate === 'disk-full') this.#add(index, line.slice(0, line.length / 2))
        if (fate !== 'written') throw new Error(fate === 'disk-full' ? 'ENOSPC' : 'EROFS')
        this.#add(index, line)
      },
      read: async () => this.#files.flatMap((text, file) => parseJournal(`run ${file + 1}`, text)),
    }
  }

  /** Cuts the last line in two, as a crash in the middle of a write leaves it. */
  tear(): void {
    const text = this.#files.pop()
    if (text === undefined) return
    const start = text.lastIndexOf('\n', text.length - 2) + 1
    this.#files.push(text.slice(0, start + Math.floor((text.length - start) / 2)))
  }

  /** Loses everything. */
  lose(): void {
    this.#files.length = 0
  }

  #add(index: number, text: string): void {
    this.#files[index] = (this.#files[index] ?? '') + text
  }
}
