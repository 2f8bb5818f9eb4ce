import { randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Instant, isInstant } from '../../schema/instant.ts'
import { readStrictJson } from '../../schema/strict-json.ts'
import { errorCode } from '../file-error.ts'
import { type ProcessIdentity, readIdentity } from '../process-identity.ts'

/** What a holder says of what it does with the lease. */
export interface LeasePurpose {
  readonly planId: string
  /** Names the run in its journal. */
  readonly runId: string
  /** Folder of the run's journal. */
  readonly journal: string
}

/** What a lease file says. */
export interface LeaseRecord {
  readonly owner: ProcessIdentity
  /** Names the lease of one run: tells two leases of one process apart. */
  readonly token: string
  readonly acquiredAt: Instant
  readonly renewedAt: Instant
  readonly released: boolean
  /** Of one that was given back: when lists have all that its owner submitted; absent where that was nothing. */
  readonly listedFrom?: Instant
  /** Somebody took the lease from its owner with `holdfast unlock`. */
  readonly removed?: true
  readonly purpose?: LeasePurpose
}

const FILE = /^lease-(\d{10})\.json$/

/** Names the file of a generation. */
export function leaseFile(folder: string, generation: number): string {
  return join(folder, `lease-${String(generation).padStart(10, '0')}.json`)
}

/** The generations that are there, lowest first. */
export async function listGenerations(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder)
  return names
    .flatMap(name => FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** Reads a lease file; undefined where it is gone or is none. Rejects where somebody has changed it so that it says two things. */
export async function readRecord(path: string): Promise<LeaseRecord | undefined> {
  try {
    return parseLeaseRecord(path, await readFile(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Reads what a holder wrote; undefined where it is something else. Throws where it says two things. */
export function parseLeaseRecord(place: string, text: string): LeaseRecord | undefined {
  const read = readStrictJson(text)
  if ('value' in read) return recordOf(read.value)
  if (read.isJson) throw new Error(`${place}: ${read.fault}`)
  return undefined
}

/** The record that a value is; undefined where anything is missing that a holder writes. */
function recordOf(value: unknown): LeaseRecord | undefined {
  const read = Object(value) as { readonly [key in keyof LeaseRecord]?: unknown }
  const owner = readIdentity(read.owner)
  const { token, acquiredAt, renewedAt, released, listedFrom, removed } = read
  if (owner === undefined || typeof token !== 'string' || typeof released !== 'boolean') return undefined
  if (!isTime(acquiredAt) || !isTime(renewedAt)) return undefined
  const purpose = purposeOf(read.purpose)
  return {
    owner,
    token,
    acquiredAt,
    renewedAt,
    released,
    ...(isTime(listedFrom) ? { listedFrom } : {}),
    ...(removed === true ? { removed } : {}),
    ...(purpose === undefined ? {} : { purpose }),
  }
}

function isTime(value: unknown): value is Instant {
  return typeof value === 'string' && isInstant(value)
}

function purposeOf(value: unknown): LeasePurpose | undefined {
  const { planId, runId, journal } = Object(value) as { readonly [key in keyof LeasePurpose]?: unknown }
  const isWhole = typeof planId === 'string' && typeof runId === 'string' && typeof journal === 'string'
  return isWhole ? { planId, runId, journal } : undefined
}

/** Writes a file that nobody sees half. Returns its path, to be linked or renamed to its name. */
export async function writeAside(folder: string, record: LeaseRecord): Promise<string> {
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

/**
 * Creates a generation and removes those before it; false where another was faster. Numbers only ever grow, so that
 * nobody can take the file of a later lease for that of an earlier one.
 */
export async function claimGeneration(folder: string, next: number, record: LeaseRecord): Promise<boolean> {
  const path = leaseFile(folder, next)
  const aside = await writeAside(folder, record)
  try {
    await link(aside, path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
  const all = await listGenerations(folder)
  if (all.at(-1) !== next) {
    await rm(path, { force: true })
    return false
  }
  for (const old of all.slice(0, -1)) await rm(leaseFile(folder, old), { force: true })
  return true
}

/** Names an owner for people. */
export function describeOwner({ host, pid }: ProcessIdentity): string {
  return `process ${pid} on ${host}`
}
