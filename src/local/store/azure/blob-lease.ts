import { randomBytes, randomUUID } from 'node:crypto'
import type { FormerHolder, Lease, LeaseAnswer, Settling } from '../../../apply/ports.ts'
import { addMs, formatInstant, type Instant, msBetween } from '../../../schema/instant.ts'
import { describeOwner, type LeaseRecord } from '../../lease/lease-record.ts'
import { readYield, removeOldYields, removeYield, writeYield } from '../../lease/yield-file.ts'
import { isDead } from '../../process-identity.ts'
import type { Shelf } from '../shelf.ts'
import type { LeaseHolder } from '../target-state.ts'
import type { Blob, Container } from './container.ts'
import type { OpenLogs } from './open-logs.ts'
import { StoreError } from './store-error.ts'
import { NO_LEASE, parseLease, type StoredLease, serializeLease } from './stored-lease.ts'

/** How long a request of a holder that was replaced may still be on its way (docs/contract.md#lease-in-store). */
const CONNECTION_MS = 30_000
/** How often a lease is looked at whose holder has not yet written who he is, and how long between. */
const LOOKS = 5
const LOOK_MS = 300

/** Where the lease of a tenant is, and what hangs on it. */
export interface LeasePlace {
  readonly container: Container
  /** Name of its blob. */
  readonly name: string
  /** Where requests to yield lie. */
  readonly yields: Shelf
  readonly logs: OpenLogs
  /** How long it lasts without being renewed: 15 to 60 s, never without end. */
  readonly lengthMs: number
}

type Held = LeaseAnswer & { readonly kind: 'held' }

/**
 * A blob lease of at most a minute, and in its blob who has it. A holder writes only under its lease id, whoever takes the
 * lease brings an id of its own, and a generation stands in the record: thus nobody who was stopped or replaced can write.
 */
export class BlobLease implements Lease {
  readonly lengthMs: number
  readonly #place: LeasePlace
  readonly #holder: LeaseHolder
  readonly #token = randomBytes(8).toString('hex')
  #held: { readonly leaseId: string; readonly generation: number; readonly acquiredAt: Instant } | undefined
  #etag = ''
  #asked: string | undefined
  #tail: Promise<unknown> = Promise.resolve()

  constructor(place: LeasePlace, holder: LeaseHolder) {
    this.#place = place
    this.#holder = holder
    this.lengthMs = place.lengthMs
  }

