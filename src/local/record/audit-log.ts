import type { AuditEntry, Parent } from '../../audit/entry.ts'
import { sealLine } from '../../audit/seal-line.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Log, Shelf } from '../store/shelf.ts'
import { findParents } from './record-shelf.ts'

/** The record of one run, open for writing. */
export interface AuditLog {
  readonly path: string
  /** Writes lines that follow the last one; they are kept when it resolves. Rejects with the error of where they lie. */
  append(entries: readonly AuditEntry[]): Promise<void>
  close(): Promise<void>
}

/** A time and a run's id as the name of a record, such as `20261120T100000.123Z-8f3c158c.jsonl`: names sort by time. */
function nameOf(at: Instant, runId: string): string {
  return `${at.slice(0, 23).replace(/[-:]/g, '')}Z-${runId.slice(0, 8)}.jsonl`
}

/**
 * Creates a record, never over one that is there. Only this run writes to it, so that runs at the same time cannot harm each other's lines.
 *
 * @param headOf - Makes the first line, once it is known what the record follows.
 */
export async function createAuditLog(
  shelf: Shelf,
  { runId, at }: { readonly runId: string; readonly at: Instant },
  headOf: (parents: readonly Parent[]) => AuditEntry,
): Promise<AuditLog> {
  const head = headOf(await findParents(shelf))
  const name = nameOf(at, runId)
  const record = new RecordWriter(shelf.pathOf(name), await shelf.createLog(name))
  try {
    await record.append([head])
  } catch (error) {
    await record.close()
    throw error
  }
  return record
}

class RecordWriter implements AuditLog {
  readonly path: string
  readonly #log: Log
  #lines = 0
  #prev: string | null = null

  constructor(path: string, log: Log) {
    this.path = path
    this.#log = log
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    let text = ''
    for (const entry of entries) {
      const sealed = sealLine(entry, this.#lines, this.#prev)
      text += `${sealed.text}\n`
      this.#lines += 1
      this.#prev = sealed.hash
    }
    await this.#log.append(text)
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}
