import { DefenderError } from '../../../defender/defender-error.ts'
import type { StoreAddress } from '../../../schema/store-address.ts'
import { fail } from '../../failure.ts'
import type { FoundLease } from '../../lease/remove-lease.ts'
import { isDead } from '../../process-identity.ts'
import type { Shelf } from '../shelf.ts'
import type { LeaseHolder, TargetState } from '../target-state.ts'
import { BlobLease, type LeasePlace } from './blob-lease.ts'
import { blobShelf } from './blob-shelf.ts'
import type { Container } from './container.ts'
import { OpenLogs } from './open-logs.ts'
import { StoreError } from './store-error.ts'
import { parseLease, serializeLease } from './stored-lease.ts'

/**
 * Keeps the state of one target in a container: below its prefix `lease`, `journal/`, `record/`, `yield/` and `freeze/`.
 *
 * @param target - The name of the target's folder.
 * @returns A state whose methods throw Failure `store-not-usable` where the store cannot be used.
 */
export function blobState(
  container: Container,
  { prefix }: StoreAddress,
  target: string,
  lengthMs: number,
): TargetState {
  const base = [...(prefix === '' ? [] : [prefix]), target].join('/')
  const logs = new OpenLogs()
  const terms = { logs, leaseSeconds: lengthMs / 1000 }
  const shelfAt = (name: string): Shelf => guarded(blobShelf(container, `${base}/${name}/`, terms), container)
  const place: LeasePlace = { container, name: `${base}/lease`, yields: shelfAt('yield'), logs, lengthMs }
  const journals = shelfAt('journal')
  return {
    place: journals.place,
    journals,
    journalsAt: () => journals,
    records: shelfAt('record'),
    freezes: shelfAt('freeze'),
    lease: holder => guardLease(new BlobLease(place, holder), container),
    findLease: holder => guard(container, () => findLease(place, holder)),
    removeLease: found => guard(container, () => removeLease(place, found)),
  }
}

/** The records of every target that has any below the prefix of the store. */
export async function storedRecords(
  container: Container,
  address: StoreAddress,
  lengthMs: number,
): Promise<readonly Shelf[]> {
  const prefix = address.prefix === '' ? '' : `${address.prefix}/`
  const names = await guard(container, () => container.list(prefix))
  const targets = names.flatMap(({ name }) => /^([^/]+)\/record\//.exec(name.slice(prefix.length))?.[1] ?? [])
  return [...new Set(targets)].map(target => blobState(container, address, target, lengthMs).records)
}

async function findLease(
  { container, name }: LeasePlace,
  { self }: Pick<LeaseHolder, 'self'>,
): Promise<FoundLease | null> {
  const blob = await container.read(name)
  const found = blob === undefined ? undefined : parseLease(name, blob.text)
  if (blob === undefined || found === undefined || found.record.released) return null
  const { record, generation } = found
  const isLive = blob.leaseState === 'leased' && !(await isDead(record.owner, self))
  return { generation, record, state: isLive ? 'live' : 'dead' }
}

/** Writes that it was removed before its owner can know, under his lease, and then ends that and the leases of his logs. */
async function removeLease({ container, name }: LeasePlace, { generation }: FoundLease): Promise<boolean> {
  const blob = await container.read(name)
  const found = blob === undefined ? undefined : parseLease(name, blob.text)
  if (blob === undefined || found?.generation !== generation || found.record.released) return false
  const text = serializeLease({ ...found, record: { ...found.record, removed: true } })
  const isLeased = blob.leaseState === 'leased'
  try {
    await container.upload(name, text, {
      ifMatch: blob.etag,
      ...(isLeased ? { leaseId: found.leaseId } : {}),
    })
  } catch (error) {
    if (!(error instanceof StoreError) || !error.isConflict) throw error
    if ((await container.read(name))?.text !== text) return false
  }
  if (isLeased) await container.release(name, found.leaseId)
  for (const log of found.logs) await container.breakLease(log)
  return true
}

/** Does something with the store; throws Failure `store-not-usable` where that cannot be done. */
async function guard<T>({ url }: Container, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isSignIn = error instanceof DefenderError
    if (!isSignIn && !(error instanceof StoreError)) throw error
    const message = `The store ${url} cannot be used: ${error.message.replace(/\.$/, '')}.`
    throw fail('store-not-usable', message, isSignIn ? { wayOut: error.wayOut } : {})
  }
}

function guarded(shelf: Shelf, container: Container): Shelf {
  return {
    ...shelf,
    list: () => guard(container, () => shelf.list()),
    read: name => guard(container, () => shelf.read(name)),
    async createLog(name) {
      const log = await guard(container, () => shelf.createLog(name))
      return {
        append: text => guard(container, () => log.append(text)),
        close: () => guard(container, () => log.close()),
      }
    },
    put: (name, text) => guard(container, () => shelf.put(name, text)),
    remove: name => guard(container, () => shelf.remove(name)),
  }
}

function guardLease(lease: BlobLease, container: Container): ReturnType<TargetState['lease']> {
  return {
    lengthMs: lease.lengthMs,
    isFenced: true,
    acquire: () => guard(container, () => lease.acquire()),
    renew: () => guard(container, () => lease.renew()),
    isStillHeld: () => guard(container, () => lease.isStillHeld()),
    release: listedFrom => guard(container, () => lease.release(listedFrom)),
    askToYield: (id, until) => guard(container, () => lease.askToYield(id, until)),
    withdraw: () => guard(container, () => lease.withdraw()),
    yieldAskedBy: () => guard(container, () => lease.yieldAskedBy()),
  }
}
