import { randomUUID } from 'node:crypto'
import type { Log, Shelf } from '../shelf.ts'
import type { Container } from './container.ts'
import type { OpenLogs } from './open-logs.ts'
import { StoreError } from './store-error.ts'

/** What a log of the store is written with. */
export interface LogTerms {
  readonly logs: OpenLogs
  /** How long the lease on a log lasts without a write, in seconds. */
  readonly leaseSeconds: number
}

/**
 * Makes a shelf of a prefix of a container: logs are append blobs, everything else is written whole.
 *
 * @param prefix - What its names begin with, ending in a slash.
 */
export function blobShelf(container: Container, prefix: string, terms: LogTerms): Shelf {
  return {
    place: `${container.url}/${prefix.replace(/\/$/, '')}`,
    pathOf: name => `${container.url}/${prefix}${name}`,
    async list() {
      return (await container.list(prefix)).map(blob => ({ ...blob, name: blob.name.slice(prefix.length) }))
    },
    read: async name => (await container.read(prefix + name))?.text,
    createLog: name => createLog(container, prefix + name, terms),
    async put(name, text) {
      await container.upload(prefix + name, text, {})
    },
    remove: name => container.remove(prefix + name),
  }
}

async function createLog(container: Container, name: string, { logs, leaseSeconds }: LogTerms): Promise<Log> {
  const writer = randomUUID()
  try {
    await container.createAppend(name, { writer })
  } catch (error) {
    const isOurs = isConflict(error) && (await container.marksOf(name))?.['writer'] === writer
    if (!isOurs) throw error
  }
  if (!(await container.acquire(name, writer, leaseSeconds))) {
    throw new StoreError(`${name} is written by somebody else`, { status: 409 })
  }
  await logs.add(name)
  return new BlobLog(container, name, writer)
}

/**
 * An append blob that one run writes to: each append under a lease of its own and at the position where the last one
 * ended. Whoever takes the tenant's lease over breaks this one, which cannot be renewed then.
 */
class BlobLog implements Log {
  readonly #container: Container
  readonly #name: string
  readonly #leaseId: string
  #position = 0

  constructor(container: Container, name: string, leaseId: string) {
    this.#container = container
    this.#name = name
    this.#leaseId = leaseId
  }

  async append(text: string): Promise<void> {
    try {
      await this.#send(text)
    } catch (error) {
      // A lease that ended while nobody wrote is ours again; one that was broken is not.
      if (!isConflict(error) || !(await this.#container.renew(this.#name, this.#leaseId))) throw error
      await this.#send(text)
    }
    this.#position += Buffer.byteLength(text)
  }

  /** A refusal is read back: an earlier try whose answer was lost may have written. */
  async #send(text: string): Promise<void> {
    try {
      await this.#container.append(this.#name, text, this.#position, this.#leaseId)
    } catch (error) {
      if (!isConflict(error) || !(await this.#stands(text))) throw error
    }
  }

  async #stands(text: string): Promise<boolean> {
    const found = Buffer.from((await this.#container.read(this.#name))?.text ?? '')
    return found.subarray(this.#position).equals(Buffer.from(text))
  }

  /** Every line is kept already, and a lease that is not given back ends by itself. */
  async close(): Promise<void> {
    await this.#container.release(this.#name, this.#leaseId).catch(() => undefined)
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof StoreError && error.isConflict
}
