import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LEASE_MS } from '../apply/lease-keeper.ts'
import type { Clock, Lease, LeaseAnswer } from '../apply/ports.ts'
import { addMs, formatInstant, type Instant, isInstant } from '../schema/instant.ts'
import { fail } from './failure.ts'
import { describeFileError, errorCode } from './file-error.ts'
import { isDead, type ProcessIdentity } from './process-identity.ts'

/** What a lease file says. */
interface LeaseRecord {
  readonly owner: ProcessIdentity
  /** Tells two leases of one process apart. */
  readonly token: string
  readonly acquiredAt: Instant
  readonly renewedAt: Instant
  readonly released: boolean
}

const FILE = /^lease-(\d{10})\.json$/

function fileName(generation: number): string {
  return `lease-${String(generation).padStart(10, '0')}.json`
}

/** Reads a lease file; undefined where it is gone or is none. */
async function readRecord(path: string): Promise<LeaseRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as LeaseRecord
    return typeof record.owner?.pid === 'number' && isInstant(record.renewedAt) ? record : undefined
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Writes a file that nobody sees half. Returns its path, to be linked or renamed to its name. */
async function writeAside(folder: string, record: LeaseRecord): Promise<string> {
  const path = join(folder, `.lease-${record.token}-${randomBytes(4).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return path
}

function describeOwner({ host, pid }: ProcessIdentity): string {
  return `process ${pid} on ${host}`
}

/**
 * Makes a lease of files in a folder, one per generation: `lease-0000000007.json`. The highest number is the lease. A new
 * holder creates the next number, which only one can (a hard link fails where the name exists), and a holder writes
 * to its own file alone. Thus nobody, however late he wakes up, can overwrite or remove the lease of another.
 *
 * @param folder - Created where it is not there.
 * @returns A lease whose methods throw Failure `journal-not-usable` where the folder cannot be used.
 */
export function fileLease(folder: string, self: ProcessIdentity, clock: Clock): Lease {
  const token = randomBytes(8).toString('hex')
  let generation: number | undefined
  let acquiredAt: Instant | undefined

  async function generations(): Promise<readonly number[]> {
    const names = await readdir(folder)
    return names
      .flatMap(name => FILE.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  async function holds(): Promise<boolean> {
    return generation !== undefined && (await generations()).at(-1) === generation
  }

  async function write(released: boolean): Promise<boolean> {
    if (generation === undefined || acquiredAt === undefined || !(await holds())) return false
    const record: LeaseRecord = { owner: self, token, acquiredAt, renewedAt: clock.now(), released }
    await rename(await writeAside(folder, record), join(folder, fileName(generation)))
    return true
  }

  /** Creates the next generation; false where another was faster. */
  async function claim(next: number): Promise<boolean> {
    const now = clock.now()
    const aside = await writeAside(folder, {
      owner: self,
      token,
      acquiredAt: now,
      renewedAt: now,
      released: false,
    })
    try {
      await link(aside, join(folder, fileName(next)))
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false
      throw error
    } finally {
      await rm(aside, { force: true })
    }
    const all = await generations()
    if (all.at(-1) !== next) {
      await rm(join(folder, fileName(next)), { force: true })
      return false
    }
    generation = next
    acquiredAt = now
    for (const old of all.slice(0, -1)) await rm(join(folder, fileName(old)), { force: true })
    return true
  }

  async function standing(record: LeaseRecord | undefined): Promise<'free' | 'dead' | 'live'> {
    if (record === undefined || record.released) return 'free'
    if (addMs(record.renewedAt, LEASE_MS) <= clock.now() || (await isDead(record.owner, self))) return 'dead'
    return 'live'
  }

  async function acquire(): Promise<LeaseAnswer & { readonly takenOver?: Instant }> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (await write(false)) return { kind: 'held' }
    generation = undefined
    for (;;) {
      const current = (await generations()).at(-1) ?? 0
      const record = current === 0 ? undefined : await readRecord(join(folder, fileName(current)))
      const state = await standing(record)
      if (record !== undefined && state === 'live') {
        return {
          kind: 'taken',
          owner: describeOwner(record.owner),
          since: formatInstant(record.acquiredAt),
          expires: formatInstant(addMs(record.renewedAt, LEASE_MS)),
        }
      }
      if (await claim(current + 1)) {
        return record !== undefined && state === 'dead'
          ? { kind: 'held', takenOver: record.renewedAt }
          : { kind: 'held' }
      }
    }
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw fail('journal-not-usable', `The lease in ${folder} cannot be used: ${describeFileError(error)}.`)
    }
  }

  return {
    acquire: () => guarded(acquire),
    renew: () => guarded(() => write(false)),
    release: () =>
      guarded(async () => {
        await write(true)
        generation = undefined
      }),
  }
}
