import { randomUUID } from 'node:crypto'
import type { StoreAddress } from '../../../schema/store-address.ts'
import { blobShelf } from './blob-shelf.ts'
import type { Container } from './container.ts'
import { OpenLogs } from './open-logs.ts'
import { StoreError } from './store-error.ts'

/** What trying a store out showed: that all works, or the first thing that does not. */
export type StoreProof =
  | { readonly works: true }
  | {
      readonly works: false
      readonly what: 'lease' | 'append' | 'compare-and-swap' | 'removing'
      readonly why: string
    }

/** How long a lease of the proof lasts, in seconds: the shortest that the service gives. */
const LEASE_SECONDS = 15

type What = Extract<StoreProof, { readonly works: false }>['what']

/**
 * Does there once what runs rest on, on blobs of its own that it removes: a lease keeps others from writing, a line is
 * appended once at its position, and a write over another version than the one that was read is refused.
 *
 * Rejects with what is not the store's doing, such as a sign-in that fails.
 */
export async function proveStore(container: Container, { prefix }: StoreAddress): Promise<StoreProof> {
  const base = `${prefix === '' ? '' : `${prefix}/`}doctor-${randomUUID()}/`
  const [lease, log] = [`${base}lease`, `${base}log`]
  let what: What = 'lease'
  try {
    await proveLease(container, lease)
    what = 'append'
    await proveAppend(container, base)
    what = 'compare-and-swap'
    await proveSwap(container, lease)
    what = 'removing'
    await container.remove(lease)
    await container.remove(log)
    return { works: true }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { works: false, what, why: error.message }
  }
}

function require(isTrue: boolean, why: string): void {
  if (!isTrue) throw new StoreError(why, {})
}

async function isRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return false
  } catch (error) {
    if (error instanceof StoreError && error.isConflict) return true
    throw error
  }
}

async function proveLease(container: Container, name: string): Promise<void> {
  const [mine, theirs] = [randomUUID(), randomUUID()]
  await container.upload(name, '{}', { ifNoneMatch: '*' })
  require(await container.acquire(name, mine, LEASE_SECONDS), 'a lease that nobody has cannot be taken')
  require(!(await container.acquire(name, theirs, LEASE_SECONDS)), 'two have one lease')
  require(await isRefused(container.upload(name, '{}', {})), 'whoever has no lease can write')
  require(await container.renew(name, mine), 'a lease cannot be renewed')
  await container.breakLease(name)
  require(!(await container.renew(name, mine)), 'a lease that was broken can be renewed')
}

async function proveAppend(container: Container, base: string): Promise<void> {
  const shelf = blobShelf(container, base, { logs: new OpenLogs(), leaseSeconds: LEASE_SECONDS })
  const log = await shelf.createLog('log')
  await log.append('one\n')
  await log.append('two\n')
  await log.close()
  require((await shelf.read('log')) === 'one\ntwo\n', 'a log does not hold what was appended')
}

async function proveSwap(container: Container, name: string): Promise<void> {
  const before = await container.read(name)
  const ifMatch = before?.etag ?? ''
  await container.upload(name, '{"written":1}', { ifMatch })
  require(await isRefused(
    container.upload(name, '{"written":2}', { ifMatch }),
  ), 'a version that was replaced can be written over')
}
