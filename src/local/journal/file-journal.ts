import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock, Journal, JournalEntry } from '../../apply/ports.ts'
import type { Plan } from '../../plan/document/document.ts'
import { addMs, parseInstant } from '../../schema/instant.ts'
import { Failure, fail } from '../failure.ts'
import { describeFileError } from '../file-error.ts'
import type { ProcessIdentity } from '../process-identity.ts'
import { syncFolder } from '../sync-folder.ts'
import { journalName, planDigits, planOfJournal } from './journal-name.ts'
import { keepPlan } from './kept-plan.ts'

/** How far back the quota windows reach (docs/service.md#quota). */
const QUOTA_WINDOW_MS = 3_600_000

/** A journal on disk, open for one run. */
export interface FileJournal extends Journal {
  /** Path of this run's file, created with its first entry. */
  readonly path: string
  close(): Promise<void>
}

/** What a journal belongs to. */
export interface JournalSubject {
  /** Folder of the tenant's journals. */
  readonly folder: string
  readonly planId: string
  readonly clock: Clock
  /** Kept beside the journal from before its first entry on, for `apply --resume`. */
  readonly plan?: Plan
  /** The process that writes; its first entry names it. */
  readonly writer?: ProcessIdentity
}

function damaged(path: string, line: number): Failure {
  return fail('journal-damaged', `${path}:${line} is not an entry of a journal.`)
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

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
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
    const value = parseLine(line)
    if (!isEntry(value)) throw damaged(path, index + 1)
    return value
  })
}

async function createFile(path: string, plan: Plan | undefined): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (plan !== undefined) await keepPlan(dirname(path), plan)
  const file = await open(path, 'ax', 0o600)
  await syncFolder(dirname(path))
  return file
}

/** Says whether a file was last written so long ago, by the disk's own clock, that no quota window reaches it. */
async function isSettled(path: string): Promise<boolean> {
  return (await stat(path)).mtimeMs < Date.now() - 2 * QUOTA_WINDOW_MS
}

/** Reads the earlier runs of the plan, and what other plans of the tenant did within the quota windows. */
async function readFolder({ folder, planId, clock }: JournalSubject): Promise<readonly JournalEntry[]> {
  const windowStart = addMs(clock.now(), -QUOTA_WINDOW_MS)
  const files: (readonly JournalEntry[])[] = []
  for (const name of (await readdir(folder)).sort()) {
    const digits = planOfJournal(name)
    if (digits === undefined) continue
    const path = join(folder, name)
    const own = digits === planDigits(planId)
    if (!own && (await isSettled(path))) continue
    const read = parseJournal(path, await readFile(path, 'utf8'))
    files.push(own ? read : read.filter(({ at }) => (parseInstant(at) ?? '') >= windowStart))
  }
  return files.sort(byStart).flat()
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
 * Opens the journal of one run: JSON lines, one file per run, each line on disk before `append` returns. Mode 0600 in
 * folders of mode 0700.
 *
 * @returns A journal whose methods throw Failure `journal-not-usable` or `journal-damaged`.
 */
export function openJournal(subject: JournalSubject): FileJournal {
  const { folder, planId, clock, plan, writer } = subject
  const name = journalName(clock.now(), planId, randomBytes(4).toString('hex'))
  const path = join(folder, name)
  let opening: Promise<FileHandle> | undefined
  let last: Promise<void> = Promise.resolve()
  let isFirst = true

  async function write(line: string): Promise<void> {
    try {
      opening ??= createFile(path, plan)
      const file = await opening
      await file.appendFile(line)
      await file.datasync()
    } catch (error) {
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
        await mkdir(folder, { recursive: true, mode: 0o700 })
        return await readFolder(subject)
      } catch (error) {
        if (error instanceof Failure) throw error
        throw fail(
          'journal-not-usable',
          `The journals in ${folder} cannot be read: ${describeFileError(error)}.`,
        )
      }
    },
    async close() {
      await last
      // Every line is on disk already, and what could not be created was told: the run's result must not get lost here.
      await opening?.then(file => file.close()).catch(() => undefined)
    },
  }
}
