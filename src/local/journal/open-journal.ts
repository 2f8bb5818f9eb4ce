import { randomBytes } from 'node:crypto'
import type { Clock, Journal, JournalEntry } from '../../apply/ports.ts'
import type { Plan } from '../../plan/document/document.ts'
import { addMs, parseInstant } from '../../schema/instant.ts'
import { readStrictJson } from '../../schema/strict-json.ts'
import { Failure, fail } from '../failure.ts'
import { describeFileError } from '../file-error.ts'
import type { ProcessIdentity } from '../process-identity.ts'
import type { Log, Shelf, ShelfEntry } from '../store/shelf.ts'
import { journalName, planDigits, planOfJournal } from './journal-name.ts'
import { keepPlan } from './kept-plan.ts'

/** How far back the quota windows reach (docs/service.md#quota). */
const QUOTA_WINDOW_MS = 3_600_000

/** A journal, open for one run. */
export interface OpenJournal extends Journal {
  /** Where this run's entries are, for people; it is there from its first entry on. */
  readonly path: string
  close(): Promise<void>
}

/** What a journal belongs to. */
export interface JournalSubject {
  /** Where the journals of the tenant lie. */
  readonly shelf: Shelf
  readonly planId: string
  readonly clock: Clock
  /** Kept beside the journal from before its first entry on, for `apply --resume`. */
  readonly plan?: Plan
  /** The process that writes; its first entry names it. */
  readonly writer?: ProcessIdentity
}

function damaged(path: string, line: number, why: string): Failure {
  return fail('journal-damaged', `${path}:${line} is not an entry of a journal${why}.`)
}

function isEntry(value: unknown): value is JournalEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'event' in value &&
    typeof value.event === 'string' &&
    'at' in value &&
    typeof value.at === 'string'
  )
}

/**
 * Reads the entries of one journal file. A last line without its end, as a crash in the middle of a write leaves it,
 * was never acknowledged and counts for nothing.
 *
 * @throws Failure `journal-damaged` for any other line that is no entry.
 */
export function parseJournal(path: string, text: string): readonly JournalEntry[] {
  const whole = text.split('\n').slice(0, -1)
  return whole.map((line, index) => {
    const read = readStrictJson(line)
    if ('fault' in read) throw damaged(path, index + 1, `: ${read.fault}`)
    if (!isEntry(read.value)) throw damaged(path, index + 1, '')
    return read.value
  })
}

async function createLog(shelf: Shelf, name: string, plan: Plan | undefined): Promise<Log> {
  if (plan !== undefined) await keepPlan(shelf, plan)
  return shelf.createLog(name)
}

/** Says whether a journal was last written so long ago, by the clock of where it lies, that no quota window reaches it. */
function isSettled({ modifiedMs }: ShelfEntry): boolean {
  return modifiedMs < Date.now() - 2 * QUOTA_WINDOW_MS
}

/** Reads the earlier runs of the plan, and what other plans of the tenant did within the quota windows. */
async function readShelf({ shelf, planId, clock }: JournalSubject): Promise<readonly JournalEntry[]> {
  const windowStart = addMs(clock.now(), -QUOTA_WINDOW_MS)
  const journals: (readonly JournalEntry[])[] = []
  for (const entry of await shelf.list()) {
    const digits = planOfJournal(entry.name)
    if (digits === undefined) continue
    const own = digits === planDigits(planId)
    if (!own && isSettled(entry)) continue
    const read = parseJournal(shelf.pathOf(entry.name), (await shelf.read(entry.name)) ?? '')
    journals.push(own ? read : read.filter(({ at }) => (parseInstant(at) ?? '') >= windowStart))
  }
  return journals.sort(byStart).flat()
}

/** Orders journals by their start: a run may follow another within the second that stands in the names of their files. */
export function byStart(a: readonly JournalEntry[], b: readonly JournalEntry[]): number {
  const [first, second] = [beginningOf(a), beginningOf(b)]
  return first === second ? 0 : first < second ? -1 : 1
}

function beginningOf([first]: readonly JournalEntry[]): string {
  return parseInstant(first?.at ?? '') ?? ''
}

/**
 * Opens the journal of one run: JSON lines, one text per run, each line kept before `append` returns.
 *
 * @returns A journal whose methods throw Failure `journal-not-usable` or `journal-damaged`.
 */
export function openJournal(subject: JournalSubject): OpenJournal {
  const { shelf, planId, clock, plan, writer } = subject
  const name = journalName(clock.now(), planId, randomBytes(4).toString('hex'))
  const path = shelf.pathOf(name)
  let opening: Promise<Log> | undefined
  let last: Promise<void> = Promise.resolve()
  let isFirst = true

  async function write(line: string): Promise<void> {
    try {
      opening ??= createLog(shelf, name, plan)
      await (await opening).append(line)
    } catch (error) {
      if (error instanceof Failure && error.code === 'store-not-usable') throw error
      throw fail('journal-not-usable', `${path} cannot be written: ${describeFileError(error)}.`)
    }
  }

  return {
    path,
    append(entry) {
      const signed = isFirst && writer !== undefined ? { ...entry, process: writer } : entry
      isFirst = false
      const line = `${JSON.stringify(signed)}\n`
      const written = last.then(() => write(line))
      last = written.catch(() => undefined)
      return written
    },
    async read() {
      try {
        return await readShelf(subject)
      } catch (error) {
        if (error instanceof Failure) throw error
        throw fail(
          'journal-not-usable',
          `The journals in ${shelf.place} cannot be read: ${describeFileError(error)}.`,
        )
      }
    },
    async close() {
      await last
      // Every line is kept already, and what could not be created was told: the run's result must not get lost here.
      await opening?.then(log => log.close()).catch(() => undefined)
    },
  }
}
