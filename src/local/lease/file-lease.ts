import { randomBytes } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { earliestOf } from '../../apply/earliest-instant.ts'
import { LEASE_MS, RENEW_MS } from '../../apply/lease-keeper.ts'
import type { Clock, FormerHolder, Lease, LeaseAnswer } from '../../apply/ports.ts'
import { addMs, formatInstant, type Instant } from '../../schema/instant.ts'
import { fail } from '../failure.ts'
import { describeFileError } from '../file-error.ts'
import { isDead, type ProcessIdentity } from '../process-identity.ts'
import { folderShelf } from '../store/folder-shelf.ts'
import {
  claimGeneration,
  describeOwner,
  type LeasePurpose,
  type LeaseRecord,
  leaseFile,
  listGenerations,
  readRecord,
  writeAside,
} from './lease-record.ts'
import { readYield, removeOldYields, removeYield, writeYield } from './yield-file.ts'

/** How a lease stands: nobody's, a dead owner's or one that ran out, or somebody's. */
export type LeaseState = 'free' | 'dead' | 'live'

/** When a lease ends unless it is renewed; what was removed counts until its owner has had to notice. */
export function leaseEnd({ renewedAt, removed }: LeaseRecord): Instant {
  return addMs(renewedAt, removed ? RENEW_MS : LEASE_MS)
}

/** Says how a lease stands, as far as it can be known from here. */
export async function stateOfLease(
  record: LeaseRecord | undefined,
  self: ProcessIdentity,
  now: Instant,
): Promise<LeaseState> {
  if (record === undefined || record.released) return 'free'
  return leaseEnd(record) <= now || (await isDead(record.owner, self)) ? 'dead' : 'live'
}

/** Does something with the files of a lease; throws Failure `journal-not-usable` where they cannot be used. */
export async function guardLease<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fail('journal-not-usable', `The lease in ${folder} cannot be used: ${describeFileError(error)}.`)
  }
}

/**
 * Makes a lease of files in a folder, one per generation: `lease-0000000007.json`. The highest number is the lease. A new
 * holder creates the next number, which only one can (a hard link fails where the name exists), and a holder writes
 * to its own file alone. Thus nobody, however late he wakes up, can overwrite or remove the lease of another.
 *
 * @param folder - Created where it is not there.
 * @param purpose - What `holdfast unlock` tells of the run that holds it.
 * @returns A lease whose methods throw Failure `journal-not-usable` where the folder cannot be used.
 */
export function fileLease(
  folder: string,
  self: ProcessIdentity,
  clock: Clock,
  purpose?: LeasePurpose,
): Lease {
  const token = randomBytes(8).toString('hex')
  const yields = folderShelf(folder)
  let generation: number | undefined
  let acquiredAt: Instant | undefined
  /** When the file was last written, by the clock that nobody can set. */
  let writtenAtMs = 0
  let asked: string | undefined

  function record(since: Instant, now: Instant, end: LeaseEnd = { released: false }): LeaseRecord {
    const said = purpose === undefined ? {} : { purpose }
    return { owner: self, token, acquiredAt: since, renewedAt: now, ...end, ...said }
  }

  async function holds(): Promise<boolean> {
    return generation !== undefined && (await listGenerations(folder)).at(-1) === generation
  }

  function hasRunOut(): boolean {
    return clock.monotonicMs() - writtenAtMs >= LEASE_MS
  }

  async function write(end?: LeaseEnd): Promise<boolean> {
    if (generation === undefined || acquiredAt === undefined || !(await holds())) return false
    const nowMs = clock.monotonicMs()
    const aside = await writeAside(folder, record(acquiredAt, clock.now(), end))
    await rename(aside, leaseFile(folder, generation))
    writtenAtMs = nowMs
    return true
  }

  async function claim(next: number): Promise<boolean> {
    const now = clock.now()
    const nowMs = clock.monotonicMs()
    if (!(await claimGeneration(folder, next, record(now, now)))) return false
    generation = next
    acquiredAt = now
    writtenAtMs = nowMs
    await removeOldYields(yields, token)
    return true
  }

  async function acquire(): Promise<LeaseAnswer> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (generation !== undefined && (await write())) return { kind: 'held', generation }
    generation = undefined
    for (;;) {
      const current = (await listGenerations(folder)).at(-1) ?? 0
      const held = current === 0 ? undefined : await readRecord(leaseFile(folder, current))
      const state = await stateOfLease(held, self, clock.now())
      if (held !== undefined && state === 'live') return taken(held)
      const next = current + 1
      if (await claim(next)) {
        const mine: HeldLease = { kind: 'held', generation: next }
        return held === undefined ? mine : { ...mine, ...inheritedFrom(held, state, clock.now()) }
      }
    }
  }

  return {
    lengthMs: LEASE_MS,
    acquire: () => guardLease(folder, acquire),
    renew: () => guardLease(folder, () => write()),
    isStillHeld: () => guardLease(folder, async () => (await holds()) && !hasRunOut()),
    release: listedFrom =>
      guardLease(folder, async () => {
        await write({ released: true, ...(listedFrom === undefined ? {} : { listedFrom }) })
        generation = undefined
        await removeYield(yields, token)
      }),
    askToYield: (id, until) =>
      guardLease(folder, async () => {
        asked = id
        await writeYield(yields, id, { owner: self, planId: purpose?.planId ?? null, until })
      }),
    withdraw: () =>
      guardLease(folder, async () => {
        if (asked !== undefined) await removeYield(yields, asked)
      }),
    yieldAskedBy: () => guardLease(folder, () => readYield(yields, token, self, clock.now())),
  }
}

/** How a record says that a lease was given back. */
type LeaseEnd = Pick<LeaseRecord, 'released' | 'listedFrom'>

type HeldLease = LeaseAnswer & { readonly kind: 'held' }

/** What whoever takes a lease after somebody is told of him. */
function inheritedFrom(
  before: LeaseRecord,
  state: LeaseState,
  now: Instant,
): Pick<HeldLease, 'takenOver' | 'settling'> {
  if (state === 'dead') return { takenOver: formerOf(before, now) }
  const { listedFrom, purpose } = before
  return listedFrom === undefined || listedFrom <= now
    ? {}
    : { settling: { until: listedFrom, runId: purpose?.runId ?? null } }
}

/** He may have gone on until he should have renewed the lease again. */
function formerOf({ owner, renewedAt, purpose }: LeaseRecord, now: Instant): FormerHolder {
  const { planId = null, runId = null } = purpose ?? {}
  const silentFrom = earliestOf([now, addMs(renewedAt, RENEW_MS)]) ?? now
  return { owner: describeOwner(owner), planId, runId, renewedAt, silentFrom }
}

function taken(held: LeaseRecord): LeaseAnswer {
  return {
    kind: 'taken',
    id: held.token,
    owner: describeOwner(held.owner),
    since: formatInstant(held.acquiredAt),
    expires: formatInstant(leaseEnd(held)),
  }
}
