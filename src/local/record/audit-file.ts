import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntry, Parent } from '../../audit/entry.ts'
import { sealLine } from '../../audit/seal-line.ts'
import type { Instant } from '../../schema/instant.ts'
import { syncFolder } from '../sync-folder.ts'
import { findParents, makeAuditFolder } from './audit-folder.ts'

/** The record of one run, open for writing. */
export interface AuditFile {
  readonly path: string
  /** Writes lines that follow the last one; they are on disk when it resolves. Rejects with the error of the disk. */
  append(entries: readonly AuditEntry[]): Promise<void>
  close(): Promise<void>
}

/** A time and a run's id as the name of a file, such as `20261120T100000.123Z-8f3c158c.jsonl`: names sort by time. */
function nameOf(at: Instant, runId: string): string {
  return `${at.slice(0, 23).replace(/[-:]/g, '')}Z-${runId.slice(0, 8)}.jsonl`
}

/**
 * Creates a record: mode 0600, never through a link, never over a file that is there. Only this run writes to it, so
 * that runs at the same time cannot harm each other's lines.
 *
 * @param headOf - Makes the first line, once it is known what the record follows.
 */
export async function createAuditFile(
  folder: string,
  { runId, at }: { readonly runId: string; readonly at: Instant },
  headOf: (parents: readonly Parent[]) => AuditEntry,
): Promise<AuditFile> {
  await makeAuditFolder(folder)
  const head = headOf(await findParents(folder))
  const path = join(folder, nameOf(at, runId))
  const file = await open(path, 'ax', 0o600)
  const record = new RecordWriter(path, file)
  try {
    await record.append([head])
    await syncFolder(folder)
  } catch (error) {
    await record.close()
    throw error
  }
  return record
}

class RecordWriter implements AuditFile {
  readonly path: string
  readonly #file: FileHandle
  #lines = 0
  #prev: string | null = null

  constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    let text = ''
    for (const entry of entries) {
      const sealed = sealLine(entry, this.#lines, this.#prev)
      text += `${sealed.text}\n`
      this.#lines += 1
      this.#prev = sealed.hash
    }
    await this.#file.appendFile(text)
    await this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
