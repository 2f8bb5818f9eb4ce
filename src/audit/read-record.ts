import { readStrictJson } from '../schema/strict-json.ts'
import { type AuditEntry, type Parent, RECORD_FORMAT, type RunHead } from './entry.ts'
import { sealedHash } from './seal-line.ts'

/** A line that was believed. */
export interface ReadLine {
  readonly entry: AuditEntry
  readonly hash: string
}

/** The first line of a record that is not what was written. */
export interface RecordFault {
  /** From 1. */
  readonly line: number
  readonly reason: string
}

/** A record as it was read: what of it is as it was written, up to the first fault. */
export interface AuditRecord {
  /** Name of its file. */
  readonly file: string
  /** Null where even the first line is not believed. */
  readonly head: RunHead | null
  readonly lines: readonly ReadLine[]
  /** Whether the run wrote how it ended. */
  readonly hasEnded: boolean
  /** Whether the last line has no end, as a crash in the middle of writing it leaves it. */
  readonly isTorn: boolean
  readonly fault: RecordFault | null
}

/**
 * Reads a record, believing each line only where its hash fits it and the line before it.
 *
 * A last line without its end was never acknowledged: it counts for nothing, and is no fault.
 */
export function readRecord(file: string, text: string): AuditRecord {
  const texts = text.split('\n')
  const isTorn = texts.pop() !== ''
  const lines: ReadLine[] = []
  for (const [index, line] of texts.entries()) {
    const read = readLine(line, lines)
    if (typeof read === 'string') return concluded(file, lines, isTorn, { line: index + 1, reason: read })
    lines.push(read)
  }
  return concluded(file, lines, isTorn, null)
}

function concluded(
  file: string,
  lines: readonly ReadLine[],
  isTorn: boolean,
  fault: RecordFault | null,
): AuditRecord {
  const first = lines[0]?.entry
  const head = first !== undefined && isHead(first) ? first : null
  return { file, head, lines, hasEnded: lines.at(-1)?.entry.event === 'end', isTorn, fault }
}

/** Reads the line that follows the others; in words why it is not believed. */
function readLine(text: string, before: readonly ReadLine[]): ReadLine | string {
  const hash = sealedHash(text)
  if (hash === undefined) return 'its hash does not fit what it says'
  const entry = parse(text)
  if (entry === undefined) return 'it is no entry of a record'
  const last = before.at(-1)
  if (entry['prev'] !== (last?.hash ?? null)) return 'it does not follow the line before it'
  if (entry['seq'] !== before.length)
    return `it is number ${JSON.stringify(entry['seq'])} in the record it was written to`
  if (last === undefined && !isHead(entry)) return 'a record does not begin like that'
  if (last?.entry.event === 'end') return 'the record had ended before it'
  return { entry, hash }
}

function parse(text: string): AuditEntry | undefined {
  const read = readStrictJson(text)
  return 'value' in read && isEntry(read.value) ? read.value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntry(value: unknown): value is AuditEntry {
  return isObject(value) && typeof value['event'] === 'string' && typeof value['at'] === 'string'
}

function isParent(value: unknown): value is Parent {
  return isObject(value) && typeof value['runId'] === 'string' && typeof value['hash'] === 'string'
}

function isHead(entry: AuditEntry): entry is RunHead {
  const { event, formatVersion, runId, parents, target } = entry
  return (
    event === 'run' &&
    formatVersion === RECORD_FORMAT &&
    typeof runId === 'string' &&
    isObject(target) &&
    Array.isArray(parents) &&
    parents.every(isParent)
  )
}