  async acquire(): Promise<LeaseAnswer> {
    if (this.#held !== undefined && (await this.renew()))
      return { kind: 'held', generation: this.#held.generation }
    this.#lose()
    const { container, name } = this.#place
    for (let looks = 0; ; looks += 1) {
      const found = (await container.read(name)) ?? (await this.#create())
      const leaseId = randomUUID()
      if (await container.acquire(name, leaseId, this.lengthMs / 1000)) {
        const held = await this.#begin(leaseId)
        if (held !== undefined) return held
      } else {
        const { self } = this.#holder
        const before = parseLease(name, found.text)
        const isNamed = before !== undefined && !before.record.released
        // The id of a holder who is dead ends his lease and no other: somebody else may have taken it just now.
        if (isNamed && (await isDead(before.record.owner, self)))
          await container.release(name, before.leaseId)
        else if (isNamed) return taken(before, found, this.#place.lengthMs, this.#now)
        else if (looks >= LOOKS) return unnamed(this.#now)
        else await this.#holder.clock.sleep(LOOK_MS)
      }
    }
  }

  async renew(): Promise<boolean> {
    const held = this.#held
    const { container, name } = this.#place
    if (held === undefined || !(await container.renew(name, held.leaseId))) return false
    // Tells others when it was renewed; the lease is renewed whether they learn that or not.
    await this.#write().catch(() => undefined)
    return true
  }

  async isStillHeld(): Promise<boolean> {
    const { container, name } = this.#place
    return this.#held !== undefined && container.isLeasedBy(name, this.#held.leaseId)
  }

  async release(listedFrom?: Instant): Promise<void> {
    const held = this.#held
    if (held === undefined) return
    await this.#write({ released: true, ...(listedFrom === undefined ? {} : { listedFrom }) })
    this.#lose()
    await this.#place.container.release(this.#place.name, held.leaseId)
    await removeYield(this.#place.yields, this.#token)
  }

  async askToYield(id: string, until: Instant): Promise<void> {
    const { self, purpose } = this.#holder
    this.#asked = id
    await writeYield(this.#place.yields, id, { owner: self, planId: purpose?.planId ?? null, until })
  }

  async withdraw(): Promise<void> {
    if (this.#asked !== undefined) await removeYield(this.#place.yields, this.#asked)
  }

  yieldAskedBy(): ReturnType<Lease['yieldAskedBy']> {
    return readYield(this.#place.yields, this.#token, this.#holder.self, this.#now)
  }

  get #now(): Instant {
    return this.#holder.clock.now()
  }

  #lose(): void {
    this.#held = undefined
    this.#place.logs.tellBy(undefined)
  }

  async #create(): Promise<Blob> {
    const { container, name } = this.#place
    try {
      await container.upload(name, NO_LEASE, { ifNoneMatch: '*' })
    } catch (error) {
      if (!(error instanceof StoreError) || !error.isConflict) throw error
    }
    const found = await container.read(name)
    if (found === undefined)
      throw new StoreError(`${name} was removed while the lease was taken`, { status: 404 })
    return found
  }

  /** Writes down who has the lease now; undefined where it was ended meanwhile. */
  async #begin(leaseId: string): Promise<Held | undefined> {
    const { container, name, logs, yields } = this.#place
    const found = (await container.read(name)) ?? (await this.#create())
    const before = parseLease(name, found.text)
    this.#etag = found.etag
    this.#held = { leaseId, generation: (before?.generation ?? 0) + 1, acquiredAt: this.#now }
    const { generation } = this.#held
    try {
      await this.#write()
    } catch (error) {
      this.#lose()
      if (error instanceof StoreError && error.isConflict) return undefined
      throw error
    }
    logs.tellBy(() => this.#write())
    await removeOldYields(yields, this.#token)
    if (before === undefined) return { kind: 'held', generation }
    if (before.record.released)
      return { kind: 'held', generation, ...settlingOf(before.record, found, this.#now) }
    for (const log of before.logs) await container.breakLease(log)
    return { kind: 'held', generation, takenOver: await this.#formerOf(before.record, found) }
  }

  async #formerOf({ owner, purpose }: LeaseRecord, { ageMs }: Blob): Promise<FormerHolder> {
    const { planId = null, runId = null } = purpose ?? {}
    const now = this.#now
    const isGone = await isDead(owner, this.#holder.self)
    return {
      owner: describeOwner(owner),
      planId,
      runId,
      renewedAt: addMs(now, -ageMs),
      silentFrom: isGone ? now : addMs(now, CONNECTION_MS),
    }
  }

  /** Writes the record, one after the other, under the lease and over the version that this holder wrote last. */
  #write(end: Pick<LeaseRecord, 'released' | 'listedFrom'> = { released: false }): Promise<void> {
    const written = this.#tail.then(async () => {
      const held = this.#held
      const { container, name, logs } = this.#place
      if (held === undefined) throw new StoreError(`the lease ${name} is not held any more`, { status: 412 })
      const { self, purpose } = this.#holder
      const { generation, leaseId, acquiredAt } = held
      const said = purpose === undefined ? {} : { purpose }
      const record = { owner: self, token: this.#token, acquiredAt, renewedAt: this.#now, ...end, ...said }
      const text = serializeLease({ record, generation, leaseId, logs: logs.names })
      this.#etag = await writeUnder(container, name, text, leaseId, this.#etag)
    })
    this.#tail = written.catch(() => undefined)
    return written
  }
}

/** Writes a blob under a lease. A refusal is read back: an earlier try whose answer was lost may have written. */
async function writeUnder(
  container: Container,
  name: string,
  text: string,
  leaseId: string,
  ifMatch: string,
): Promise<string> {
  try {
    return await container.upload(name, text, { leaseId, ifMatch })
  } catch (error) {
    if (!(error instanceof StoreError) || !error.isConflict) throw error
    const found = await container.read(name)
    if (found?.text !== text) throw error
    return found.etag
  }
}

/** How long what the one before submitted may be missing from lists: by his clock from release on, by the store's since. */
function settlingOf(
  { listedFrom, renewedAt, purpose }: LeaseRecord,
  { ageMs }: Blob,
  now: Instant,
): { readonly settling?: Settling } {
  const restMs = listedFrom === undefined ? 0 : msBetween(renewedAt, listedFrom) - ageMs
  return restMs > 0 ? { settling: { until: addMs(now, restMs), runId: purpose?.runId ?? null } } : {}
}

function taken({ record }: StoredLease, { ageMs }: Blob, lengthMs: number, now: Instant): LeaseAnswer {
  const expires = formatInstant(addMs(now, lengthMs - ageMs))
  const { token, owner, acquiredAt } = record
  return { kind: 'taken', id: token, owner: describeOwner(owner), since: formatInstant(acquiredAt), expires }
}

function unnamed(now: Instant): LeaseAnswer {
  const at = formatInstant(now)
  return {
    kind: 'taken',
    id: 'unknown',
    owner: 'somebody who has not said who it is',
    since: at,
    expires: at,
  }
}
